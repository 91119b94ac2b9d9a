"""What the window's buttons do: each makes a command and has it run; before the services are open they do nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from console.bridge.acts_here import ActsHere
from console.bridge.background import Background
from worker.core.jobs import Priority, State

if TYPE_CHECKING:
    from console.bridge.runner import Act, Runner
    from console.ops.commands import Command
    from console.ops.contradictions import Contradiction
    from console.ops.local_workers import LocalWorkers
    from console.ops.purge import Waiting
    from console.ops.services import Services


class Acts(ActsHere):
    """Connect its signals as those of the runner. It loads the commands when one is wanted first.

    Args:
        background: Where they run.
        ending: Set when the program ends: results that are being saved are saved no further.
    """

    acted = Signal(object)  # Act
    failed = Signal(object)  # OcrConsoleError
    running = Signal(object)  # Running: what is done to many jobs began; `stop()` ends it between two portions
    progressed = Signal(object)  # Running
    ended = Signal(object)  # Running

    def __init__(
        self, background: Background, parent: QObject | None = None, *, ending: threading.Event | None = None
    ) -> None:
        super().__init__(parent)
        self._ending = ending or threading.Event()
        self._background = background
        self._made: Runner | None = None
        self._services: Services | None = None

    def open(self, services: Services, local: LocalWorkers | None = None) -> None:
        """Act on these from now on; `local` has the workers of this machine."""
        self._services, self._local = services, local

    def retry(self, ids: Sequence[UUID], password: str = "") -> None:
        """Queue jobs again, with a password for those that are locked."""
        from console.ops.acts import Retry

        self._run(Retry(tuple(ids), password or None))

    def cancel(self, ids: Sequence[UUID]) -> None:
        """Stop jobs."""
        from console.ops.acts import Cancel

        self._run(Cancel(tuple(ids)))

    def delete(self, ids: Sequence[UUID], confirm: str = "") -> None:
        """Delete jobs; `confirm` is the name of a production profile."""
        from console.ops.acts import Delete

        self._run(Delete(tuple(ids)), confirm or None)

    def reprocess(self, ids: Sequence[UUID], change: Mapping[str, Any], password: str = "") -> None:
        """Read jobs anew; `change` has the options that are to be others, by their names in `Options`."""
        from console.ops.acts import Reprocess

        self._run(Reprocess(tuple(ids), dict(change), password or None))

    def set_priority(self, ids: Sequence[UUID], priority: Priority) -> None:
        """Make jobs more or less urgent; Priority.NEXT moves them to the front."""
        from console.ops.acts import SetPriority

        self._run(SetPriority(tuple(ids), priority))

    def purge(self, queue: str, only: Waiting, confirm: str = "") -> None:
        """Take what was seen to wait out of a queue; `confirm` is the name of a production profile."""
        from console.ops.purge import Purge

        self._run(Purge(queue, only), confirm or None)

    def look_into(self, queue: str, done: Callable[[Waiting], None]) -> None:
        """Tell what a purge of a queue would take."""
        from console.ops.purge import look

        if self._services is not None:
            self._background.submit(look, self._services, queue, done=done, failed=self.failed.emit)

    def move_queue_to_front(self, queue: str) -> None:
        """Let the jobs that wait in a queue now come next."""
        from worker.core.filters import JobFilter

        if self._services is not None:
            chosen = JobFilter(states=frozenset({State.QUEUED, State.RUNNING}), queues=frozenset({queue}))
            self._background.submit(
                self._services.store.ids,
                chosen,
                done=lambda ids: self.set_priority(ids, Priority.NEXT),
                failed=self.failed.emit,
            )

    def accept_servers(self, name: str, home: Path) -> None:
        """Say that the servers are right to which the profile points now; `name` is that of a production profile."""
        from console.ops.profile_commands import AcceptServers

        self._run(AcceptServers(name, home))

    def save(self, ids: Sequence[UUID], folder: Path, formats: Sequence[str] = ()) -> None:
        """Fetch what was read into a folder: these formats, or all."""
        from console.ops.commands import FetchResults

        self._run(FetchResults(tuple(ids), folder, tuple(formats), cancel=self._ending))

    def pause_queues(self, names: Sequence[str]) -> None:
        """Hold queues back; what is running goes on."""
        from console.ops.pausing import PauseQueues

        self._run(PauseQueues(tuple(names)))

    def resume_queues(self, names: Sequence[str]) -> None:
        """Let queues go on."""
        from console.ops.pausing import ResumeQueues

        self._run(ResumeQueues(tuple(names)))

    def pause_batches(self, ids: Sequence[UUID]) -> None:
        """Hold batches back; what is running goes on."""
        from console.ops.pausing import PauseBatch

        self._run(PauseBatch(tuple(ids)))

    def resume_batches(self, ids: Sequence[UUID]) -> None:
        """Let batches go on."""
        from console.ops.pausing import ResumeBatch

        self._run(ResumeBatch(tuple(ids)))

    def cancel_batches(self, ids: Sequence[UUID]) -> None:
        """Stop all jobs of batches."""
        from console.ops.on_batches import cancel_batches

        self._run(cancel_batches(tuple(ids)))

    def retry_batches(self, ids: Sequence[UUID], error_class: str = "", password: str = "") -> None:
        """Queue the failed jobs of batches again, or those that failed so, with a password for the locked ones."""
        from console.ops.on_batches import retry_batches

        self._run(retry_batches(tuple(ids), error_class or None, password or None))

    def save_batches(self, ids: Sequence[UUID], folder: Path) -> None:
        """Fetch what was read of batches into a folder."""
        from console.ops.on_batches import SaveBatches

        self._run(SaveBatches(tuple(ids), folder, self._ending))

    def set_priority_of_batches(self, ids: Sequence[UUID], priority: Priority) -> None:
        """Make all jobs of batches more or less urgent."""
        from console.ops.on_batches import prioritise_batches

        self._run(prioritise_batches(tuple(ids), priority))

    def grow(self, worker: str, by: int = 1) -> None:
        """Give a worker more processes."""
        from console.ops.steering import Grow

        self._run(Grow(worker, by))

    def shrink(self, worker: str, by: int = 1) -> None:
        """Take processes from a worker."""
        from console.ops.steering import Shrink

        self._run(Shrink(worker, by))

    def autoscale(self, worker: str, most: int, fewest: int) -> None:
        """Set between which numbers of processes a worker scales itself."""
        from console.ops.steering import Autoscale

        self._run(Autoscale(worker, most, fewest))

    def add_consumer(self, worker: str, queue: str) -> None:
        """Have a worker take from a queue, too."""
        from console.ops.steering import AddConsumer

        self._run(AddConsumer(worker, queue))

    def cancel_consumer(self, worker: str, queue: str) -> None:
        """Have a worker leave a queue."""
        from console.ops.steering import CancelConsumer

        self._run(CancelConsumer(worker, queue))

    def rate_limit(self, worker: str, task: str, rate: str) -> None:
        """Bound how many tasks of a name a worker begins: "10/m", "2/s"; "0" is no limit."""
        from console.ops.steering import RateLimit

        self._run(RateLimit(worker, task, rate))

    def limit_time(self, worker: str, task: str, soft_s: float, hard_s: float) -> None:
        """Bound how long a task of a name may take on a worker; without seconds as it was started."""
        from console.ops.steering import TimeLimit

        self._run(TimeLimit(worker, task, soft_s, hard_s))

    def restart_pool(self, worker: str) -> None:
        """Give a worker new processes."""
        from console.ops.steering import RestartPool

        self._run(RestartPool(worker))

    def ping(self, workers: Sequence[str]) -> None:
        """Ask workers whether they are there."""
        from console.ops.worker_ends import Ping

        self._run(Ping(tuple(workers)))

    def warm_stop(self, workers: Sequence[str]) -> None:
        """Tell workers to end what they have, and to go."""
        from console.ops.worker_ends import WarmStop

        self._run(WarmStop(tuple(workers)))

    def forget_workers(self, names: Sequence[str]) -> None:
        """List lost workers no more."""
        from console.ops.worker_ends import ForgetWorkers

        self._run(ForgetWorkers(tuple(names)))

    def mark(self, text: str) -> None:
        """Note in the history that something happened now."""
        from console.ops.marking import Mark

        self._run(Mark(text))

    def mend(self, found: Contradiction) -> None:
        """Do about a contradiction what can be done."""
        from console.ops.mending import mend

        if (command := mend(found)) is not None:
            self._run(command)

    def drop_poison(self) -> None:
        """Forget the messages that no worker can take."""
        from console.ops.poison import DropPoison

        self._run(DropPoison())

    def unlock(self, name: str, reason: str) -> None:
        """Let changes through on a production profile."""
        from console.ops.acting import Unlock

        self._run(Unlock(name, reason))

    def lock(self) -> None:
        """Make a production profile read-only."""
        from console.ops.acting import Lock

        self._run(Lock())

    def undo(self, act: Act) -> None:
        """Take an act back."""
        if (runner := self._runner) is not None:
            runner.undo(act)

    def undo_entry(self, number: int) -> None:
        """Take back what an entry of the audit tells of."""
        from console.ops.undo import Undo

        self._run(Undo(number))

    def undo_last(self) -> None:
        """Take back the last act that can be."""
        if (runner := self._runner) is not None:
            runner.undo_last()

    def _run(self, command: Command[Any], confirm: str | None = None) -> None:
        if (runner := self._runner) is not None:
            runner.run(command, confirm=confirm)

    @property
    def _runner(self) -> Runner | None:
        """Loaded with the first act; None before the services are open."""
        if self._made is None and self._services is not None:
            from console.bridge.runner import Runner

            self._made = Runner(self._background, self._services, self)
            for name in ("acted", "failed", "running", "progressed", "ended"):
                getattr(self._made, name).connect(getattr(self, name))
        return self._made
