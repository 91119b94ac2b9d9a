"""The sheet of all keys: those of the page that is shown, and those that work everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractSlider, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from console.ui import theme
from console.ui.actions import Action
from console.ui.kit.boxes import STRETCH, Box, column, row
from console.ui.kit.buttons import Button
from console.ui.kit.dialogs import Overlay
from console.ui.kit.fields import Field
from console.ui.kit.keys import KeyHint
from console.ui.kit.labels import Hairline, Label
from console.ui.palette_hits import plain

translate = QCoreApplication.translate
WIDTH, COLUMNS, LINE = 960, 3, 30
_Slide = QAbstractSlider.SliderAction
_STEPS = {
    Qt.Key.Key_Down: _Slide.SliderSingleStepAdd,
    Qt.Key.Key_Up: _Slide.SliderSingleStepSub,
    Qt.Key.Key_PageDown: _Slide.SliderPageStepAdd,
    Qt.Key.Key_PageUp: _Slide.SliderPageStepSub,
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key and what it does; `keys` are several that do the same or the two ways of one thing."""

    keys: tuple[str, ...]
    text: str


Group = tuple[str, Sequence[Key]]


def keys_of(actions: Iterable[QAction]) -> list[Key]:
    """The keys of a page's or the window's actions, each once."""
    found: dict[str, list[str]] = {}
    for action in actions:
        if isinstance(action, Action) and action.key:
            found.setdefault(action.text().rstrip("…"), []).append(action.key)
    return [Key(tuple(keys[:1]), text) for text, keys in found.items()]


def list_keys() -> list[Key]:
    """What every table understands."""
    return [
        Key(("Up", "Down"), translate("Keys", "Move, also J and K")),
        Key(("Shift+Down",), translate("Keys", "Extend the choice")),
        Key(("X",), translate("Keys", "Check a row")),
        Key(("Ctrl+A",), translate("Keys", "Check all")),
        Key(("Return",), translate("Keys", "Open")),
        Key(("Ctrl+C",), translate("Keys", "Copy what is checked")),
        Key(("Alt+Down",), translate("Keys", "Columns and export")),
        Key(("Esc",), translate("Keys", "Clear, close, leave")),
    ]


class KeySheet(Overlay):
    """All keys, under headings; a field finds one.

    Args:
        parent: The window.
        where: The name of the page that is shown.
        groups: Headings, and what stands under each.
    """

    def __init__(self, parent: QWidget, where: str, groups: Iterable[Group]) -> None:
        super().__init__(parent, translate("Keys", "Keys"))
        self._groups = [(name, tuple(keys)) for name, keys in groups if keys]
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(min(WIDTH, self._window.width() - 2 * theme.MARGIN))
        self.field = Field(
            name=translate("Keys", "Find"), hint=translate("Keys", "Find a key or an act"), icon="search"
        )
        self.field.setFixedWidth(220)
        self.field.textChanged.connect(self._fill)
        self.field.left.connect(self.reject)
        close = Button(icon="x", kind="ghost", name=translate("Keys", "Close"), height=28)
        close.clicked.connect(self.reject)
        note = translate("Keys", "on {page}, and everywhere").format(page=where)
        self._area = QScrollArea()
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.viewport().setAutoFillBackground(False)
        foot = translate("Keys", "Single letters work while no field has the focus.")
        title = Label(translate("Keys", "Keys"), size=17, weight=600)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(28, 22, 28, 18)
        lines.setSpacing(12)
        lines.addWidget(row(title, Label(note, role="text3"), STRETCH, self.field, close, spacing=10))
        lines.addWidget(Hairline())
        lines.addWidget(self._area)
        lines.addWidget(Hairline())
        lines.addWidget(Label(foot, size=12, role="text3"))
        self._fill("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the field has no use for: where the sheet is longer than the window, these go through it."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._area.verticalScrollBar().triggerAction(step)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def shown(self) -> list[str]:
        """The acts that are listed now."""
        return [line.accessibleName() for line in self._area.findChildren(KeyLine)]

    def _fill(self, typed: str) -> None:
        needle = plain(typed.strip())
        groups = [(name, [key for key in keys if needle in plain(key.text)]) for name, keys in self._groups]
        columns = _columns([(name, keys) for name, keys in groups if keys])
        inside = _Sheet()
        line = QHBoxLayout(inside)
        line.setContentsMargins(0, 0, 14, 0)  # room for a scroll bar
        line.setSpacing(36)
        for one in columns:
            line.addWidget(one, 1, Qt.AlignmentFlag.AlignTop)
        self._area.setWidget(inside)
        inside.setAutoFillBackground(False)
        tallest = max((one.sizeHint().height() for one in columns), default=LINE)
        self._area.setFixedHeight(min(tallest + 4, self._window.height() - 190))
        self.adjustSize()


class KeyLine(Box):
    """An act and its keys."""

    def __init__(self, key: Key) -> None:
        super().__init__(QHBoxLayout(), (0, 0, 0, 0), 4, None)
        self.setFixedHeight(LINE)
        self.add(Label(key.text, role="text2"), STRETCH)
        hints = [KeyHint(one) for one in key.keys]
        self.add(*hints)
        self.setAccessibleName(f"{key.text}, {' '.join(hint.accessibleName() for hint in hints)}")


class _Sheet(QWidget):
    """The ground of the columns."""

    def sizeHint(self) -> QSize:
        return QSize(200, super().sizeHint().height())


def _columns(groups: Sequence[Group]) -> list[Box]:
    """The groups over three columns, each next one into the shortest."""
    made = [column(spacing=0) for _ in range(COLUMNS)]
    heights = [0] * COLUMNS
    for name, keys in groups:
        shortest = heights.index(min(heights))
        made[shortest].add(Label(name, size=14, weight=600), 8)
        made[shortest].add(*_lines(keys), 14)
        heights[shortest] += len(keys) * LINE + 48
    return made


def _lines(keys: Sequence[Key]) -> Iterator[QWidget]:
    return (KeyLine(key) for key in keys)
