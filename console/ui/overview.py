"""The overview: how the work goes, what needs attention, who works, and what is under way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from console.bridge.background import Background
from console.bridge.overview_feed import OverviewFeed, Source
from console.ui import overview_words, words
from console.ui.kit.bars import Underway
from console.ui.kit.boxes import title_line
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Hairline, Label
from console.ui.overview_attention import Attention
from console.ui.overview_batches import BatchesPart
from console.ui.overview_figures import FigureRow
from console.ui.overview_services import ServicesPart
from console.ui.overview_workers import WorkersPart

if TYPE_CHECKING:
    from console.ops.overview import Overview
    from console.ops.snapshot import Snapshot

translate = QCoreApplication.translate
SMALL = 1000  # a page narrower than this shows its parts one under the other
SIDE = 440  # of services and workers beside what needs attention


class OverviewPage(QWidget):
    """The page that is seen first. While it is not seen it does nothing."""

    history_asked = Signal()
    failed_asked = Signal()  # all failed jobs
    remedy_asked = Signal(object)  # Finding
    add_files_asked = Signal()
    samples_asked = Signal()

    def __init__(
        self, background: Background, *, locked: Callable[[], bool] = lambda: False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.feed = OverviewFeed(background, self)
        self._snapshot: Snapshot | None = None
        self._overview: Overview | None = None
        self._small: bool | None = None
        self._day = Label(role="text3")
        self._underway = Underway()
        self.history = Button(translate("Overview", "History"), icon="chart-spline", kind="ghost", key="G, H")
        self.history.clicked.connect(self.history_asked)
        self.figures, self.attention = FigureRow(4), Attention()
        self.services, self.workers, self.batches = ServicesPart(), WorkersPart(), BatchesPart(locked=locked)
        self._rules = [Hairline(vertical=True), *(Hairline() for _ in range(4))]
        self._lay_out()
        self._connect()

    def open_source(self, source: Source) -> None:
        """Ask this one from now on."""
        self.feed.open(source)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take over a picture."""
        self._snapshot = snapshot
        if self.isVisible():
            self._show()
            self.feed.ask()

    def panes(self) -> list[QWidget]:
        """What F6 goes through."""
        return [self.attention, self.workers, self.batches]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()
        self.feed.ask()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._underway.set_running(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(small=self.width() < SMALL)

    def _connect(self) -> None:
        self.feed.told.connect(self._take)
        self.feed.loading_changed.connect(self._underway.set_running)
        self.attention.asked.connect(self.remedy_asked)
        self.attention.failed_asked.connect(self.failed_asked)
        self.batches.add_files_asked.connect(self.add_files_asked)
        self.batches.samples_asked.connect(self.samples_asked)

    def _lay_out(self) -> None:
        self._content = QWidget()
        self._grid = QGridLayout(self._content)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidget(self._content)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        title = Label(translate("Overview", "Overview"), size=20, weight=600)
        lines.addWidget(title_line(title, self._day, self.history))
        lines.addWidget(self._underway)
        lines.addWidget(self._scroll, 1)

    def _arrange(self, *, small: bool) -> None:
        if small == self._small:
            return
        self._small = small
        for part in (self.figures, self.attention, self.workers):
            part.set_compact(small)
        while self._grid.count():
            self._grid.takeAt(0)
        beside, *rules = self._rules
        beside.setVisible(not small)
        for rule in rules[2:]:
            rule.setVisible(small)
        self._put_below(rules) if small else self._put_beside(beside, rules)
        for widget in (self.services, self.workers):
            widget.setMinimumWidth(0 if small else SIDE)
        self._grid.setColumnStretch(0, 1)
        self._grid.setRowStretch(3, 0 if small else 1)
        self._grid.setRowStretch(9, 1)

    def _put_beside(self, beside: Hairline, rules: list[Hairline]) -> None:
        for line, part in ((0, self.figures), (1, rules[0]), (4, rules[1]), (5, self.batches)):
            self._grid.addWidget(part, line, 0, 1, 3)
        self._grid.addWidget(self.attention, 2, 0, 2, 1)
        self._grid.addWidget(beside, 2, 1, 2, 1)
        self._grid.addWidget(self.services, 2, 2)
        self._grid.addWidget(self.workers, 3, 2)

    def _put_below(self, rules: list[Hairline]) -> None:
        parts = (self.figures, self.attention, self.workers, self.batches, self.services)
        for place, part in enumerate(parts):
            self._grid.addWidget(part, 2 * place, 0, 1, 3)
        for place, rule in enumerate(rules):
            self._grid.addWidget(rule, 2 * place + 1, 0, 1, 3)

    def _take(self, overview: Overview) -> None:
        self._overview = overview
        if self.isVisible():
            self._show()

    def _show(self) -> None:
        self._day.setText(words.long_date(datetime.now(UTC)))
        snapshot = self._snapshot
        if snapshot is None:
            return
        self.services.show_snapshot(snapshot, self._overview.servers if self._overview else None)
        self.figures.set_stale(any(one.service == "postgres" and not one.ok for one in snapshot.health))
        if snapshot.facts.at is None:
            return
        self.figures.show_figures(overview_words.figures(snapshot, self._overview))
        self.attention.show_findings(snapshot.facts.findings, snapshot.facts.failures)
        self.workers.show_workers(snapshot.workers)
        self.batches.show_batches(snapshot.facts.batches, jobs=sum(snapshot.counts.values()))
