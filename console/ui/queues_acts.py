"""What the page of queues and workers wants, done: each wish becomes an act, and its answer comes back to the page."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from console.ui import words
from console.ui.queues_purge import purge_question
from worker.core.jobs import TASK_NAME, Priority

if TYPE_CHECKING:
    from console.bridge.acts import Acts
    from console.ops.purge import Waiting
    from console.ui.guard import ProductionLock
    from console.ui.notices import NoticeStrip
    from console.ui.queues import QueuesPage

translate = QCoreApplication.translate


class QueuesActs(QObject):
    """Connects a page with the acts; on a read-only production profile it asks to unlock it instead."""

    def __init__(self, page: QueuesPage, acts: Acts, lock: ProductionLock, notices: NoticeStrip) -> None:
        super().__init__(page)
        self._page, self._acts, self._lock, self._notices = page, acts, lock, notices
        self._connect_queues()
        self._connect_workers()
        acts.acted.connect(lambda act: page.say(words.told(act.done.message)))
        acts.acted.connect(lambda _act: page.side.peeking.look_again())
        acts.failed.connect(lambda error: page.say(words.told(error.sentence, error.advice), bad=True))

    def _connect_queues(self) -> None:
        queues, acts = self._page.queues, self._acts
        queues.pause_asked.connect(self._pause)
        queues.front_asked.connect(acts.move_queue_to_front)
        queues.purge_asked.connect(lambda queue: acts.look_into(queue, partial(self._purge, queue)))

    def _connect_workers(self) -> None:
        page, wishes, acts, only_unlocked = self._page, self._page.wishes, self._acts, self._lock.only_unlocked
        wishes.resize.connect(only_unlocked(self._resize))
        wishes.autoscale.connect(only_unlocked(acts.autoscale))
        wishes.consume.connect(only_unlocked(self._consume))
        wishes.limit_rate.connect(only_unlocked(lambda worker, rate: acts.rate_limit(worker, TASK_NAME, rate)))
        wishes.limit_time.connect(only_unlocked(self._limit_time))
        wishes.ping.connect(lambda worker: acts.ping([worker]))
        wishes.forget.connect(only_unlocked(acts.forget_workers))
        page.stop_asked.connect(only_unlocked(lambda worker: acts.warm_stop([worker])))
        page.stop_local_asked.connect(only_unlocked(acts.stop_worker))
        page.stop_all_asked.connect(only_unlocked(acts.stop_workers_here))
        page.restart_asked.connect(only_unlocked(acts.restart_workers))
        page.mend_asked.connect(acts.mend)  # its button is locked, where it changes something
        page.side.peek.front_asked.connect(only_unlocked(lambda jobs: acts.set_priority(jobs, Priority.NEXT)))
        page.side.peek.take_out_asked.connect(only_unlocked(acts.cancel))
        page.start_asked.connect(only_unlocked(acts.start_worker))

    def _pause(self, queues: list[str], pause: bool) -> None:
        (self._acts.pause_queues if pause else self._acts.resume_queues)(queues)

    def _purge(self, queue: str, waiting: Waiting) -> None:
        if not waiting.jobs and not waiting.messages:
            nothing = translate("Purge", "Nothing waits in {queue}.")
            self._notices.tell(nothing.replace("{queue}", words.isolated(queue)))
            return
        name = self._lock.ask_to_destroy(**purge_question(queue, waiting, datetime.now(UTC)))
        if name is not None:
            self._acts.purge(queue, waiting, name)

    def _resize(self, worker: str, by: int) -> None:
        if by > 0:
            self._acts.grow(worker, by)
        else:
            self._acts.shrink(worker, -by)

    def _limit_time(self, worker: str, soft_s: int, hard_s: int) -> None:
        self._acts.limit_time(worker, TASK_NAME, soft_s, hard_s)

    def _consume(self, worker: str, queue: str, on: bool) -> None:
        (self._acts.add_consumer if on else self._acts.cancel_consumer)(worker, queue)
