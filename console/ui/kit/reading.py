"""The order in which the keyboard goes through a window: as people read it, wherever things were made or moved."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

MARGIN = 24  # pixels around what is scrolled to


def stops(part: QWidget) -> Iterator[QWidget]:
    """What Tab stops at in a part of a window, from its beginning to its end."""
    if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isEnabled() and part.focusProxy() is None:
        yield part
    for child in _in_order(part):
        yield from stops(child)


def step(window: QWidget, *, forward: bool) -> bool:
    """Give the focus to the next stop of a window, or to the one before; False if it has none.

    Qt's own chain follows the order in which widgets were made: what is made later would come last.
    """
    line = list(stops(window))
    if not line:
        return False
    focus = window.focusWidget()
    at = line.index(focus) if focus in line else -1 if forward else 0
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    found = line[(at + (1 if forward else -1)) % len(line)]
    found.setFocus(reason)
    _scroll_to(found)
    return True


def _scroll_to(found: QWidget) -> None:
    """Bring it into sight, where it lies in something that is scrolled."""
    around = found.parentWidget()
    while around is not None and not around.isWindow():
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(found, 0, MARGIN)
        around = around.parentWidget()


def _in_order(part: QWidget) -> list[QWidget]:
    """The visible parts of a part, line by line; what stands beside something tall is in its line."""
    mirrored = part.layoutDirection() == Qt.LayoutDirection.RightToLeft
    children = [
        child for child in part.children() if isinstance(child, QWidget) and child.isVisible() and not child.isWindow()
    ]
    children.sort(key=lambda child: child.y())
    lines: list[tuple[QRect, list[QWidget]]] = []
    for child in children:
        place = child.geometry()
        if lines and place.center().y() <= lines[-1][0].bottom():
            lines[-1][1].append(child)
        else:
            lines.append((place, [child]))
    for _, line in lines:
        line.sort(key=lambda child: (-child.geometry().right() if mirrored else child.x(), child.y()))
    return [child for _, line in lines for child in line]
