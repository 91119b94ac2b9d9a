"""The queues: a table, what can be done with one of them, and with all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.bridge.background import Background
from console.bridge.queue_feed import QueueFeed
from console.bridge.table import TableModel
from console.ui import theme, words
from console.ui.actions import Action
from console.ui.kit.boxes import row, set_margins
from console.ui.kit.labels import Label
from console.ui.kit.row_acts import ActTable
from console.ui.queues_columns import ACTS, LEFT_OUT, PAUSE, PURGE, SQUEEZED, TREND, queue_columns

if TYPE_CHECKING:
    from console.ops.fleet import Queue
    from console.ops.snapshot import Snapshot

translate = QCoreApplication.translate
ROW = 32
STALE_S = 5.0  # figures of the broker that are older are called so
HEAD = 32
ROOM = 1000  # a table narrower than this leaves columns out


class QueuesSection(QWidget):
    """Tells what is wanted with the queue under the cursor. `locked` says whether nothing may be changed now."""

    pause_asked = Signal(list, bool)  # list[str]: queues, and whether they are to be paused
    purge_asked = Signal(str)
    peek_asked = Signal(str)
    front_asked = Signal(str)
    jobs_asked = Signal(str)
    current_changed = Signal(object)  # str | None: the name of the queue under the cursor

    def __init__(self, background: Background, *, locked: Callable[[], bool], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._brief = False
        columns = queue_columns(self._hour, locked=locked, brief=lambda: self._brief)
        self._locked, self._shown_locked = locked, locked()
        self._trend = [place for place, column in enumerate(columns) if column.key == TREND]
        self._acts = [place for place, column in enumerate(columns) if column.key == ACTS]
        self.model: TableModel[Queue] = TableModel(columns, key=lambda queue: queue.queue, parent=self)
        self.feed = QueueFeed(self.model, background, self)
        self.table = ActTable(self.model, name=translate("Queues", "Queues"), row_height=ROW)
        self._note = Label(role="text3")
        self._make_actions()
        lines = QVBoxLayout(self)
        set_margins(lines, theme.GROUP, 0, 4, 0)
        lines.setSpacing(0)
        title = Label(translate("Queues", "Queues"), size=14, weight=600)
        head = row(title, margins=(theme.GAP, 0, theme.GROUP, 0), height=HEAD).add(self._note, stretch=1)
        lines.addWidget(head)
        lines.addWidget(self.table, 1)
        self._connect()

    @property
    def wanted_height(self) -> int:
        """What it takes to show every queue."""
        return HEAD + theme.TABLE_HEAD + ROW * max(self.model.rowCount(), 1) + 2

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take over a picture."""
        self.feed.apply(snapshot)
        if self.model.rows and not self.table.currentIndex().isValid():
            self.table.go_to(self.model.row(0).queue)
        self._say_totals(snapshot)
        self._enable()

    def go_to(self, queue: str) -> None:
        """Put the cursor on a queue."""
        self.table.go_to(queue)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_lock(self) -> None:
        """Show the lock on the rows' buttons, or take it off."""
        if self._locked() != self._shown_locked:
            self._shown_locked = self._locked()
            self.model.say_again(self._acts)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._brief = self.width() < ROOM
        self.table.columns.leave_out(LEFT_OUT if self._brief else frozenset(), SQUEEZED if self._brief else None)

    def _make_actions(self) -> None:
        def act(text: str, run: Callable[[Queue], None], *, icon: str, key: str, changes: bool = False) -> Action:
            made = Action(self.table, text, lambda: self._with_current(run), icon=icon, key=key, changes=changes)
            made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            return made

        self.peek_action = act(
            translate("Queues", "Peek at messages"),
            lambda queue: self.peek_asked.emit(queue.queue),
            icon="eye",
            key="Space",
        )
        self.jobs_action = act(
            translate("Queues", "Show jobs"),
            lambda queue: self.jobs_asked.emit(queue.queue),
            icon="files",
            key="Return",
        )
        self.pause_action = act(
            translate("Queues", "Pause"),
            lambda queue: self.pause_asked.emit([queue.queue], not queue.paused),
            icon="pause",
            key="P",
            changes=True,
        )
        self.front_action = act(
            translate("Queues", "Move to the front"),
            lambda queue: self.front_asked.emit(queue.queue),
            icon="arrow-up",
            key="F",
            changes=True,
        )
        self.purge_action = act(
            translate("Queues", "Purge…"), lambda queue: self.purge_asked.emit(queue.queue),
            icon="trash", key="Del", changes=True,
        )  # fmt: skip
        self.pause_all_action = Action(
            self, translate("Queues", "Pause all"), self._pause_all, icon="pause", key="Shift+P", changes=True
        )

    def _connect(self) -> None:
        self.table.menu_actions = self._menu
        self.table.act_chosen.connect(self._do)
        self.table.opened.connect(lambda queue: self.jobs_asked.emit(queue.queue))
        self.table.selectionModel().currentRowChanged.connect(self._tell_current)
        self.feed.past_changed.connect(lambda: self.model.say_again(self._trend))

    def _say_totals(self, snapshot: Snapshot) -> None:
        none = translate("Queues", "No queue yet. The first files make one.")
        said, age_s = totals(self.model.rows) if self.model.rows else none, snapshot.queues_age_s
        old = age_s is not None and age_s > STALE_S
        if old and age_s is not None:
            text = translate("Queues", "{totals}: as it was {age} ago")
            said = text.format(totals=said, age=words.about(age_s))
        self._note.setText(said)
        self._note.set_role("bad" if old else "text3")

    def _menu(self) -> Sequence[QAction | None]:
        return (self.peek_action, self.jobs_action, None, self.pause_action, self.front_action, None, self.purge_action)

    def _do(self, name: str) -> None:
        {PAUSE: self.pause_action, PURGE: self.purge_action}[name].trigger()

    def _with_current(self, run: Callable[[Queue], None]) -> None:
        queue = self.table.current_row()
        if queue is not None:
            run(queue)

    def _pause_all(self) -> None:
        names = [queue.queue for queue in self.model.rows]
        running = [queue.queue for queue in self.model.rows if not queue.paused]
        self.pause_asked.emit(running or names, bool(running))

    def _tell_current(self) -> None:
        queue = self.table.current_row()
        self._enable()
        self.current_changed.emit(queue.queue if queue else None)

    def _enable(self) -> None:
        queue = self.table.current_row()
        for action in (self.peek_action, self.jobs_action, self.pause_action, self.front_action, self.purge_action):
            action.setEnabled(queue is not None)
        if queue is not None:
            paused = queue.paused
            self.pause_action.setText(translate("Queues", "Resume") if paused else translate("Queues", "Pause"))
            self.front_action.setEnabled(bool(queue.pages))
        all_paused = bool(self.model.rows) and all(one.paused for one in self.model.rows)
        text = translate("Queues", "Resume all") if all_paused else translate("Queues", "Pause all")
        self.pause_all_action.setText(text)
        self.pause_all_action.setEnabled(bool(self.model.rows))

    def _hour(self, queue: str) -> tuple[float, ...]:
        return self.feed.hour(queue)


def totals(queues: Sequence[Queue]) -> str:
    """What waits in all of them together."""
    text = translate("Queues", "{pages} in {ready}, {held} held, {delayed} delayed")
    pages, ready = sum(queue.pages for queue in queues), sum(queue.ready for queue in queues)
    return text.format(
        pages=words.counted(pages, translate("Queues", "{n} page"), translate("Queues", "{n} pages")),
        ready=words.counted(ready, translate("Queues", "{n} message"), translate("Queues", "{n} messages")),
        held=words.number(sum(queue.held for queue in queues)),
        delayed=words.number(sum(queue.delayed for queue in queues)),
    )
