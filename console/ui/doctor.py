"""The page *Doctor & profiles*: what the doctor found at the left, the profiles at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.bridge.background import Background
from console.bridge.doctor_feed import DoctorFeed, Examine
from console.ops.doctor.verdicts import Report, Verdict
from console.ops.findings import Remedy, Way
from console.ui import theme
from console.ui.doctor_checkup import Checkup
from console.ui.doctor_words import copied_words
from console.ui.kit.boxes import row
from console.ui.kit.choices import Segments
from console.ui.kit.files import ask_where
from console.ui.kit.side_pane import COVERS
from console.ui.kit.splits import Split

if TYPE_CHECKING:
    from console.ops.snapshot import Snapshot

translate = QCoreApplication.translate
PANE = 520  # the pane at the right, where there is room


class DoctorPage(QWidget):
    """What the doctor found about the profile in use; `add_pane` puts the profiles beside it.

    It is examined when the page is seen first, when somebody asks for it, and after something was done.
    """

    remedy_asked = Signal(object)  # the Remedy of a finding
    setting_asked = Signal(str, dict)  # a variable of the profile in use, to be edited; what is known of its value
    counted = Signal(int)  # how much is wrong or to be looked at
    renewed = Signal()  # there are other buttons than before
    copied = Signal(str)  # a sentence
    saved = Signal(object)  # Path of the report
    failed = Signal(object)  # OcrConsoleError

    def __init__(self, background: Background, *, profile: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stale = False  # something was done since
        self._online: frozenset[str] = frozenset()  # workers
        self._awaits_worker = False
        self._beside: list[QWidget] = []
        self.feed = DoctorFeed(background, self)
        self.checkup = Checkup(profile=profile)
        self.split = Split(Qt.Orientation.Horizontal)
        self.split.addWidget(self.checkup)
        self.split.setStretchFactor(0, 1)
        names = translate("Doctor", "Doctor"), translate("Doctor", "Profiles")
        self.halves = Segments(names, name=translate("Doctor", "What is shown"))
        self.halves.chosen.connect(self._place)
        self._top = row(self.halves, margins=(theme.MARGIN, 10, theme.MARGIN, 0))
        self._top.hide()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self._top)
        lines.addWidget(self.split, 1)
        self._connect()

    def open_source(self, examine: Examine) -> None:
        """Ask this for a report from now on."""
        self.checkup.forget()
        self.feed.open(examine)
        if self.isVisible() and not self.feed.looking:
            self.feed.ask()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """A worker that was started here may be there by now."""
        online = frozenset(worker.name for worker in snapshot.workers if worker.state == "online")
        if self._awaits_worker and online - self._online:
            self._awaits_worker = False
            self.look_again()
        self._online = online

    def look_again(self) -> None:
        """Something was done: examine anew, if somebody looks, else when the page is seen next."""
        if self.isVisible():
            self.feed.ask()
        else:
            self._stale = True

    def refresh(self) -> None:
        """Somebody wants to know how it is now, of whatever is on the screen."""
        if self.isVisible():
            self.feed.ask()

    def add_pane(self, pane: QWidget) -> None:
        """Put something at the right end; it keeps its width when the window grows."""
        self._beside.append(pane)
        self.split.addWidget(pane)
        self.split.setStretchFactor(1, 0)
        self.split.setSizes([max(self.width() - PANE, PANE), PANE])
        self._place()

    def show_beside(self) -> None:
        """Let the profiles be seen, also where there is room for one half only."""
        self.halves.choose(1)

    def panes(self) -> list[QWidget]:
        """What F6 goes through."""
        return [self._top, self.checkup, *self._beside]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Both halves, or the chosen one where there is no room for both."""
        narrow = self.window().width() < COVERS and bool(self._beside)
        self._top.setVisible(narrow)
        self.checkup.setVisible(not narrow or self.halves.current == 0)
        for pane in self._beside:
            pane.setVisible(not narrow or self.halves.current == 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale or (self.feed.report is None and not self.feed.looking):
            self._stale = False
            self.feed.ask()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.checkup.setFocus(Qt.FocusReason.OtherFocusReason)

    def _connect(self) -> None:
        feed, checkup = self.feed, self.checkup
        feed.told.connect(self._show)
        feed.failed.connect(checkup.show_failure)
        feed.looking_changed.connect(checkup.show_looking)
        checkup.again_asked.connect(feed.ask)
        checkup.remedy_asked.connect(self._take)
        checkup.line_copied.connect(self._copy_line)
        checkup.renewed.connect(self.renewed)
        checkup.report_copy_asked.connect(feed.write)
        checkup.report_save_asked.connect(self._save)
        feed.written.connect(self._copy_report)
        feed.saved.connect(self.saved)
        feed.unsaved.connect(self.failed)

    def _show(self, report: Report) -> None:
        self.checkup.show_report(report)
        counts = report.counts
        self.counted.emit(counts[Verdict.FAIL] + counts[Verdict.WARN])

    def _take(self, remedy: Remedy) -> None:
        self._awaits_worker |= remedy.way is Way.START_WORKER
        self.remedy_asked.emit(remedy)

    def _copy_report(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.copied.emit(translate("Doctor", "The report is copied. There is no secret in it."))

    def _save(self) -> None:
        report = self.feed.report
        if report is not None:
            name = f"doctor-{report.profile}-{report.at.astimezone():%Y-%m-%d-%H%M}.md"
            if (
                path := ask_where(self, translate("Doctor", "Save the report"), name, "Markdown (*.md)", "md")
            ) is not None:
                self.feed.save(path)

    def _copy_line(self, line: str) -> None:
        QGuiApplication.clipboard().setText(line)
        self.copied.emit(copied_words(line))
