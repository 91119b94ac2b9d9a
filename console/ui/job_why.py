"""Why a job that has not ended is not running, or who reads it, in one sentence, and the button that helps."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.ops.doctor.verdicts import Check, Verdict
from console.ops.findings import Remedy
from console.ui import theme, words
from console.ui.doctor_words import cause_words, copied_words, spoken, verdict_look
from console.ui.kit import paint
from console.ui.kit.boxes import column, set_margins
from console.ui.kit.buttons import Button
from console.ui.kit.flow import flow
from console.ui.kit.labels import Paragraph
from console.ui.kit.pictures import Picture
from console.ui.remedy_words import changes, remedy_words
from console.ui.theme import Role

translate = QCoreApplication.translate
GROUNDS: dict[Verdict, Role] = {Verdict.FAIL: "bad_soft", Verdict.WARN: "warn_soft"}


class JobWhy(QWidget):
    """The block. It hides while there is nothing to say."""

    asked = Signal(object)  # the Remedy of a finding
    copied = Signal(str)  # a sentence

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.check: Check | None = None
        self._icon = Picture("clock", 16, "text2")
        self._sentence = Paragraph(weight=600, role="text")
        self._fact, self._cause = Paragraph(size=12), Paragraph(size=12)
        self.change_button, self.lead_button = Button("-", changes=True, height=28), Button("-", height=28)
        self.copy_button = Button(translate("Doctor", "Copy the fix"), icon="copy", kind="ghost", height=28)
        for button in (self.change_button, self.lead_button):
            button.clicked.connect(self._press)
        self.copy_button.clicked.connect(self._copy)
        parts = self.change_button, self.lead_button, self.copy_button
        self._buttons = flow(*parts, spacing=4, line=32)
        lines = QHBoxLayout(self)
        set_margins(lines, 20, 12, 16, 12)
        lines.setSpacing(10)
        lines.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        lines.addWidget(column(self._sentence, 3, self._fact, self._cause, 5, self._buttons), 1)
        self.hide()

    @property
    def button(self) -> Button:
        """The one of its buttons that is shown for what can be done."""
        return self.lead_button if self.change_button.isHidden() else self.change_button

    def show_check(self, check: Check | None) -> None:
        """Show what was found out; None: nothing."""
        if check == self.check:
            return
        self.check = check
        self.setVisible(check is not None)
        if check is None:
            return
        look = verdict_look(check.verdict)
        self._icon.show_icon("loader-circle" if check.ok else look.icon, "accent" if check.ok else look.role)
        for part, text in (
            (self._sentence, words.told(check.title)),
            (self._fact, words.told(check.fact)),
            (self._cause, cause_words(check)),
        ):
            part.setText(text)
            part.setVisible(bool(text))
        self._show_buttons(check)
        self.setAccessibleName(spoken(check))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        ground = GROUNDS.get(self.check.verdict, "sunken") if self.check else "surface"
        with paint.painting(self) as painter:
            painter.fillRect(self.rect(), theme.tokens(self)[ground])

    def _show_buttons(self, check: Check) -> None:
        way, line = (check.remedy.button, check.remedy.copy) if check.remedy else (None, "")
        for button, fits in ((self.change_button, True), (self.lead_button, False)):
            button.setVisible(way is not None and changes(way) is fits)
            if way is not None:
                button.setText(remedy_words(way))
        self.copy_button.setVisible(bool(line))
        self.copy_button.setToolTip(line)
        self._buttons.setVisible(way is not None or bool(line))

    def _way(self) -> Remedy | None:
        return self.check.remedy.button if self.check and self.check.remedy else None

    def _press(self) -> None:
        if (way := self._way()) is not None:
            self.asked.emit(way)

    def _copy(self) -> None:
        if self.check and self.check.remedy:
            QGuiApplication.clipboard().setText(self.check.remedy.copy)
            self.copied.emit(copied_words(self.check.remedy.copy))
