"""A batch on its way: one bar for all of it, one for each file, and what was agreed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.bridge.table import Column, TableModel
from console.ui import theme, words
from console.ui.job_icons import job_icon
from console.ui.kit.bars import THICK, Bar
from console.ui.kit.boxes import Box, column, title_line
from console.ui.kit.buttons import Button
from console.ui.kit.cells import Measured, Named, Stated, Words
from console.ui.kit.chips import Chip
from console.ui.kit.flow import flow
from console.ui.kit.labels import Hairline, Label
from console.ui.kit.states import confidence_role
from console.ui.kit.table import Table
from console.ui.upload_pane import AgreedPane, Legend
from console.ui.upload_rows import Speed, Stage, Totals, UploadRow, advanced, look, progress, row_of, total, with_job
from console.ui.upload_words import headline, legend, sentence

if TYPE_CHECKING:
    from console.ops.intake import PlannedFile
    from console.ops.uploads import Uploaded
    from worker.core.jobs import Job

translate = QCoreApplication.translate
WIDE = 1000  # narrower pages leave the pane out
FIGURES = 112


class UploadsPage(QWidget):
    """Shows what `ops.uploads` tells. It is fed with `advance` and `show_jobs`, and asks through its signals."""

    stop_asked = Signal()
    forget_asked = Signal()
    resume_asked = Signal(object)  # tuple[PlannedFile, ...]: those that did not arrive
    jobs_asked = Signal()
    open_asked = Signal(object)  # the id of a job

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._rows: dict[str, UploadRow] = {}
        self._keys: dict[object, str] = {}  # of a job's id
        self._stage: Stage | None = None
        self._trouble, self._offered = "", False
        self._totals = Totals()
        self._speed = Speed()
        self._title = Label(size=20, weight=600)
        self._since = Label(role="text3")
        self._stop = Button(translate("Uploads", "Stop uploading"), icon="square")
        self._forget = Button(translate("Uploads", "Forget them"), icon="x", changes=True)
        self._forget.setToolTip(translate("Uploads", "Their jobs go. Your files stay as they are."))
        self._resume = Button(translate("Uploads", "Go on"), icon="play", kind="primary", changes=True)
        self._jobs = Button(translate("Uploads", "Show the jobs"), icon="files")
        self._headline = Label(size=28, weight=600)
        self._sentence = Label(size=14, role="text2")
        self._bar = Bar(name=translate("Uploads", "The batch"), height=THICK)
        self._legend = Legend()
        self._chips = _chips()
        self.model: TableModel[UploadRow] = TableModel(_columns(), lambda shown: shown.key)
        self.table = Table(self.model, name=translate("Uploads", "Files of the batch"))
        self.pane = AgreedPane()
        self._connect()
        self._lay_out()

    @property
    def totals(self) -> Totals:
        """What is shown over the bars, or would be."""
        return total(self._rows.values(), self._totals)

    def begin(
        self,
        name: str,
        files: Sequence[PlannedFile] = (),
        *,
        agreed: Sequence[tuple[str, str]] = (),
        since: str = "",
        offered: bool = False,
    ) -> None:
        """Show a batch that starts now.

        Args:
            name: Of the batch.
            files: Those that will be uploaded, in order; more may turn up in `advance`.
            agreed: What was chosen, as rows; see `upload_words.agreed`.
            since: Stands beside the name: "started 14:24 by minh".
            offered: Nothing starts yet: they are what an earlier start left, and may be forgotten.
        """
        self._rows = {str(file.source): row_of(file) for file in files}
        self._keys, self._totals, self._speed = {}, Totals(), Speed()
        self._trouble, self._offered = "", offered
        self._title.setText(name)
        self._since.setText(since)
        self.pane.show_agreed(agreed)
        self._stop.set_busy(False)
        self._choose(None)
        self._tell()

    def advance(self, told: Iterable[Uploaded]) -> None:
        """Take what the uploads tell; only the newest of each file counts."""
        for uploaded in told:
            key = str(uploaded.file.source)
            before = self._rows.get(key) or row_of(uploaded.file)
            self._rows[key] = advanced(before, uploaded)
            if uploaded.job_id is not None:
                self._keys[uploaded.job_id] = key
        self._tell()

    def show_jobs(self, jobs: Iterable[Job]) -> None:
        """Take what became of jobs; those of other batches are left out."""
        changed = False
        for job in jobs:
            key = self._keys.get(job.id)
            if key is not None:
                self._rows[key] = with_job(self._rows[key], job)
                changed = True
        if changed:
            self._tell()

    def end(self, trouble: str = "") -> None:
        """No upload goes on any more; files that were never begun have stopped. `trouble` says why, in a sentence."""
        self._trouble = trouble
        for key, shown in self._rows.items():
            if shown.step in {"waiting", "sending"}:
                self._rows[key] = replace(shown, step="stopped")
        self._tell()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.pane.setVisible(self.width() >= WIDE)

    def _tell(self) -> None:
        if not self.isVisible():
            return  # there may be a hundred thousand files
        self._totals = totals = self.totals
        self._speed.take(self._clock(), totals.sent)
        speed = 0.0 if totals.at_rest else self._speed.value
        self._headline.setText(headline(totals))
        self._sentence.setText(self._trouble or sentence(totals, speed))
        self._sentence.set_role("bad" if self._trouble else "text2")
        self._bar.set_progress(totals.share_read, totals.share_sent)
        self._legend.tell(*legend(totals))
        self.pane.show_speed(speed, running=not totals.at_rest)
        self._stop.setVisible(not totals.at_rest)
        self._resume.setVisible(totals.at_rest and totals.stopped > 0)
        self._forget.setVisible(self._offered and self._resume.isVisibleTo(self))
        self._jobs.setVisible(totals.arrived > 0)
        self._show_rows()

    def _show_rows(self) -> None:
        found: dict[Stage, int] = dict.fromkeys((stage for stage in self._chips if stage is not None), 0)
        for shown in self._rows.values():
            found[shown.stage] += 1
        for stage, chip in self._chips.items():
            count = len(self._rows) if stage is None else found[stage]
            chip.set_count(words.number(count))
            chip.setVisible(stage is None or count > 0 or stage == self._stage)
        if self._stage is None and len(self.model.rows) == len(self._rows):
            self.model.update_rows(self._rows.values())
        else:
            self.model.set_rows(shown for shown in self._rows.values() if self._stage in {None, shown.stage})

    def _choose(self, stage: Stage | None) -> None:
        self._stage = stage
        for kind, chip in self._chips.items():
            chip.setChecked(kind == stage)
        self.model.set_rows(shown for shown in self._rows.values() if stage in {None, shown.stage})

    def _ask_stop(self) -> None:
        self._stop.set_busy(True)
        self.stop_asked.emit()

    def _ask_resume(self) -> None:
        self._trouble = ""
        left = tuple(shown.file for shown in self._rows.values() if shown.can_go_on and shown.file)
        for key, shown in self._rows.items():
            if shown.can_go_on:
                self._rows[key] = replace(shown, step="waiting")
        self._stop.set_busy(False)
        self._tell()
        self.resume_asked.emit(left)

    def _open(self, shown: UploadRow) -> None:
        if shown.job_id is not None:
            self.open_asked.emit(shown.job_id)

    def _connect(self) -> None:
        self._stop.clicked.connect(self._ask_stop)
        self._resume.clicked.connect(self._ask_resume)
        self._forget.clicked.connect(self.forget_asked)
        self._jobs.clicked.connect(self.jobs_asked)
        self.table.opened.connect(self._open)
        for stage, chip in self._chips.items():
            chip.clicked.connect(lambda _checked, stage=stage: self._choose(stage))

    def _lay_out(self) -> None:
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self._main_column(), 1)
        across.addWidget(self.pane)

    def _main_column(self) -> Box:
        body = QWidget()
        lines = QVBoxLayout(body)
        lines.setContentsMargins(theme.MARGIN, 16, theme.MARGIN, 16)
        lines.setSpacing(0)
        for widget, space in (
            (self._headline, 2),
            (self._sentence, 12),
            (self._bar, 8),
            (self._legend, 10),
            (flow(*self._chips.values(), line=42), 0),
        ):
            lines.addWidget(widget)
            lines.addSpacing(space)
        lines.addWidget(self.table, 1)
        line = column(Hairline(), margins=(theme.MARGIN, 0, theme.MARGIN, 0))
        made = column(title_line(self._title, self._since, self._jobs, self._stop, self._forget, self._resume), line)
        return made.add(body, stretch=1)


def _chips() -> dict[Stage | None, Chip]:
    return {
        None: Chip(translate("Uploads", "All")),
        "sending": Chip(translate("Uploads", "Uploading"), icon="upload", role="accent"),
        "waiting": Chip(translate("Uploads", "To upload"), icon="clock"),
        "queued": Chip(translate("Uploads", "Queued"), icon="clock"),
        "running": Chip(translate("Uploads", "Running"), icon="loader-circle", role="accent"),
        "done": Chip(translate("Uploads", "Done"), icon="circle-check", role="ok"),
        "failed": Chip(translate("Uploads", "Not done"), icon="circle-x", role="bad"),
    }


def _columns() -> tuple[Column[UploadRow], ...]:
    return (
        Column(
            "file",
            translate("Uploads", "File"),
            lambda shown: shown.name,
            look=lambda shown: Named(shown.name, job_icon(shown.name)),
            tip=lambda shown: shown.path,
        ),
        Column(
            "state",
            translate("Uploads", "State"),
            lambda shown: look(shown).word,
            width=152,
            look=lambda shown: Stated(look(shown)),
            tip=lambda shown: shown.sentence,
        ),
        Column(
            "progress",
            translate("Uploads", "Progress"),
            lambda shown: progress(shown)[1],
            width=216,
            end=True,
            look=_progress,
        ),
        Column("confidence", translate("Uploads", "Conf."), _confidence, width=68, end=True, look=_confidence_look),
    )


def _progress(shown: UploadRow) -> object:
    share, figures = progress(shown)
    return Words(figures) if share is None else Measured(share, figures, figures=FIGURES)


def _confidence(shown: UploadRow) -> str:
    mean = shown.job.mean_confidence if shown.job else None
    return words.DASH if mean is None else words.decimal(mean)


def _confidence_look(shown: UploadRow) -> Words:
    mean = shown.job.mean_confidence if shown.job else None
    if mean is None:
        return Words(words.DASH, "text3")
    return Words(words.decimal(mean), confidence_role(mean), 400 if mean >= 90 else 600)
