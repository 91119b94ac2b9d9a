"""The workers: a table, and what can be wanted of the one under the cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from console.bridge.background import Background
from console.bridge.closer_look import CloserLook
from console.bridge.table import TableModel
from console.ui import theme, words
from console.ui.actions import Action
from console.ui.kit.boxes import row, set_margins
from console.ui.kit.buttons import Button
from console.ui.kit.empty import EmptyState
from console.ui.kit.labels import Label
from console.ui.kit.row_acts import ActTable
from console.ui.workers_columns import LACKS, LEFT_OUT, LOG, worker_columns
from console.ui.workers_missing import Missing, Needs, missing
from console.ui.workers_wishes import WorkerWishes, why_no_forget, why_no_resize, why_no_talk

if TYPE_CHECKING:
    from console.ops.fleet import Worker
    from console.ops.snapshot import Snapshot

translate = QCoreApplication.translate
OURS = version("ocr-console")
ROW = 32
HEAD = 32
WHAT_WAITS, NEEDS_EVERY_S = "what-waits", 15.0
ROOM, TIGHT = 1120, 900  # a table narrower than this leaves columns out


class WorkersSection(QWidget):
    """Shows them; what is wanted goes to the wishes. `has_log` says whether a worker's log can be read here."""

    current_changed = Signal(object)  # Worker | None
    start_asked = Signal()

    def __init__(
        self,
        background: Background,
        wishes: WorkerWishes,
        *,
        has_log: Callable[[str], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._lacks: dict[str, tuple[Missing, ...]] = {}
        self._needs: Needs = {}
        self._snapshot: Snapshot | None = None
        self.needs = CloserLook(background, every_s=NEEDS_EVERY_S, parent=self)
        self.needs.answered.connect(self._take_needs)
        columns = worker_columns(lambda: datetime.now(UTC), has_log, lambda name: self._lacks.get(name, ()))
        self._wishes, self._has_log = wishes, has_log
        self.model: TableModel[Worker] = TableModel(columns, key=lambda worker: worker.name, parent=self)
        self.table = ActTable(self.model, name=translate("Workers", "Workers"), row_height=ROW)
        self._note = Label(role="text3")
        self._make_actions()
        self.forget_lost = Button(translate("Workers", "Forget lost"), kind="ghost", changes=True, height=28)
        self.start_button = Button(translate("Workers", "Start one here"), icon="play", changes=True)
        self._rooms = QStackedWidget()
        self._none = self._build_none()
        self._lay_out()
        self._connect()

    @property
    def wanted_height(self) -> int:
        """What it takes to show every worker."""
        if not self.model.rowCount():
            return HEAD + 250
        return HEAD + theme.TABLE_HEAD + ROW * self.model.rowCount() + 2

    @property
    def current(self) -> Worker | None:
        """The worker under the cursor."""
        worker: Worker | None = self.table.current_row()
        return worker

    def lacks(self, worker: str) -> tuple[Missing, ...]:
        """What the worker of that name lacks."""
        return self._lacks.get(worker, ())

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take over a picture."""
        self._snapshot = snapshot
        self.needs.look_at(WHAT_WAITS)
        self.needs.refresh()
        self._compare()
        self.model.set_rows(snapshot.facts.workers)
        known = snapshot.facts.at is not None
        self._rooms.setCurrentWidget(self._none if known and not self.model.rows else self.table)
        if self.model.rows and not self.table.currentIndex().isValid():
            self.table.go_to(self.model.row(0).name)
        self._note.setText(totals(self.model.rows, snapshot.facts.pages_per_minute) if known else "")
        self.forget_lost.setVisible(bool(self._lost()))
        self._enable()

    def _take_needs(self, needs: Needs) -> None:
        self._needs = needs
        self._compare()

    def _compare(self) -> None:
        """Each worker with the others, and with what waits for it."""
        workers = self._snapshot.facts.workers if self._snapshot is not None else ()
        lacks = {worker.name: missing(worker, workers, self._needs, OURS) for worker in workers}
        if lacks != self._lacks:
            self._lacks = lacks
            self.model.say_again([next(n for n, one in enumerate(self.model.columns) if one.key == LACKS)])
            self._leave_out()

    def refresh_logs(self) -> None:
        """Other logs can be read now."""
        self.model.say_again([len(self.model.columns) - 1])
        self._enable()

    def go_to(self, worker: str) -> None:
        """Put the cursor on a worker."""
        self.table.go_to(worker)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._leave_out()

    def _leave_out(self) -> None:
        """Columns for which there is no room, and the one in which there is nothing."""
        some = any(self._lacks.values())
        narrow = LEFT_OUT if self.width() < ROOM else frozenset()
        tight = frozenset({"memory"}) if some and self.width() < TIGHT else frozenset()
        self.table.columns.leave_out(narrow | tight | (frozenset() if some else frozenset({LACKS})))

    def _make_actions(self) -> None:
        def act(text: str, run: Callable[[Worker], None], *, key: str, icon: str = "", changes: bool = True) -> Action:
            made = Action(self.table, text, lambda: self._with_current(run), icon=icon, key=key, changes=changes)
            made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            return made

        wishes = self._wishes
        self.details_action = act(
            translate("Workers", "Details"), lambda w: wishes.details.emit(w.name), key="Return", changes=False
        )
        self.log_action = act(
            translate("Workers", "Show its log"), lambda w: wishes.log.emit(w.name), key="L", changes=False
        )
        self.ping_action = act(translate("Workers", "Ping"), lambda w: wishes.ping.emit(w.name), key="I", changes=False)
        self.grow_action = act(
            translate("Workers", "One process more"), lambda w: wishes.resize.emit(w.name, 1), key="+"
        )
        self.shrink_action = act(
            translate("Workers", "One process less"), lambda w: wishes.resize.emit(w.name, -1), key="-"
        )
        self.stop_action = act(translate("Workers", "Stop after the pages in work"), wishes.stop.emit, key="S")
        self.forget_action = act(translate("Workers", "Forget"), lambda w: wishes.forget.emit([w.name]), key="Del")

    def _build_none(self) -> EmptyState:
        return EmptyState(
            icon="cpu",
            title=translate("Workers", "No worker is online"),
            sentences=(translate("Workers", "What waits stays where it is. Start one here, or on any other machine."),),
            buttons=(self.start_button,),
        )

    def _lay_out(self) -> None:
        lines = QVBoxLayout(self)
        set_margins(lines, theme.GROUP, 0, 4, 0)
        lines.setSpacing(0)
        title = Label(translate("Workers", "Workers"), size=14, weight=600)
        head = row(title, margins=(theme.GAP, 0, theme.GROUP, 0), height=HEAD)
        lines.addWidget(head.add(self._note, stretch=1).add(self.forget_lost))
        self._rooms.addWidget(self.table)
        self._rooms.addWidget(self._none)
        lines.addWidget(self._rooms, 1)

    def _connect(self) -> None:
        self.table.menu_actions = self._menu
        self.table.act_chosen.connect(lambda name: self.log_action.trigger() if name == LOG else None)
        self.table.opened.connect(lambda worker: self._wishes.details.emit(worker.name))
        self.table.selectionModel().currentRowChanged.connect(self._tell_current)
        self.forget_lost.clicked.connect(lambda: self._wishes.forget.emit(self._lost()))
        self.start_button.clicked.connect(self.start_asked)

    def _menu(self) -> Sequence[QAction | None]:
        return (
            self.details_action, self.log_action, self.ping_action, None, self.grow_action, self.shrink_action, None,
            self.stop_action, self.forget_action,
        )  # fmt: skip

    def _with_current(self, run: Callable[[Worker], None]) -> None:
        if self.current is not None:
            run(self.current)

    def _lost(self) -> list[str]:
        return [worker.name for worker in self.model.rows if not why_no_forget(worker)]

    def _tell_current(self) -> None:
        self._enable()
        self.current_changed.emit(self.current)

    def _enable(self) -> None:
        worker = self.current
        if worker is None:
            for action in filter(None, self._menu()):
                action.setEnabled(False)
            return
        resize, talk = why_no_resize(worker, worker.report.pool), why_no_talk(worker)
        self.details_action.setEnabled(True)
        self.log_action.setEnabled(self._has_log(worker.name))
        for action, why in (
            (self.ping_action, talk), (self.grow_action, resize), (self.shrink_action, resize),
            (self.stop_action, talk), (self.forget_action, why_no_forget(worker)),
        ):  # fmt: skip
            action.setEnabled(not why)
            action.setToolTip(why or action.text())


def totals(workers: Sequence[Worker], pages_per_minute: int) -> str:
    """How many there are in each state, how busy they are, and how fast."""
    counts = {state: sum(worker.state == state for worker in workers) for state in ("online", "silent", "lost")}
    online = [worker for worker in workers if worker.state == "online"]
    text = translate(
        "Workers", "{online} online, {silent} silent, {lost} lost, {busy} of {slots} slots busy, {rate} pages/min"
    )
    return text.format(
        **{state: words.number(count) for state, count in counts.items()},
        busy=words.number(sum(worker.report.busy for worker in online)),
        slots=words.number(sum(worker.report.slots for worker in online)),
        rate=words.number(pages_per_minute),
    )
