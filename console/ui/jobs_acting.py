"""What is done with jobs: those that are checked, the one under the cursor, or all that met the filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtCore import QCoreApplication, QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from console.bridge.background import Background
from console.bridge.freezing import Freezing, Frozen, Lists
from console.bridge.job_feed import JobFeed
from console.ops.presets import BUILT_IN, Preset
from console.ui.actions import Action
from console.ui.job_acts import Picked, cancel_question, may_cancel, may_delete, may_retry
from console.ui.jobs_bar import JobsBar
from console.ui.kit.buttons import below
from console.ui.kit.row_acts import MenuTable
from console.ui.kit.table_checks import KeptChecks
from console.ui.notices import ask
from console.ui.passwords import ask_password
from console.ui.reprocess import ask_options
from worker.core.jobs import Job, Priority

translate = QCoreApplication.translate
May = Callable[[Job], bool]


class JobsActing(QObject):
    """The verbs of the jobs page, their keys and their bar. It carries nothing out: it tells what is wanted.

    A list that was frozen stands until it is given up; what is checked by then does not count.
    """

    open_job = Signal(object)  # UUID
    retry = Signal(list, str)  # list[UUID], and the password that opens the locked ones, or ""
    cancel = Signal(list)  # list[UUID]; what runs was asked about
    reprocess = Signal(list, dict)  # list[UUID], and the options that change
    urge = Signal(list, object)  # list[UUID], Priority
    delete_asked = Signal(object)  # Picked
    why_asked = Signal()  # of the job under the cursor
    picked_changed = Signal(int)  # how many jobs are checked or frozen

    def __init__(self, page: QWidget, table: MenuTable, feed: JobFeed, background: Background) -> None:
        super().__init__(page)
        self._page, self._table, self._feed = page, table, feed
        self.presets: Callable[[], Sequence[Preset]] = lambda: BUILT_IN
        self._frozen: Frozen | None = None
        self._checked_then: set[UUID] = set()  # when it was frozen
        self._checks = KeptChecks(table, key=lambda job: job.id, parent=self)
        self.freezing = Freezing(background, self)
        self._make_actions(page)
        self.bar = JobsBar(
            self.open_action,
            self.retry_action,
            self.cancel_action,
            self.reprocess_action,
            self.priority_action,
            destroys=self.delete_action,
        )
        self.bar.closed.connect(self.uncheck)
        self.bar.everything.clicked.connect(self.freeze)
        table.checked_changed.connect(self._show_checked)
        table.selectionModel().currentRowChanged.connect(self.enable)
        feed.replacing.connect(self._checks.keep)
        feed.loaded.connect(self._checks.restore)
        feed.counts_changed.connect(lambda _counts: self._show())

    def open_source(self, source: Lists) -> None:
        """Freeze lists of this store."""
        self.freezing.open(source)

    @property
    def count(self) -> int:
        """How many jobs are checked or frozen."""
        return len(self._frozen.ids) if self._frozen else len(self._checks.rows)

    def uncheck(self) -> None:
        """Give up what was checked, and the frozen list."""
        self._frozen = None
        self._give_up_wish()
        self._checks.clear()
        self._show()

    def freeze(self) -> None:
        """Take all jobs that meet the filter now."""
        self.bar.everything.set_busy(True)
        self.freezing.freeze(self._feed.chosen, self._take_frozen)

    def leave_filter(self) -> None:
        """Other jobs are shown: what is not among them is no longer meant."""
        self._frozen = None
        self._give_up_wish()
        self._checks.forget()

    def settle(self) -> None:
        """A list could not be had."""
        self.bar.everything.set_busy(False)

    def enable(self) -> None:
        """Switch the verbs on with which something can be done."""
        chosen = self._rows()
        current = self._table.chosen() if not self._checks.rows else []
        self.why_action.setEnabled(len(current) == 1 and may_cancel(current[0]))
        self.open_action.setEnabled(len(chosen) == 1 and self._frozen is None)
        for action, may in self._may.items():
            action.setEnabled(self._frozen is not None or any(map(may, chosen)))

    def menu_actions(self) -> Sequence[Action | None]:
        """What can be done with a row, and what one may want to know of it."""
        ends = self.retry_action, self.reprocess_action, self.cancel_action, self.priority_action
        return self.open_action, self.why_action, None, *ends, None, self.delete_action

    def make_priorities(self) -> QMenu:
        """The priorities to choose from, each by a letter too."""
        menu = QMenu(self._page)
        words = {
            Priority.NEXT: translate("Jobs", "&Next"),
            Priority.HIGH: translate("Jobs", "&High"),
            Priority.NORMAL: translate("Jobs", "Nor&mal"),
            Priority.LOW: translate("Jobs", "&Low"),
        }
        for priority, word in words.items():
            entry = menu.addAction(word)
            entry.triggered.connect(lambda _on=False, one=priority: self._urge(one))
        return menu

    def _make_actions(self, page: QWidget) -> None:
        self.retry_action = Action(
            page, translate("Jobs", "Retry"), self._retry, icon="rotate-cw", key="R", changes=True
        )
        self.cancel_action = Action(page, translate("Jobs", "Cancel"), self._cancel, icon="ban", key="C", changes=True)
        self.reprocess_action = Action(
            page, translate("Jobs", "Reprocess…"), self._reprocess, icon="scan-text", changes=True
        )
        self.priority_action = Action(
            page, translate("Jobs", "Priority"), self._open_priorities, icon="arrow-up-down", key="P", changes=True
        )
        self.delete_action = Action(
            page, translate("Jobs", "Delete…"), self._delete, icon="trash", key="Del", changes=True
        )
        self.open_action = Action(page, translate("Jobs", "Open"), self._open, icon="external-link")
        why = translate("Jobs", "Why is it not running?")
        self.why_action = Action(page, why, self.why_asked.emit, icon="circle-question-mark")
        self._may: dict[Action, May] = {
            self.retry_action: may_retry,
            self.cancel_action: may_cancel,
            self.reprocess_action: may_delete,  # what has ended
            self.priority_action: may_cancel,  # what has not
            self.delete_action: may_delete,
        }

    def _rows(self) -> Sequence[Job]:
        return self._checks.rows or self._table.chosen()

    def _show_checked(self, _count: int) -> None:
        if self._checks.are_being_restored:
            return
        if self._frozen is not None and not self._same_checked():
            self._frozen = None
        if not self.count:
            self._give_up_wish()
        self._show()

    def _give_up_wish(self) -> None:
        """A list that is asked for is wanted no more."""
        self.freezing.drop()
        self.settle()

    def _same_checked(self) -> bool:
        """Whether the user left the checks alone since the list was frozen: rows may have gone by themselves."""
        here = {job.id for job in self._table.rows}
        return {job.id for job in self._table.checked()} == self._checked_then & here

    def _show(self) -> None:
        count, loaded = self.count, len(self._table.rows)
        self.bar.show_count(count, self._frozen.at if self._frozen else None)
        matching = sum(self._feed.counts.get(state, 0) for state in self._feed.chosen.meant_states)
        page_is_chosen = count >= loaded and not self._feed.complete
        self.bar.offer_everything(matching if page_is_chosen and not self._frozen and matching > count else 0)
        self.enable()
        self.picked_changed.emit(count)

    def _take_frozen(self, frozen: Frozen) -> None:
        self.settle()
        self._frozen = frozen
        self._checked_then = {job.id for job in self._table.checked()}
        self._show()

    def _with_picked(self, action: Action, do: Callable[[Picked], None]) -> None:
        """Do it with the frozen list, once it is known what those are by now, or with the rows that allow it."""
        if self._frozen is not None:
            only_ended = self._may[action] is may_delete  # what ends later is not meant
            self.freezing.tally(self._frozen.ids, lambda ids, tally: do(Picked(ids, tally)), only_ended=only_ended)
        elif jobs := [job for job in self._rows() if self._may[action](job)]:
            do(Picked.of(jobs))

    def _retry(self) -> None:
        self._with_picked(self.retry_action, self._retry_picked)

    def _retry_picked(self, picked: Picked) -> None:
        password = ask_password(self._page, picked.tally.locked) if picked.tally.locked else ""
        if password is not None:
            self.retry.emit(list(picked.ids), password)

    def _cancel(self) -> None:
        self._with_picked(self.cancel_action, self._cancel_picked)

    def _cancel_picked(self, picked: Picked) -> None:
        question = cancel_question(picked)
        if question is None or ask(self._page, **question):
            self.cancel.emit(list(picked.ids))

    def _reprocess(self) -> None:
        self._with_picked(self.reprocess_action, self._reprocess_picked)

    def _reprocess_picked(self, picked: Picked) -> None:
        change = ask_options(self._page, picked, self.presets())
        if change is not None:
            self.reprocess.emit(list(picked.ids), change)

    def _open_priorities(self) -> None:
        button = self.bar.button(self.priority_action)
        place = below(button)
        if not button.isVisible():
            row = self._table.visualRect(self._table.currentIndex())
            place = self._table.viewport().mapToGlobal(QPoint(row.left(), row.bottom()))
        self._table.pop_up(self.make_priorities(), place)

    def _urge(self, priority: Priority) -> None:
        self._with_picked(self.priority_action, partial(self._urge_picked, priority))

    def _urge_picked(self, priority: Priority, picked: Picked) -> None:
        self.urge.emit(list(picked.ids), priority)

    def _delete(self) -> None:
        self._with_picked(self.delete_action, self.delete_asked.emit)

    def _open(self) -> None:
        for job in self._rows()[:1]:
            self.open_job.emit(job.id)
