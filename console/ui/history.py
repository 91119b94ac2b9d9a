"""The history: how work went in the last hour, day or week, and what stood out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from console.bridge.background import Background
from console.bridge.history_feed import HistoryFeed, Source
from console.ui.actions import Action
from console.ui.history_charts import history_charts, history_marks, span_of, span_words
from console.ui.history_incidents import IncidentsPart
from console.ui.history_mark import mark_field, mark_question
from console.ui.kit.bars import Underway
from console.ui.kit.boxes import column, title_line
from console.ui.kit.buttons import Button, below
from console.ui.kit.charts import ChartStack
from console.ui.kit.choices import Choice, Segments
from console.ui.kit.empty import EmptyState
from console.ui.kit.files import ask_where
from console.ui.kit.labels import Hairline, Label
from console.ui.notices import asked

if TYPE_CHECKING:
    from console.ops.history import Past
    from console.ops.snapshot import Snapshot
    from worker.core.incidents import Incident

translate = QCoreApplication.translate
SPANS = ("hour", "day", "week")


class HistoryPage(QWidget):
    """Charts over one span, and a list. While it is not seen it does nothing."""

    workers_asked = Signal()
    mark_asked = Signal(str)  # what happened now
    saved = Signal(object)  # Path
    failed = Signal(object)  # OcrConsoleError

    def __init__(self, background: Background, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.feed = HistoryFeed(background, self)
        self._queues: list[str] = []
        self._note, self._underway = Label(role="text3"), Underway()
        titles = (translate("History", "Hour"), translate("History", "Day"), translate("History", "Week"))
        self.span = Segments(titles, name=translate("History", "Span"), current=SPANS.index(self.feed.span))
        self.queue = Choice([translate("History", "All queues")], name=translate("History", "Queue"), icon="inbox")
        self.mark_action = Action(
            self, translate("History", "Mark…"), self._ask_mark, icon="tag", key="M", changes=True
        )
        self.mark = self.mark_action.button("ghost")
        self.export = Button(translate("History", "Export"), icon="download", menu=True)
        self.export.setEnabled(False)  # until there is something
        self.charts = ChartStack(name=translate("History", "Charts"))
        self.incidents = IncidentsPart()
        self._lay_out()
        self._connect()

    def open_source(self, source: Source) -> None:
        """Ask this one from now on."""
        self.feed.open(source)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """A second is over."""
        if self.isVisible():
            self.charts.set_stale(any(one.service == "postgres" and not one.ok for one in snapshot.health))
            self.feed.refresh()

    def panes(self) -> list[QWidget]:
        """What F6 goes through."""
        return [self.charts, self.incidents]

    def show_mark(self) -> None:
        """Something may have been marked, or taken back: look."""
        if self.isVisible():
            self.feed.refresh_now()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.feed.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._underway.set_running(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.charts.setFocus(Qt.FocusReason.OtherFocusReason)

    def make_menu(self) -> QMenu:
        """In which forms what is shown can be taken away."""
        menu = QMenu(self)
        menu.addAction(translate("History", "Picture (PNG)…"), self._save_picture)
        menu.addAction(translate("History", "Table (CSV)…"), self._save_table)
        return menu

    def _lay_out(self) -> None:
        self.to_workers = Button(translate("History", "Show workers"), icon="activity", kind="primary", height=32)
        self.to_workers.clicked.connect(self.workers_asked)
        self._none = EmptyState(
            icon="chart-spline",
            title=translate("History", "No history yet"),
            sentences=(
                translate("History", "A worker writes down every ten seconds how the work goes."),
                translate("History", "Start one, and this page fills."),
            ),
            buttons=(self.to_workers,),
        )
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(column().add(self.charts, stretch=1).add(Hairline(), self.incidents))
        self._rooms = QStackedWidget()
        self._rooms.addWidget(scroll)
        self._rooms.addWidget(self._none)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        title = Label(translate("History", "History"), size=20, weight=600)
        lines.addWidget(title_line(title, self._note, self.queue, self.span, self.mark, self.export))
        lines.addWidget(Hairline())
        lines.addWidget(self._underway)
        lines.addWidget(self._rooms, 1)

    def _connect(self) -> None:
        self.span.chosen.connect(self._choose)
        self.queue.activated.connect(self._choose)
        self.export.clicked.connect(self._show_menu)
        self.incidents.opened.connect(self._go_to)
        self.feed.told.connect(self._take)
        self.feed.queues_told.connect(self._show_queues)
        self.feed.loading_changed.connect(self._underway.set_running)
        self.feed.saved.connect(self.saved)
        self.feed.failed.connect(self.failed)

    def _choose(self) -> None:
        place = self.queue.currentIndex()
        self.feed.choose(SPANS[self.span.current], self._queues[place - 1] if place > 0 else "")

    def _show_queues(self, queues: Sequence[str]) -> None:
        if list(queues) != self._queues:
            chosen = self.feed.queue
            self._queues = list(queues)
            while self.queue.count() > 1:
                self.queue.removeItem(1)
            self.queue.addItems(self._queues)
            self.queue.setCurrentIndex(self._queues.index(chosen) + 1 if chosen in self._queues else 0)
            self._choose()

    def _take(self, past: Past) -> None:
        self._note.setText(span_words(past))
        self.charts.show_charts(span_of(past), history_charts(past), history_marks(past.incidents))
        self.incidents.show_incidents(past.incidents)
        empty = past.series.latest is None and not past.incidents
        self._rooms.setCurrentIndex(1 if empty else 0)
        self.export.setEnabled(not empty)

    def _go_to(self, incident: Incident) -> None:
        past = self.feed.past
        if past is not None:
            self.charts.go_to(int((incident.opened - past.series.since).total_seconds() // past.series.step_s))

    def _ask_mark(self) -> None:
        text = mark_field()
        question = mark_question(self, text)
        if asked(question):
            self.mark_asked.emit(text.text().strip())

    def _show_menu(self) -> None:
        menu = self.make_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(below(self.export))

    def _save_picture(self) -> None:
        picture = self.charts.picture(translate("History", "History"), self._note.text())
        path = self._ask_path(translate("History", "Save the picture"), "PNG (*.png)", "png")
        if path is not None:
            self.feed.save_picture(path, picture)

    def _save_table(self) -> None:
        path = self._ask_path(translate("History", "Save the table"), "CSV (*.csv)", "csv")
        if path is not None:
            self.feed.save_table(path)

    def _ask_path(self, title: str, kinds: str, ending: str) -> Path | None:
        name = "-".join(part for part in ("history", self.feed.queue, self.feed.span) if part)
        return ask_where(self, title, f"{name}.{ending}", kinds, ending)
