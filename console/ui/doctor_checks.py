"""The doctor's findings as a list: what is wrong with its cause and its button, what is good in a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ops.doctor.verdicts import Check, Verdict
from console.ui import theme, words
from console.ui.doctor_words import ORDER, cause_words, spoken, verdict_look
from console.ui.kit import paint
from console.ui.kit.boxes import STRETCH, Box, column, row, set_margins
from console.ui.kit.buttons import Button, Kind
from console.ui.kit.labels import Hairline, Label, Paragraph
from console.ui.kit.pictures import Picture
from console.ui.remedy_words import changes, remedy_words

translate = QCoreApplication.translate
LINE = 31  # of what is good, without the hairline
BRIEF = 60  # letters of a reason that fits beside its headline
PAD = 8  # between the words and the focus ring
ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_J: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_K: -1}


class CheckRow(QWidget):
    """One check, and the buttons of its remedy. Enter presses the first of them."""

    asked = Signal(object)  # the Remedy of a finding: what its button does
    copy_asked = Signal(str)  # the line that mends it
    touched = Signal()

    def __init__(self, check: Check, *, primary: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.check = check
        self.buttons = tuple(self._make_buttons(primary=primary))
        self.setAccessibleName(spoken(check))
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self._line() if _is_brief(check) else self._trouble())
        lines.addWidget(row(PAD, spacing=0).add(Hairline(), stretch=1).add(PAD))

    def set_current(self, current: bool) -> None:
        """Tab stops at the current one of a list."""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if current else Qt.FocusPolicy.NoFocus)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.touched.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        button = next((one for one in self.buttons if one.isEnabled()), None)
        if event.key() in ENTER and self.hasFocus() and button is not None:
            QCoreApplication.sendEvent(button, event)  # as a press on it: on a read-only profile that asks to unlock
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.hasFocus():
            with paint.painting(self) as painter:
                paint.focus_ring(painter, QRectF(self.rect()), theme.tokens(self)["accent"], theme.CONTROL)

    def _line(self) -> Box:
        fact = Label(words.told(self.check.fact), role="text2", align="end")
        made = row(PAD + 1, self._picture(16), 13, height=LINE, spacing=0)
        made.add(Label(words.told(self.check.title), weight=500), 16)
        return made.add(fact, stretch=1).add(PAD)

    def _trouble(self) -> Box:
        look = verdict_look(self.check.verdict)
        text = column(Paragraph(words.told(self.check.title), weight=600, role="text"))
        if fact := words.told(self.check.fact):
            text.add(2, Paragraph(fact, size=12, weight=500, role=look.role))
        if cause := cause_words(self.check):
            text.add(2, Paragraph(cause, size=12))
        made = row(PAD, column(self._picture(18), STRETCH), 12, spacing=0, margins=(0, 13, 0, 13))
        made.add(text.add(STRETCH), stretch=1)
        if self.buttons:
            made.add(16, column(STRETCH, *(row(STRETCH, one) for one in self.buttons), STRETCH, spacing=4))
        return made.add(PAD)

    def _picture(self, size: int) -> Picture:
        look = verdict_look(self.check.verdict)
        return Picture(look.icon, size, look.role)

    def _make_buttons(self, *, primary: bool) -> Iterator[Button]:
        remedy = self.check.remedy
        if remedy is None or self.check.ok:
            return
        said = words.told(self.check.title)
        if remedy.button is not None:
            way = remedy.button
            button = Button(remedy_words(way), kind="primary" if primary else "plain", changes=changes(way))
            button.clicked.connect(lambda: self.asked.emit(way))
            button.setAccessibleDescription(said)
            yield button
        if remedy.copy:
            kind: Kind = "ghost" if remedy.button is not None else "primary" if primary else "plain"
            copy = Button(translate("Doctor", "Copy the fix"), icon="copy", kind=kind)
            copy.clicked.connect(lambda: self.copy_asked.emit(remedy.copy))
            copy.setToolTip(remedy.copy)
            copy.setAccessibleDescription(f"{said}: {remedy.copy}")
            yield copy


class CheckList(QWidget):
    """All checks, what is wrong first. The arrows go from one to the next."""

    asked = Signal(object)
    copy_asked = Signal(str)
    moved = Signal(object)  # the CheckRow that has the focus now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[CheckRow] = []
        self._lines = QVBoxLayout(self)
        self.give_way(0)
        self._lines.setSpacing(0)
        self._current = 0

    def give_way(self, room: int) -> None:
        """Keep so much less free at the end: a scroll bar takes it."""
        set_margins(self._lines, theme.MARGIN - PAD, 0, theme.MARGIN - PAD - room, 0)

    def show_checks(self, checks: Sequence[Check]) -> None:
        """Show these; the focus stays at the check at which it was."""
        before = self.rows[self._current].check.name if self.rows else ""
        focus = self.window().focusWidget()
        held = focus is not None and self.isAncestorOf(focus)
        for one in self.rows:
            one.hide()
            one.deleteLater()
        ordered = sorted(checks, key=lambda check: ORDER.index(check.verdict))
        first = next((check for check in ordered if check.remedy is not None and not check.ok), None)
        self.rows = [CheckRow(check, primary=check is first) for check in ordered]
        for one in self.rows:
            self._lines.addWidget(one)
            one.show()  # now: what is not there yet cannot have the focus
            one.asked.connect(self.asked)
            one.copy_asked.connect(self.copy_asked)
            one.touched.connect(self._touched)
        self._choose(next((place for place, one in enumerate(self.rows) if one.check.name == before), 0))
        if held and self.rows:
            self._focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in STEPS:
            self.go_to(self._current + STEPS[key])
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self.go_to(0 if key == Qt.Key.Key_Home else len(self.rows) - 1)
        else:
            super().keyPressEvent(event)

    def go_to(self, place: int) -> None:
        """Give a row the focus; beyond an end, the one at the end."""
        if self.rows:
            self._choose(min(max(place, 0), len(self.rows) - 1))
            self._focus()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.go_to(self._current)

    def _touched(self) -> None:
        sender = self.sender()
        self.go_to(next(place for place, one in enumerate(self.rows) if one is sender))

    def _choose(self, place: int) -> None:
        self._current = place
        for at, one in enumerate(self.rows):
            one.set_current(at == place)

    def _focus(self) -> None:
        one = self.rows[self._current]
        one.setFocus(Qt.FocusReason.OtherFocusReason)
        self.moved.emit(one)


def _is_brief(check: Check) -> bool:
    """Whether a line holds all there is to say: of what is good, and of what is not known for a short reason."""
    more = check.cause or check.remedy
    return check.ok or (check.verdict is Verdict.UNKNOWN and not more and len(check.fact) <= BRIEF)
