"""Ways through a window as a person without a mouse takes them, and what such a person sees and hears on the way."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from console.ui.kit.buttons import Button
from console.ui.kit.chips import Chip
from console.ui.kit.choices import CheckBox, Segments

MARK, WORD = "⟦", re.compile("[A-Za-z]{3}")
NAMES = {"KeyHint"}  # keys are called as they are printed
MOST = 150  # presses of Tab; a window with more stops has other troubles
WHOLE = (Button, Chip, CheckBox, Segments)  # carry an act, and are never cut


def stops(window: QWidget) -> list[QWidget]:
    """All that Tab is to reach."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
        and widget.window() is window
    ]


def walk(window: QWidget, *, right_to_left: bool = False) -> dict[QWidget, QRect]:
    """Where Tab leads, from the stop that is read first until it is there again, and where each lies."""
    places = {one: _place(one) for one in stops(window)}
    first = min(places, key=lambda one: (places[one].top() // 24, (-1 if right_to_left else 1) * places[one].left()))
    first.setFocus(Qt.FocusReason.TabFocusReason)
    way = [first]
    for _ in range(MOST):
        focus = window.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        after = window.focusWidget()
        assert after is not focus, f"{described(focus)} does not let go"
        if after is first:
            return {one: places.pop(one, QRect()) for one in way}
        assert after is not None
        way.append(after)
    raise AssertionError([described(one) for one in way])


def steps_back(way: dict[QWidget, QRect], *, right_to_left: bool = False) -> list[str]:
    """Where Tab goes against the order in which people read: up, or to the beginning of a line."""
    found = []
    places = list(way.items())
    for (before, one), (after, other) in pairwise(places):
        a, b = one, other
        areas = _area(before), _area(after)
        if areas[0] is not areas[1]:  # what is scrolled away lies where the rest of it is
            a, b = (_place(area) if area else place for area, place in zip(areas, (a, b), strict=True))
        nearer = b.left() >= a.right() if right_to_left else b.right() <= a.left()
        further = b.right() <= a.left() if right_to_left else b.left() >= a.right()
        above, beside = b.bottom() <= a.top(), b.top() < a.bottom() and a.top() < b.bottom()
        if (above and not further) or (beside and nearer):
            found.append(f"{described(before)} -> {described(after)}")
    return found


def _area(one: QWidget) -> QScrollArea | None:
    around = one.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    return around


def _place(one: QWidget) -> QRect:
    return QRect(one.mapTo(one.window(), QPoint(0, 0)), one.size())


def unseen(way: Iterable[QWidget]) -> list[str]:
    """Those that look with the focus as they do without."""
    found = []
    for one in way:
        one.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.sendPostedEvents()
        with_focus = _seen(one)
        one.clearFocus()
        if with_focus == _seen(one):
            found.append(described(one))
    return found


def _seen(one: QWidget) -> QImage:
    return one.grab().toImage()


def described(widget: QWidget) -> str:
    return f"{type(widget).__name__} “{widget.accessibleName() or _text(widget)}”"


def cut(window: QWidget) -> list[str]:
    """What carries an act and has not the room for its words; what is scrolled away counts as whole."""
    found = []
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, WHOLE) or not widget.isVisible() or _is_scrolled(widget):
            continue
        seen, wanted = widget.visibleRegion().boundingRect(), widget.minimumSizeHint()
        if widget.width() < wanted.width() or widget.height() < min(wanted.height(), 24) or seen != widget.rect():
            found.append(f"{described(widget)}: {seen.size().toTuple()} of {wanted.toTuple()}")
    return found


def silently_cut(window: QWidget) -> list[str]:
    """Lines of words that are cut, and no tool tip tells the rest."""
    found = []
    for label in window.findChildren(QLabel):
        is_cut = label.isVisible() and not label.wordWrap() and label.sizeHint().width() > label.width() + 1
        if is_cut and label.text() not in label.toolTip():
            found.append(f"“{label.text()}”")
    return found


def said(window: QWidget) -> Iterator[tuple[str, str]]:
    """Every text that is to be seen or heard, with what says it."""
    for widget in window.findChildren(QWidget):
        if not widget.isVisible():
            continue
        where = type(widget).__name__
        texts = [widget.accessibleName(), widget.toolTip(), _text(widget)]
        if isinstance(widget, QLineEdit):
            texts.append(widget.placeholderText())
        if isinstance(widget, QHeaderView) and widget.orientation() == Qt.Orientation.Horizontal:
            model = widget.model()
            titles = (model.headerData(place, widget.orientation()) for place in range(model.columnCount()))
            texts += [str(title) for title in titles if title and title != "1"]
        yield from ((where, text) for text in texts if text)


def tables(window: QWidget) -> list[QAbstractItemView]:
    return [one for one in window.findChildren(QAbstractItemView) if one.isVisible() and one.model() is not None]


def _text(widget: QWidget) -> str:
    if isinstance(widget, QLabel | QAbstractButton):
        return widget.text()
    return widget.currentText() if isinstance(widget, QComboBox) else ""


def _is_scrolled(widget: QWidget) -> bool:
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    return above is not None


def untranslated(window: QWidget, data: Collection[str]) -> list[str]:
    """Words that are said as they stand in the program; `data` is what is called so in every language."""
    known = re.compile("|".join(sorted(map(re.escape, data), key=len, reverse=True)))
    words = {(where, text) for where, text in said(window) if MARK not in text and WORD.search(known.sub("", text))}
    return sorted(f"{where} “{text}”" for where, text in words if where not in NAMES)
