"""What the state machine of the protocol remembers: who may still write, and how the rows were before the last step."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import Engine

from tests.services.protocol_readers import LEASE_S, Reader, arrived, work_off
from tests.services.protocol_rules import Picture, Row, picture
from tests.services.queued_jobs import change
from worker.core.cancels import Stamp
from worker.core.jobs import ENDED, State, may_become
from worker.core.leases import Leases
from worker.core.retried import Before
from worker.core.store import Store

Attempt = tuple[UUID, int]
QUEUE = "ocr"
NOBODY = "00000000-0000-0000-0000-000000000000"
Kind = TypeVar("Kind")


@dataclass
class Writer:
    """An attempt that may still write."""

    worker: str
    pid: int
    silent: bool = False  # its lease has run out
    overdue: bool = False


class Model(RuleBasedStateMachine):
    """The part of the machine that does nothing by itself."""

    engine: Engine  # given to the class: each example makes a machine of its own

    def __init__(self) -> None:
        super().__init__()
        self.store = Store(self.engine)
        self.leases = Leases(self.engine, lease_s=LEASE_S)
        self.housekeeper = Leases(self.engine, lease_s=0.1)  # so soon after a start of the server it takes nothing back
        self.jobs: list[UUID] = []
        self.readers: list[Reader] = []
        self.writers: dict[Attempt, Writer] = {}  # in the order of their claims
        self.stamps: list[list[Stamp]] = []
        self.retried: list[list[Before]] = []
        self.taken_back: set[str] = set()  # out of the queue, by the last step
        self.sealed: dict[str, bytes] = {}
        self.batches: list[UUID] = []
        self.held_back: set[UUID | str] = set()  # batches, and the queue
        self.seen = Picture()
        self.frozen = False  # the last step may have changed nothing
        self.brought_back: set[str] = set()  # by the last step
        self.calm = 0  # steps since people did something
        self.sound = False

    @initialize()
    def begin(self) -> None:
        change(self.engine, "delete from jobs; delete from leftovers; delete from batches; delete from queues")
        self.batches = [self.store.add_batch(name, None) for name in ("May", "June")]

    @invariant()
    def the_rules_hold(self) -> None:
        self.look()

    def look(self) -> None:
        """The rules, between any two writes."""
        self.sound = False
        now = picture(self.engine)
        assert not now.broken, now.broken
        assert not self.frozen or now == self.seen, "rule 18"
        self._compare(self.seen, now)
        gone = {job for job in self.jobs if now.jobs.get(str(job), {}).get("state", "DONE") in ENDED}
        self.writers = {one: writer for one, writer in self.writers.items() if _job(now, self.seen, one[0]) not in gone}
        running = {(UUID(task["id"]), task["attempt"]) for task in now.tasks.values() if task["status"] == "running"}
        assert running == set(self.writers), "rule 17"
        self._passwords(now)
        self.jobs = [job for job in self.jobs if str(job) in now.jobs]
        self.seen, self.frozen, self.brought_back, self.sound = now, False, set(), True
        self.taken_back = set()
        self.calm += 1

    def teardown(self) -> None:
        if not self.sound:
            return
        work_off(self.engine)
        now = picture(self.engine)
        assert not now.broken, now.broken
        assert {job["state"] for job in now.jobs.values()} <= {*ENDED, State.UPLOADING}, "rule 24"

    def _compare(self, before: Picture, now: Picture) -> None:
        for key, task in before.tasks.items():
            after = now.tasks.get(key)
            assert after is not None or task["job_id"] not in now.jobs, "rule 19"
            assert after is None or after["attempt"] >= task["attempt"], "rule 19"
            assert after is None or after["attempt"] == task["attempt"] or not self._is_held_back(after), "rule 25"
        for key in before.jobs.keys() & now.jobs.keys():
            was, is_now = before.jobs[key], now.jobs[key]
            old, new = State(was["state"]), State(is_now["state"])
            assert old is new or may_become(old, new), f"rule 20: {old} {new}"
            assert old is new or old is not State.CANCELLED or key in self.brought_back, "rule 20"
            ends = sum("formats" in (row["result"] or {}) for row in _new_successes(before, now, key))
            became_done = new is State.DONE and old is not State.DONE and key not in self.taken_back
            assert ends == became_done, "rule 21"
            assert became_done or was["outputs"] == is_now["outputs"], "rule 21"
        for key, page in before.pages.items():
            job, after = now.jobs.get(page["job_id"]), now.pages.get(key)
            if job is not None and page["state"] != "failed" and page["reading"] == job["reading"]:
                assert after is not None, "rule 22"
                assert after["state"] != "failed", "rule 22"

    def _passwords(self, now: Picture) -> None:
        ended = {job for job, row in now.jobs.items() if row["state"] in {State.DONE, State.FAILED}}
        self.sealed = {job: password for job, password in self.sealed.items() if job not in ended}
        for job, password in self.sealed.items():
            for task in now.tasks_of(job):
                right = task["password"] == f"\\x{password.hex()}"
                assert right or task["status"] not in {"queued", "running"}, "rule 23"

    def _queue(self, job: UUID, password: bytes | None) -> None:
        assert list(self.store.queue_jobs([arrived(job, password)])) == [job]
        if password:
            self.sealed[str(job)] = password

    def _come_back(self, done: Sequence[UUID], may: Sequence[UUID], password: bytes | None) -> None:
        arrived_ones = [job for job in may if self.seen.jobs[str(job)]["source_key"] is not None]
        assert list(done) == arrived_ones
        self.brought_back |= set(map(str, done))
        if password:
            self.sealed |= dict.fromkeys(map(str, done), password)

    def _write(self, reader: Reader, write: Callable[[], bool | None]) -> None:
        """A reader does something that only a living attempt may do."""
        attempt = (reader.lease.task_id, reader.lease.attempt)
        lives, ended_before = attempt in self.writers, reader.over
        counted = write()
        if lives:
            assert counted is not False, "rule 18"
        else:
            assert not counted or ended_before, "rule 18"  # the end may be said twice
            self.frozen = True
        if reader.over:
            self.writers.pop(attempt, None)

    def _reader(self, which: int) -> Reader:
        """The newest who has not ended comes first."""
        at_work = [reader for reader in self.readers if not reader.over]
        return nth([*reversed(at_work), *(reader for reader in self.readers if reader.over)], which)

    def _dead(self) -> list[Reader]:
        """Those that were given up and have not ended."""
        return [reader for reader in self.readers if not reader.over and self._writer(reader) is None]

    def _go_on(self, reader: Reader, steps: int, state: str = "done", slots: int = 2) -> None:
        for _ in range(steps):
            if self._writer(reader):
                self._write(reader, partial(reader.step, state, slots))
                self.look()

    def _lose(self, those: Callable[[Writer], bool]) -> list[Attempt]:
        lost = [attempt for attempt, writer in self.writers.items() if those(writer)]
        for attempt in lost:
            del self.writers[attempt]
        return lost

    def _held_by(self, worker: str, pids: Iterable[int]) -> list[Writer]:
        return [one for one in self.writers.values() if one.worker == worker and one.pid in set(pids)]

    def _writer(self, reader: Reader) -> Writer | None:
        return self.writers.get((reader.lease.task_id, reader.lease.attempt))

    def _is_held_back(self, task: Row) -> bool:
        job = self.seen.jobs.get(task["job_id"]) or {}
        return task["queue"] in self.held_back or UUID(job.get("batch_id") or NOBODY) in self.held_back

    def _row(self, job: UUID) -> Row:
        return self.seen.jobs.get(str(job), {})

    def _state(self, job: UUID) -> State | None:
        row = self._row(job)
        return State(row["state"]) if row else None

    def _some(self, which: Iterable[int], fit: Container[State | None]) -> list[UUID]:
        """Those first whose state fits what is done to them."""
        jobs = sorted(self.jobs, key=lambda job: self._state(job) not in fit)
        return list(dict.fromkeys(nth(jobs, one) for one in sorted(which)))

    def _tasks(self, *states: str) -> list[Row]:
        """In an order that is the same whenever the same was done before."""
        order = {str(job): place for place, job in enumerate(self.jobs)}
        tasks = [task for task in self.seen.tasks.values() if not states or task["status"] in states]
        return sorted(tasks, key=lambda task: (order[task["job_id"]], task["created_at"], task["first_page"] or 0))


def nth(things: Sequence[Kind], which: int) -> Kind:
    return things[which % len(things)]


def _job(now: Picture, before: Picture, task: UUID) -> UUID | None:
    row = now.tasks.get(str(task)) or before.tasks.get(str(task))
    return UUID(row["job_id"]) if row else None


def _new_successes(before: Picture, now: Picture, job: str) -> Iterable[Row]:
    for key, row in now.task_log.items():
        earlier = before.task_log.get(key)
        if row["job_id"] == job and row["status"] == "success" and (earlier is None or earlier["status"] != "success"):
            yield row
