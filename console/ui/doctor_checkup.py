"""The left half of *Doctor & profiles*: how many things are wrong, which, since when that is known, and what helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from console.ops.doctor.verdicts import Report, Verdict
from console.ui import theme, words
from console.ui.actions import Action
from console.ui.doctor_checks import CheckList, CheckRow
from console.ui.doctor_words import verdict_look
from console.ui.kit.bars import Underway
from console.ui.kit.boxes import STRETCH, Box, column, row, title_line
from console.ui.kit.buttons import Button
from console.ui.kit.empty import EmptyState
from console.ui.kit.labels import Hairline, Label, Paragraph
from console.ui.kit.pictures import Picture

if TYPE_CHECKING:
    from worker.core.errors import OcrConsoleError

translate = QCoreApplication.translate
SEEN = (Verdict.FAIL, Verdict.WARN, Verdict.OK, Verdict.UNKNOWN)  # as the line of counts has them


class Count(QWidget):
    """How many checks have a verdict."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        look = verdict_look(verdict)
        self._figure, self._word = Label(weight=600), Label(look.word, role="text2")
        line = QVBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(row(Picture(look.icon, 16, look.role), 2, self._figure, self._word, 8, spacing=4, height=32))

    def show_count(self, count: int) -> None:
        """Show it."""
        self._figure.setText(words.number(count))
        self._figure.setMinimumWidth(self._figure.sizeHint().width())  # the word gives way
        self.setAccessibleName(f"{self._figure.text()} {self._word.text()}")


class Checkup(QWidget):
    """Shows reports. It asks for nothing itself: it tells what is wanted."""

    again_asked = Signal()
    remedy_asked = Signal(object)  # the Remedy of a finding
    line_copied = Signal(str)
    report_copy_asked = Signal()
    report_save_asked = Signal()
    renewed = Signal()  # there are other buttons than before

    def __init__(self, *, profile: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(translate("Doctor", "Doctor"))
        self.report: Report | None = None
        self.again_action = Action(self, translate("Doctor", "Run again"), self.again_asked.emit, icon="refresh-cw")
        copy, save = translate("Doctor", "Copy report"), translate("Doctor", "Save report…")
        self.copy_action = Action(self, copy, self.report_copy_asked.emit, icon="copy")
        self.save_action = Action(self, save, self.report_save_asked.emit, icon="download")
        self.again = Button(self.again_action.text(), icon="refresh-cw", key="F5")
        self.save = Button(icon="download", kind="ghost", name=save)
        for button, action in ((self.again, self.again_action), (self.save, self.save_action)):
            button.clicked.connect(action.trigger)
            action.enabledChanged.connect(button.setEnabled)
        self.counts = {verdict: Count(verdict) for verdict in SEEN}
        self._when = Label(size=12, role="text3", align="end")
        self._underway = Underway()
        self.list = CheckList()
        self.list.asked.connect(self.remedy_asked)
        self.list.copy_asked.connect(self.line_copied)
        self.list.moved.connect(self._show_row)
        self._lay_out(profile)
        self._show_actions()

    def show_looking(self, looking: bool) -> None:
        """An examination is under way, or over."""
        self._underway.set_running(looking)
        self.again.set_busy(looking)

    def show_report(self, report: Report) -> None:
        """Show what was found."""
        self.report = report
        for verdict, count in report.counts.items():
            self.counts[verdict].show_count(count)
            self.counts[verdict].setVisible(bool(count) or verdict is not Verdict.UNKNOWN)
        when = translate("Doctor", "{clock}, took {time}")
        clock, took = words.clock(report.at, seconds=True), words.duration(report.took_s)
        self._when.setText(when.replace("{clock}", clock).replace("{time}", took))
        self.list.show_checks(report.checks)
        self._rooms.setCurrentWidget(self._found)
        self._show_actions()
        self.renewed.emit()

    def show_failure(self, error: OcrConsoleError) -> None:
        """Nothing could be looked at; what was found before stays."""
        if self.report is None:
            self._failed.title.setText(words.told(error.sentence))
            self._failed.sentences[0].setText(words.told(error.advice))
            self._rooms.setCurrentWidget(self._failed)

    def forget(self) -> None:
        """It is about other services now."""
        self.report = None
        self._rooms.setCurrentWidget(self._waiting)
        self._show_actions()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        (self.list if self.report else self.again).setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self, profile: str) -> None:
        title = Label(translate("Doctor", "Doctor"), size=20, weight=600)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        copy = self.copy_action.button("ghost")
        lines.addWidget(title_line(title, Label(profile, role="text3"), copy, self.save, self.again))
        lines.addWidget(self._underway)
        self._found = self._findings()
        waiting = translate("Doctor", "The doctor is looking at services, workers and jobs.")
        self._waiting = EmptyState(icon="stethoscope", title=translate("Doctor", "One moment"), sentences=(waiting,))
        try_again = Button(translate("Doctor", "Try again"), icon="refresh-cw", kind="primary", height=32)
        try_again.clicked.connect(self.again_asked)
        self._failed = EmptyState(icon="circle-x", title="-", sentences=("-",), buttons=(try_again,))
        self._rooms = QStackedWidget()
        for room in (self._waiting, self._found, self._failed):
            self._rooms.addWidget(room)
        lines.addWidget(self._rooms, 1)

    def _findings(self) -> Box:
        note = translate(
            "Doctor",
            "The doctor only looks. Nothing changes before you press a button, and each button says what it will do.",
        )
        foot = row(theme.MARGIN, spacing=0).add(Paragraph(note, size=12, role="text3"), stretch=1).add(theme.MARGIN)
        body = column(self.list, 12, foot, STRETCH, 12)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(body)
        bar = self._area.verticalScrollBar()
        bar.rangeChanged.connect(lambda _least, most: self.list.give_way(bar.sizeHint().width() if most else 0))
        head = row(*self.counts.values(), margins=(theme.MARGIN, 0, theme.MARGIN, 0), height=32)
        rule = row(theme.MARGIN, spacing=0).add(Hairline(), stretch=1).add(theme.MARGIN)
        return column(head.add(self._when, stretch=1), rule).add(self._area, stretch=1)

    def _show_actions(self) -> None:
        for action in (self.copy_action, self.save_action):
            action.setEnabled(self.report is not None)

    def _show_row(self, shown: CheckRow) -> None:
        self._area.ensureWidgetVisible(shown, 0, 0)
