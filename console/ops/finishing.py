"""The last steps of uploads: rows to QUEUED with their first tasks, then the doorbells, for many files at a time.

What arrives while a transaction is under way goes into the next one: a few files cost a transaction each, ten thousand
small ones a few hundred.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Self
from uuid import UUID

from console.ops.submission import Uploaded
from worker.core.admission import Arrived
from worker.core.errors import OcrConsoleError, ServiceError
from worker.core.jobs import Doorbell

if TYPE_CHECKING:
    from worker.core.broker import Broker
    from worker.core.store import Store

MOST = 100  # files in one transaction

End = bool | BaseException  # whether the doorbell was rung, or why the job is not queued


@dataclass(frozen=True, slots=True)
class _Waiting:
    arrived: Arrived
    ended: Callable[[End], Uploaded]
    future: Future[Uploaded]

    def end(self, how: End) -> None:
        try:
            self.future.set_result(self.ended(how))
        except BaseException as error:  # noqa: BLE001 - it is raised where the future is waited for
            self.future.set_exception(error)


class Finisher:
    """A thread that finishes what has arrived. As a context manager it ends when all of that is finished."""

    def __init__(self, store: Store, broker: Broker) -> None:
        self._store = store
        self._broker = broker
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="finish-uploads")

    def finish(self, arrived: Arrived, ended: Callable[[End], Uploaded]) -> Future[Uploaded]:
        """Queue the job, soon. The future has what `ended` makes of the end; it is called on the finisher's thread."""
        waiting = _Waiting(arrived, ended, Future())
        self._queue.put(waiting)
        return waiting.future

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        for some in self._groups():
            ends = self._ends([one.arrived for one in some])
            for one in some:
                one.end(ends[one.arrived.job])

    def _groups(self) -> Iterator[list[_Waiting]]:
        """All that has arrived by now, at most MOST of it, again and again until the end."""
        ending = False
        while not ending:
            taken = [self._queue.get()]
            with contextlib.suppress(Empty):
                while len(taken) < MOST:
                    taken.append(self._queue.get_nowait())
            ending = None in taken  # the last one: whoever ends has nothing more that could arrive
            yield [one for one in taken if one is not None]

    def _ends(self, arrived: Sequence[Arrived]) -> dict[UUID, End]:
        try:
            bells = self._store.queue_jobs(arrived) if arrived else {}
        except BaseException as error:  # noqa: BLE001 - each upload ends with it
            return {one.job: error for one in arrived}
        rung = self._ring(bells.values())
        return {one.job: one.task in rung if one.job in bells else self._late(one) for one in arrived}

    def _late(self, arrived: Arrived) -> End:
        """Of a job that was no longer uploading: it was queued and nobody heard it, or it has ended."""
        try:
            self._store.queued_before(arrived.job)
        except OcrConsoleError as error:
            return error
        return False

    def _ring(self, bells: Iterable[Doorbell]) -> set[UUID]:
        """Those that the broker took; where it does not answer, the housekeeper rings for the rest."""
        rung: list[UUID] = []
        with contextlib.suppress(ServiceError):
            for some in self._broker.ring_all(bells):
                rung += [bell.task_id for bell in some]
        if rung:
            with contextlib.suppress(ServiceError):  # then they are rung for once more, and the claim absorbs it
                self._store.mark_published(rung)
        return set(rung)
