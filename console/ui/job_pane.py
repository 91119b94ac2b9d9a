"""A job from close by, at the side of a table: its state, what is wrong, its pages, what happened, its outputs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from console.bridge.background import Background
from console.bridge.job_detail_feed import JobDetailFeed
from console.bridge.why_feed import Why, WhyFeed
from console.ui import words
from console.ui.job_head import JobHead
from console.ui.job_log import JobLog
from console.ui.job_outputs import Outputs
from console.ui.job_story import story, underway
from console.ui.job_trouble import SCALED, JobTrouble, Remedy
from console.ui.job_wall import Legend, Wall
from console.ui.job_why import JobWhy
from console.ui.kit.bars import Underway
from console.ui.kit.boxes import STRETCH, Box, column, row
from console.ui.kit.buttons import Button
from console.ui.kit.facts import FactList, Known
from console.ui.kit.labels import Hairline, Label, Paragraph
from console.ui.kit.occurrences import Occurrences
from console.ui.kit.side_pane import SidePane
from console.ui.passwords import ask_password
from console.ui.reading_words import reading_rows
from worker.core.errors import OcrConsoleError
from worker.core.jobs import ACTIVE, Attempt, Job, PageMark

if TYPE_CHECKING:
    from console.ops.closeup import Closeup, Source
    from console.ops.snapshot import Snapshot

translate = QCoreApplication.translate
EDGE = 16  # kept free at the end of a line
INSET = 1  # of a tile in its place on the wall, for the ring around it


class JobPane(SidePane):
    """Follows the job it is told of. It asks only while it is to be seen, and again when a picture says it changed."""

    job_asked = Signal(object, int)  # UUID, and the page to open it at
    retry = Signal(list, str)  # list[UUID], and a password or ""
    reprocess = Signal(list, dict)  # list[UUID], and the options that change
    remedy_asked = Signal(object)  # the Remedy of a finding
    copied = Signal(str)  # a sentence
    save_asked = Signal(object, tuple)  # Job, and the formats; none means all

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(translate("Pane", "Job"), parent)
        self._closeup: Closeup | None = None
        self._log: JobLog | None = None
        self.feed, self.why_feed = JobDetailFeed(background, self), WhyFeed(background, self)
        self.head = JobHead()
        self.trouble, self.why = JobTrouble(), JobWhy()
        self.wall, self.legend = Wall(), Legend()
        self.parts = Occurrences(name=translate("Pane", "Parts"))
        self.story = Occurrences(name=translate("Pane", "What happened"), linked=True)
        self.outputs, self.reading = Outputs(), FactList()
        self._empty = Paragraph(translate("Pane", "Choose a job to see its pages."), role="text3")
        self._underway = Underway()
        self._build()
        self._connect()
        self._show_nothing()

    @property
    def job(self) -> Job | None:
        """The job that is shown."""
        return self._closeup.job if self._closeup else None

    def open_source(self, source: Source) -> None:
        """Show the jobs of this store."""
        self.feed.open(source)

    def open_why(self, why: Why) -> None:
        """Ask this why a job is not running."""
        self.why_feed.open(why)

    def show_why(self) -> None:
        """Why it is not running is to be seen, as it is now."""
        self._area.verticalScrollBar().setValue(0)
        self.why_feed.ask()

    def show_job(self, job: Job | None) -> None:
        """Show this job in a moment; None: no job."""
        self.feed.follow(job.id if job else None)
        if job is None:
            self._show_nothing()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take over what changed."""
        self.feed.apply(snapshot)
        if self.isVisible():
            self.why_feed.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.feed.go_on()
        self.why_feed.ask()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.feed.pause()

    def _build(self) -> None:
        self._pages_note, self._outputs_note = (Label(size=12, role="text3") for _ in range(2))
        self.open_button = Button(translate("Pane", "Open"), icon="scan-text", kind="ghost", key="Return", height=28)
        self.log_button = Button(translate("Pane", "Log"), icon="terminal", kind="ghost", height=28)
        self.save_button = Button(translate("Pane", "Save all…"), kind="ghost", height=28)
        self._pages = self._section(
            translate("Pane", "Pages"),
            self.wall,
            _set_in(self.legend),
            note=self._pages_note,
            button=self.open_button,
        )
        self._parts = self._section(translate("Pane", "Parts"), _set_in(self.parts))
        self._story = self._section(translate("Pane", "What happened"), _set_in(self.story), button=self.log_button)
        self._outputs = self._section(
            translate("Pane", "Outputs"),
            _set_in(self.outputs),
            note=self._outputs_note,
            button=self.save_button,
        )
        reading = self._section(translate("Pane", "How it is read"), _set_in(self.reading))
        body = column(self.trouble, self.why, self._pages, self._parts, self._story, self._outputs, reading, STRETCH)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        self._nothing = column(self._empty, STRETCH, margins=(20, 14, 20, 0))
        for part in (self.head, self._underway, self._nothing):
            self.lines.addWidget(part)
        self.lines.addWidget(area, 1)
        self._area = area

    def _section(self, title: str, *parts: QWidget, note: Label | None = None, button: Button | None = None) -> Box:
        name = Label(title, size=14, weight=600)
        name.setMinimumWidth(name.sizeHint().width())
        head = row(name, height=32)
        if note is not None:
            head.add(note)
        head.add(STRETCH, *([button] if button else []))
        lines = column(_set_in(head), 4, *parts, margins=(0, 10, 0, 10))
        return column(Hairline(), row(20 - INSET, spacing=0).add(lines, stretch=1))

    def _connect(self) -> None:
        self.feed.shown.connect(self._show)
        self.feed.gone.connect(self._show_nothing)
        self.feed.failed.connect(self._show_failure)
        self.feed.traced.connect(self._show_traces)
        self.feed.untraced.connect(self._show_no_traces)
        self.feed.loading_changed.connect(self._underway.set_running)
        self.head.open_asked.connect(lambda: self._open_page(1))
        self.head.close_asked.connect(self.closed)
        self.open_button.clicked.connect(lambda: self._open_page(self.wall.currentIndex().row() + 1))
        self.wall.page_asked.connect(self._open_page)
        self.log_button.clicked.connect(self._open_log)
        self.save_button.clicked.connect(lambda: self._save(()))
        self.outputs.save_asked.connect(self._save)
        self.trouble.remedied.connect(self._remedy)
        self.why_feed.told.connect(self.why.show_check)
        self.why.asked.connect(self.remedy_asked)
        self.why.copied.connect(self.copied)

    def _show(self, closeup: Closeup) -> None:
        before, self._closeup = self._closeup, closeup
        job, marks, now = closeup.job, closeup.marks, datetime.now(UTC)
        same = before is not None and before.job.id == job.id
        self.setAccessibleName(translate("Pane", "Job {name}").replace("{name}", words.isolated(job.name)))
        self.head.show_job(job)
        self.trouble.show_job(job, marks)
        self._follow_why(job)
        if not same:
            self.wall.forget_current()
        self.wall.show_pages(job.pages or 0, marks)
        self.legend.show_looks(self.wall.looks)
        self._pages_note.setText(_pages_note(job))
        self._pages.setVisible(bool(self.wall.tiles.rowCount()))
        self.parts.show_entries(underway(closeup))
        self._parts.setVisible(bool(self.parts.entries))
        self.story.show_entries(story(closeup, now))
        self.outputs.show_outputs(job.outputs, job.notes)
        self._outputs_note.setText(_without(marks))
        self._outputs.setVisible(bool(job.outputs))
        self.reading.show_facts([Known(what, value) for what, value in reading_rows(job.options)])
        self._nothing.hide()
        for part in (self.head, self._area):
            part.show()
        if not same:
            self._area.verticalScrollBar().setValue(0)

    def _follow_why(self, job: Job | None) -> None:
        wanted = job.id if job is not None and job.state in ACTIVE else None
        if wanted is None or wanted != self.why_feed.job_id:
            self.why.show_check(None)
        self.why_feed.follow(wanted)

    def _show_nothing(self) -> None:
        self._closeup = None
        self._follow_why(None)
        self._empty.setText(translate("Pane", "Choose a job to see its pages."))
        self._leave_empty()

    def _show_failure(self, error: OcrConsoleError) -> None:
        if self._closeup is None:
            self._empty.setText(words.told(error.sentence, error.advice))
            self._leave_empty()

    def _leave_empty(self) -> None:
        self.head.show_nothing()
        self._area.hide()
        self._nothing.show()

    def _open_page(self, number: int) -> None:
        if self.job is not None:
            self.job_asked.emit(self.job.id, max(number, 1))

    def _open_log(self) -> None:
        if self.job is None:
            return
        if self._log is not None:
            self._log.close()
        log = self._log = JobLog(self.job.name, self.window())
        log.destroyed.connect(lambda: self._forget_log(log))
        log.show()
        self.feed.ask_traces()

    def _forget_log(self, log: JobLog) -> None:
        if log is self._log:  # else the next one is open by now
            self._log = None

    def _show_traces(self, job_id: UUID, attempts: Sequence[Attempt]) -> None:
        if self._log is not None and self.job is not None and self.job.id == job_id:
            self._log.show_attempts(attempts)

    def _show_no_traces(self, job_id: UUID, error: OcrConsoleError) -> None:
        if self._log is not None and self.job is not None and self.job.id == job_id:
            self._log.show_failure(error)

    def _save(self, formats: tuple[str, ...]) -> None:
        self.save_asked.emit(self.job, formats)

    def _remedy(self, which: Remedy) -> None:
        job = self.job
        if job is None:
            return
        if which is Remedy.LOG:
            self._open_log()
        elif which is Remedy.SCALE:
            self.reprocess.emit([job.id], {"dpi": SCALED})
        elif which is Remedy.RETRY:
            self.retry.emit([job.id], "")
        elif password := ask_password(self, 1):
            self.retry.emit([job.id], password)


def _set_in(part: QWidget) -> Box:
    """With spaces and not margins at its ends: those are not mirrored where words run from right to left."""
    return row(INSET, spacing=0).add(part, stretch=1).add(EDGE)


def _pages_note(job: Job) -> str:
    count = words.DASH if job.pages is None else words.number(job.pages)
    if job.mean_confidence is None:
        return count
    said = translate("Pane", "{count}, mean {n}").replace("{count}", count)
    return said.replace("{n}", words.decimal(job.mean_confidence))


def _without(marks: Sequence[PageMark]) -> str:
    failed = [mark.number for mark in marks if mark.state == "failed"]
    if len(failed) == 1:
        return translate("Pane", "without page {n}").replace("{n}", words.number(failed[0]))
    return translate("Pane", "without {n} pages").replace("{n}", words.number(len(failed))) if failed else ""
