"""The lease protocol as a state machine: anything may be done to it next, and the rules of `protocol_rules` hold."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.services.protocol_levers import BY, Levers, any_of_them, now_and_then, some_of_them
from tests.services.protocol_model import QUEUE, Writer, nth
from tests.services.protocol_readers import Reader, arrived, claim, document
from tests.services.protocol_rules import Row
from tests.services.queued_jobs import change
from worker.core.errors import CorruptFile, StorageError, UsageError
from worker.core.jobs import ACTIVE, ENDED, State

the_first_of_them = st.one_of(st.integers(0, 2), any_of_them)
workers = st.sampled_from(["one@desk", "two@desk"])
processes = st.sampled_from([11, 12])
passwords = st.sampled_from([None, None, b"old", b"new"])
ranges = st.sampled_from(["", "2-", "2-6"])
some_steps = st.sampled_from([0, 0, 1, 2, 3, 5, 9])
slots = st.integers(1, 4)
states = st.sampled_from(["done", "done", "blank", "failed", "taken"])
has_jobs = precondition(lambda self: bool(self.jobs))
has_uploads = precondition(lambda self: any(row["state"] == "UPLOADING" for row in self.seen.jobs.values()))
has_readers = precondition(lambda self: bool(self.readers))
has_writers = precondition(lambda self: bool(self.writers))


class Protocol(Levers):
    """What may be done."""

    # How jobs come in.

    @precondition(lambda self: len(self.jobs) < 5)
    @rule(
        pages=st.sampled_from([1, 3, 4, 9, 20, 20]),
        chosen=ranges,
        password=passwords,
        soon=st.booleans(),
        batch=st.sampled_from([0, 1, None]),
    )
    def add(self, pages: int, chosen: str, password: bytes | None, soon: bool, batch: int | None) -> None:
        chosen_batch = None if batch is None else self.batches[batch]
        self.jobs.append(document(self.store, pages, chosen if pages > 1 else "", chosen_batch))
        if soon:
            self._queue(self.jobs[-1], password)

    @has_uploads
    @rule(which=any_of_them, password=passwords)
    def arrive(self, which: int, password: bytes | None) -> None:
        job = nth(self.jobs, which)
        if self._state(job) is State.UPLOADING:
            self._queue(job, password)
            return
        self.frozen = True
        assert self.store.queue_jobs([arrived(job, password)]) == {}
        live = any(task["status"] in {"queued", "running"} for task in self.seen.tasks_of(str(job)))
        with nullcontext() if live else pytest.raises(UsageError):
            self.store.queued_before(job)

    @has_uploads
    @rule(which=any_of_them, forget=st.booleans())
    def abandon(self, which: int, forget: bool) -> None:
        job = nth(self.jobs, which)
        is_uploading = self._state(job) is State.UPLOADING
        assert self.store.abandon_upload(job, None if forget else StorageError("Away.")) is is_uploading

    @precondition(lambda self: not self.jobs)
    @rule()
    def another_sender(self) -> None:
        self.jobs.append(document(self.store, 2))
        makes = "update jobs set state = 'QUEUED', submitted_by = null, source_key = 'in/2.pdf' where id = :job"
        change(self.engine, makes, job=self.jobs[-1])

    @now_and_then
    @rule(which=any_of_them)
    def message_without_a_task(self, which: int) -> None:
        """An older sender's: at most it makes what was missing."""
        self.calm = 0
        job = nth(self.jobs, which)
        self.frozen = self._state(job) is not State.QUEUED or bool(self.seen.tasks_of(str(job)))
        self.store.next_task(job)

    # What workers do.

    @has_jobs
    @rule(
        whose=st.lists(st.tuples(workers, processes), min_size=1, max_size=4),
        which=any_of_them,
        steps=st.integers(0, 9),
    )
    def claim(self, whose: list[tuple[str, int]], which: int, steps: int) -> None:
        waiting = self._tasks("queued")
        for worker, pid in whose[: len(waiting)]:
            reader = self._claim(UUID(waiting.pop(which % len(waiting))["id"]), worker, pid)
            self.look()
            if reader is not None:
                self._go_on(reader, steps)

    @now_and_then
    @rule(which=any_of_them, worker=workers)
    def message_in_vain(self, which: int, worker: str) -> None:
        """Of a task that is not due, or that waits no more."""
        self.calm = 0
        tasks = self._tasks()
        if not tasks:
            return
        task = UUID(nth(tasks, which)["id"])
        later = "update tasks set not_before = clock_timestamp() + interval '1 h' where id = :task"
        change(self.engine, later, task=task)
        assert claim(self.store, self.leases, task, worker, 11) is None

    @has_readers
    @rule(which=the_first_of_them, slots=slots, state=states)
    def read(self, which: int, slots: int, state: str) -> None:
        reader = self._reader(which)
        self._write(reader, lambda: reader.step(state, slots))

    @has_writers
    @rule(steps=some_steps, slots=slots, state=states)
    def time_passes(self, steps: int, slots: int, state: str) -> None:
        """All that live go on."""
        for reader in [one for one in self.readers if self._writer(one)]:
            self._go_on(reader, steps, state, slots)

    @has_writers
    @rule(which=any_of_them, how=st.sampled_from(["away", "broken", "outage", "out of time"]))
    def end_early(self, which: int, how: str) -> None:
        self._end_early(nth([one for one in self.readers if self._writer(one)], which), how)

    @precondition(lambda self: bool(self._dead()))
    @rule(which=any_of_them, how=st.sampled_from(["goes on", "broken", "out of time"]), steps=st.integers(1, 4))
    def wake_up(self, which: int, how: str, steps: int) -> None:
        """One that was given up does not know it, and perhaps another is at its task by now."""
        reader = nth(self._dead(), which)
        for _ in range(steps):
            if how == "goes on":
                self._write(reader, reader.step)
                self.look()
        if how != "goes on":
            self._end_early(reader, how)

    @has_readers
    @rule(which=the_first_of_them)
    def renew(self, which: int) -> None:
        reader = self._reader(which)
        writer = self._writer(reader)
        assert reader.renew() is (writer is not None and not writer.overdue)
        if writer is None:
            self.frozen = True
        elif not writer.overdue:
            writer.silent = False

    @has_writers
    @rule(worker=workers, pids=st.sets(processes))
    def vouch(self, worker: str, pids: set[int]) -> None:
        latest = {one.pid: one for one in self._held_by(worker, pids)}  # in the order of their claims
        vouched = [one for one in latest.values() if not one.overdue]
        assert self.leases.vouch(worker, sorted(pids)) == len(vouched)
        for one in vouched:
            one.silent = False

    # How they end without a word.

    @has_writers
    @rule(which=any_of_them, overdue=st.booleans(), seen=st.booleans(), another=st.tuples(workers, processes))
    def fall_silent(self, which: int, overdue: bool, seen: bool, another: tuple[str, int]) -> None:
        """Another has its work at once, or it is taken back later, or is heard of again before."""
        (task, _), writer = nth(list(self.writers.items()), which)
        ago = "clock_timestamp() - interval '{}'"
        times = f"lease_until = {ago.format('1 s')}" + (f", deadline = {ago.format('2 s')}" if overdue else "")
        change(self.engine, f"update tasks set {times} where id = :task", task=task)
        writer.silent, writer.overdue = True, writer.overdue or overdue
        if seen:
            self._reap()
            self.look()
            self._claim(task, *another)

    @has_writers
    @rule()
    def reap(self) -> None:
        self._reap()

    @has_writers
    @rule(which=any_of_them)
    def crash(self, which: int) -> None:
        """A process, with all that it holds."""
        dead = nth(list(self.writers.values()), which)
        bells = self.leases.crashed(dead.worker, [dead.pid])
        lost = self._lose(lambda one: (one.worker, one.pid) == (dead.worker, dead.pid))
        assert {bell.task_id for bell in bells} <= {task for task, _ in lost}

    @has_writers
    @rule(which=any_of_them)
    def let_go(self, which: int) -> None:
        """By a worker that is being stopped."""
        worker = nth(list(self.writers.values()), which).worker
        bells = self.leases.let_go(worker)
        assert {bell.task_id for bell in bells} == {task for task, _ in self._lose(lambda one: one.worker == worker)}

    def _claim(self, task: UUID, worker: str, pid: int) -> Reader | None:
        """A task that waits, if nothing ended it since."""
        change(self.engine, "update tasks set not_before = clock_timestamp() where id = :task", task=task)
        reader = claim(self.store, self.leases, task, worker, pid)
        row = self.seen.tasks.get(str(task), {})
        waits = row.get("status") == "queued"
        assert (reader is not None) is (waits and not self._is_held_back(row))
        if reader is not None:
            self.readers.append(reader)
            self.writers[task, reader.lease.attempt] = Writer(worker, pid)
        return reader

    def _end_early(self, reader: Reader, how: str) -> None:
        ends = {
            "away": lambda: reader.fail(StorageError("Away.")),
            "broken": lambda: reader.fail(CorruptFile("Broken.")),
            "outage": lambda: reader.fail(StorageError("Away."), outage=True),
            "out of time": reader.give_back,
        }
        self._write(reader, ends[how])

    def _reap(self) -> None:
        bells = self.housekeeper.reap()
        back = {task for task, _ in self._lose(lambda writer: writer.silent)}
        assert {bell.task_id for bell in bells} <= back

    # What people do.

    @now_and_then
    @rule(which=some_of_them)
    def cancel(self, which: set[int]) -> None:
        self.calm = 0
        chosen = self._some(which, ACTIVE)
        outcome = self.store.cancel(chosen, by=BY)
        assert outcome.done == [job for job in chosen if self._state(job) in ACTIVE]
        self.stamps += [outcome.stamps] if outcome.stamps else []

    @now_and_then
    @rule(held=any_of_them)
    def purge(self, held: int) -> None:
        """Of the tasks that wait, a worker has the message of one."""
        self.calm = 0
        waiting = self._tasks("queued")
        kept = {nth(waiting, held)["id"]} if waiting else set()
        busy = {task["job_id"] for task in self._tasks("running")}
        busy |= {task["job_id"] for task in waiting if task["id"] in kept}
        outcome = self.store.purge(QUEUE, by=BY, jobs=self.jobs, held=[UUID(task) for task in kept])
        wait = {str(job) for job in self.jobs if self._state(job) in {State.QUEUED, State.RUNNING}}
        assert set(map(str, outcome.done)) == wait - busy
        self.stamps += [outcome.stamps] if outcome.stamps else []

    @precondition(lambda self: bool(self.stamps) and self.calm > 2)
    @rule(which=any_of_them)
    def undo(self, which: int) -> None:
        self.calm = 0
        stamps = nth(self.stamps, which)
        changed = {job: datetime.fromisoformat(row["updated_at"]) for job, row in self.seen.jobs.items()}
        outcome = self.store.restore(stamps)
        assert outcome.done == [one.job_id for one in stamps if changed.get(str(one.job_id)) == one.at]
        self.brought_back |= set(map(str, outcome.done))

    @now_and_then
    @rule(which=some_of_them, password=passwords)
    def retry(self, which: set[int], password: bytes | None) -> None:
        self.calm = 0

        def may_be(row: Row) -> bool:
            state = row["state"]
            return state in {State.FAILED, State.CANCELLED} or (state == State.DONE and row["pages_failed"] > 0)

        chosen = self._some(which, ENDED)
        outcome = self.store.retry(chosen, password=password)
        self.retried += [outcome.before] if outcome.before else []
        self._come_back(outcome.done, [job for job in chosen if (row := self._row(job)) and may_be(row)], password)

    @now_and_then
    @rule(which=some_of_them, chosen=ranges, password=passwords)
    def reprocess(self, which: set[int], chosen: str, password: bytes | None) -> None:
        self.calm = 0
        jobs = self._some(which, ENDED)
        outcome = self.store.reprocess(jobs, {"pages": chosen}, password=password)
        self._come_back(outcome.done, [job for job in jobs if self._state(job) in ENDED], password)

    @now_and_then
    @rule(which=any_of_them)
    def delete(self, which: int) -> None:
        self.calm = 0
        job = nth(self.jobs, which)
        assert self.store.delete([job]).done == [job] * (self._state(job) in ENDED)
