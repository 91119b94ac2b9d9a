"""A batch from close by: how far it is, why some of its files failed, how fast it went, what it brought."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QWidget

from console.ui import counts, words
from console.ui.batch_acts import PRIORITIES
from console.ui.batch_parts import Failures, OutputList, Patch, ThroughputChart
from console.ui.batches_columns import by, look_of, rate
from console.ui.kit.bars import THICK, Bar
from console.ui.kit.boxes import STRETCH, column, row
from console.ui.kit.buttons import Button, below
from console.ui.kit.facts import FactList, Known
from console.ui.kit.labels import Label, Paragraph
from console.ui.kit.pictures import Picture
from console.ui.kit.side_pane import EDGE, SidePane, pane_section
from console.ui.plan_settings import priority_in_words
from worker.core.batch_figures import BatchFigures, BatchState

if TYPE_CHECKING:
    from worker.core.batch_details import BatchDetails

translate = QCoreApplication.translate


class BatchPane(SidePane):
    """Shows the batch it is given; it asks for nothing itself."""

    pause_asked = Signal()
    priority_asked = Signal(object, object)  # the BatchFigures for which the menu was opened, Priority
    cancel_asked = Signal()
    jobs_asked = Signal()
    failed_asked = Signal()  # the jobs that failed
    save_asked = Signal()
    remedy_asked = Signal(object)  # FailureGroup

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(translate("Batches", "Batch"), parent)
        self.batch: BatchFigures | None = None
        self.details: BatchDetails | None = None
        self._build_head()
        self._build_body()
        self._empty = Paragraph(translate("Batches", "Choose a batch to see how far it is."), role="text3")
        self._nothing = column(self._empty, STRETCH, margins=(20, 14, 20, 0))
        self.lines.addWidget(self._head)
        self.lines.addWidget(self._area, 1)
        self.lines.addWidget(self._nothing)
        self.show_batch(None)

    def show_batch(self, batch: BatchFigures | None) -> None:
        """Show this; the details of another one go."""
        self._head.setVisible(batch is not None)
        self._area.setVisible(batch is not None)
        self._nothing.setVisible(batch is None)
        if batch is None or (self.details is not None and self.details.id != batch.id):
            self.details = None
            self._show_details()
        self.batch = batch
        if batch is not None:
            self._show_head(batch)
            self._facts.show_facts(self._known(batch))

    def show_details(self, details: BatchDetails) -> None:
        """Show the rest of it."""
        if self.batch is not None and details.id == self.batch.id:
            self.details = details
            self._facts.show_facts(self._known(self.batch))
            self._show_details()

    def _build_head(self) -> None:
        self._name = Label(size=15, weight=600, elide=Qt.TextElideMode.ElideMiddle)
        jobs = Button(icon="external-link", kind="ghost", name=translate("Batches", "Show jobs"), height=28)
        close = Button(icon="x", kind="ghost", name=translate("Batches", "Close the pane"), height=28)
        self._icon, self._word = Picture("clock", 14), Label(weight=500)
        self._since = Label(size=12, role="text2")
        self._bar = Bar(name=translate("Batches", "Read"), height=THICK)
        self._read, self._arrived = Label(size=12, role="text2"), Label(size=12, role="text2")
        legend = row(Patch(1.0), self._read, 10, Patch(0.34), spacing=6).add(self._arrived, stretch=1)
        self.pause = Button(translate("Batches", "Pause"), icon="pause", height=28, changes=True)
        self.priority = Button(translate("Batches", "Priority"), menu=True, height=28, changes=True)
        self.cancel = Button(translate("Batches", "Cancel…"), kind="danger", height=28, changes=True)
        self._acts = row(self.pause, self.priority, self.cancel, STRETCH)
        self._head = column(
            row(spacing=4).add(self._name, stretch=1).add(jobs, close),
            2,
            row(self._icon, self._word, 4, spacing=6).add(self._since, stretch=1),
            12,
            self._bar,
            6,
            legend,
            10,
            self._acts,
            margins=(20, 14, EDGE, 14),
        )
        jobs.clicked.connect(self.jobs_asked)
        close.clicked.connect(self.closed)
        self.pause.clicked.connect(self.pause_asked)
        self.priority.clicked.connect(self.open_priorities)
        self.cancel.clicked.connect(self.cancel_asked)

    def _build_body(self) -> None:
        self._facts, self.failures = FactList(), Failures()
        self.chart, self._outputs = ThroughputChart(), OutputList()
        self._why, self._speed, self._of = (Label(size=12, role="text3") for _ in range(3))
        show = Button(translate("Batches", "Show"), kind="ghost", name=translate("Batches", "Show failed"), height=28)
        self.save = Button(translate("Batches", "Save results…"), icon="download", height=28)
        self._failed_part = pane_section(translate("Batches", "Failed"), self.failures, note=self._why, button=show)
        self._speed_part = pane_section(translate("Batches", "Throughput"), self.chart, note=self._speed)
        self._outputs_part = pane_section(
            translate("Batches", "Outputs"), self._outputs, note=self._of, button=self.save
        )
        body = column(
            pane_section(translate("Batches", "Plan and outcome"), self._facts),
            self._failed_part,
            self._speed_part,
            self._outputs_part,
            STRETCH,
        )
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(body)
        show.clicked.connect(self.failed_asked)
        self.save.clicked.connect(self.save_asked)
        self.failures.remedy_asked.connect(self.remedy_asked)

    def open_priorities(self) -> None:
        """Offer the four priorities under their button."""
        menu = self.priorities()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(below(self.priority))

    def priorities(self) -> QMenu:
        """The menu; the one that holds is ticked."""
        menu, batch = QMenu(translate("Batches", "Priority"), self), self.batch
        for priority in PRIORITIES:
            action = menu.addAction(priority_in_words(priority))
            action.setCheckable(True)
            action.setChecked(batch is not None and batch.priority is priority)
            action.triggered.connect(lambda _on, one=priority: self.priority_asked.emit(batch, one))
        return menu

    def _show_head(self, batch: BatchFigures) -> None:
        look, is_open = look_of(batch), batch.state is not BatchState.FINISHED
        self._name.setText(batch.name)
        self.setAccessibleName(translate("Batches", "Batch {name}").format(name=words.isolated(batch.name)))
        self._icon.show_icon(look.icon, look.role)
        self._word.setText(look.word)
        self._word.set_role(look.role)
        self._since.setText(_since(batch))
        self._bar.set_role("text3" if batch.paused and is_open else "accent")
        self._bar.set_progress(batch.share, batch.uploaded)
        read = translate("Batches", "read, {part}")
        pages = counts.part_of(words.number(batch.pages_done), words.number(batch.pages))
        self._read.setText(read.format(part=pages))
        self._arrived.setText(_arrived(batch))
        self._acts.setVisible(is_open)
        self.pause.setText(translate("Batches", "Resume") if batch.paused else translate("Batches", "Pause"))
        self.pause.set_icon("play" if batch.paused else "pause")
        self._say_speed()
        for label in (self._word, self._read):
            label.updateGeometry()

    def _show_details(self) -> None:
        details = self.details
        failures = details.failures if details else ()
        self.failures.show_groups(failures)
        self._failed_part.setVisible(bool(failures))
        causes = words.counted(len(failures), translate("Batches", "{n} cause"), translate("Batches", "{n} causes"))
        files = counts.files(sum(group.count for group in failures))
        self._why.setText(translate("Batches", "{files}, {causes}").format(files=files, causes=causes))
        throughput = details.throughput if details else None
        self._speed_part.setVisible(throughput is not None)
        if throughput is not None:
            self.chart.show_throughput(throughput)
            self._say_speed()
        outputs = details.outputs if details else ()
        self._outputs.show_outputs(outputs)
        self._outputs_part.setVisible(bool(outputs))
        if self.batch is not None:
            self._of.setText(translate("Batches", "of {files}").format(files=counts.files(self.batch.jobs)))

    def _say_speed(self) -> None:
        throughput = self.details.throughput if self.details else None
        if self.batch is not None and throughput is not None:
            text, mean = translate("Batches", "{rate}, mean {mean}"), words.number(round(throughput.mean))
            self._speed.setText(text.format(rate=rate(self.batch), mean=mean))
            self._speed.updateGeometry()

    def _known(self, batch: BatchFigures) -> list[Known]:
        return _facts(batch, None if self.details is None else self.details.low)


def _since(batch: BatchFigures) -> str:
    now = datetime.now(UTC)
    begun = batch.started or batch.created
    clock = words.DASH if begun is None else words.near(begun, now)
    if batch.priority is None or batch.state is BatchState.FINISHED:
        return translate("Batches", "since {clock} by {who}").format(clock=clock, who=by(batch))
    text = translate("Batches", "since {clock} by {who}, priority {priority}")
    return text.format(clock=clock, who=by(batch), priority=priority_in_words(batch.priority))


def _arrived(batch: BatchFigures) -> str:
    if batch.uploaded >= 1:
        return translate("Batches", "uploaded, all")
    return translate("Batches", "uploaded, {percent} %").format(percent=int(100 * batch.uploaded))


def _facts(batch: BatchFigures, low: int | None) -> list[Known]:
    now = datetime.now(UTC)
    parts = [translate("Batches", "{n} done").format(n=words.number(batch.jobs_done))]
    for count, text in (
        (batch.jobs_failed, translate("Batches", "{n} failed")),
        (batch.jobs_cancelled, translate("Batches", "{n} cancelled")),
    ):
        parts += [text.format(n=words.number(count))] if count else []
    facts = [
        Known(translate("Batches", "Files"), words.number(batch.jobs)),
        Known(translate("Batches", "So far"), ", ".join(parts), "bad" if batch.jobs_failed else "text"),
        Known(translate("Batches", "Pages"), words.number(batch.pages)),
    ]
    if batch.pages_failed:
        facts.append(Known(translate("Batches", "Pages failed"), words.number(batch.pages_failed), "bad"))
    if batch.mean_confidence is not None:
        mean = translate("Batches", "{n} mean").format(n=words.decimal(batch.mean_confidence))
        text = translate("Batches", "{mean}, {n} low").format(mean=mean, n=words.number(low or 0))
        facts.append(Known(translate("Batches", "Confidence"), mean if low is None else text))
    if batch.done_at is not None:
        ended = batch.state is BatchState.FINISHED
        title = translate("Batches", "Done at") if ended else translate("Batches", "Done at about")
        facts.append(Known(title, words.near(batch.done_at, now)))
    if batch.took_s is not None:
        facts.append(Known(translate("Batches", "Took"), words.duration(batch.took_s)))
    return facts
