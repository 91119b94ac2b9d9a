"""The state machine of the protocol: what operators do to jobs that stay as they are, but for when they are read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.services.protocol_model import QUEUE, Model, nth
from worker.core.jobs import ACTIVE, Priority

BY = "ann@desk"
any_of_them = st.integers(0, 30)  # which, of as many as there are: the rest of a division
some_of_them = st.sets(st.integers(0, 4), min_size=1, max_size=2)
now_and_then = precondition(lambda self: bool(self.jobs) and self.calm > 2)  # or workers come to nothing


class Levers(Model):
    """Pauses and priorities."""

    @now_and_then
    @rule(which=st.integers(0, 2))
    def pause(self, which: int) -> None:
        """A batch, or the queue that all of them are in."""
        self.calm = 0
        things: list[UUID | str] = [*self.batches, QUEUE]
        what = nth(things, which)
        if isinstance(what, UUID):
            assert self.store.pause_batches([what], paused=True) == [what] * (what not in self.held_back)
        else:
            assert self.store.pause_queues([what], by=BY) == [what] * (what not in self.held_back)
        self.held_back.add(what)

    @precondition(lambda self: bool(self.held_back))
    @rule(which=any_of_them)
    def resume(self, which: int) -> None:
        what = nth(sorted(self.held_back, key=str), which)
        if isinstance(what, UUID):
            assert self.store.pause_batches([what], paused=False) == [what]
        else:
            assert self.store.resume_queues([what], by=BY) == [what]
        self.held_back.discard(what)

    @now_and_then
    @rule(which=any_of_them, priority=st.sampled_from(Priority), takes_back=st.booleans())
    def prioritise(self, which: int, priority: Priority, takes_back: bool) -> None:
        self.calm = 0
        job = nth(self.jobs, which)
        before = self._row(job).get("priority")
        moved = self.store.set_priority([job], priority)
        assert moved.done == [job] * (self._state(job) in ACTIVE and before != priority)
        self.look()
        if moved.done and takes_back:
            assert self.store.restore_priorities(dict(moved.before), priority).done == [job]
            self.look()
            assert self._row(job)["priority"] == before

    @now_and_then
    @rule(which=some_of_them)
    def ring(self, which: set[int]) -> None:
        self.calm = 0
        tasks = self._tasks()
        if tasks:
            self.store.mark_published([UUID(nth(tasks, one)["id"]) for one in which])

    @precondition(lambda self: bool(self.retried) and self.calm > 0)
    @rule(which=any_of_them)
    def undo_a_retry(self, which: int) -> None:
        """Only what nobody has touched since goes back."""
        before = nth(self.retried, which)
        untouched = [
            job
            for one in before
            if (row := self.seen.jobs.get(job := one["job"]["id"])) is not None
            and row["state"] == "QUEUED"
            and datetime.fromisoformat(row["updated_at"]) == datetime.fromisoformat(one["at"])
        ]
        outcome = self.store.undo_retry(before)
        assert [str(job) for job in outcome.done] == untouched
        self.taken_back |= set(untouched)
        self.look()
        states = {one["job"]["id"]: one["job"]["state"] for one in before}
        assert all(self.seen.jobs[job]["state"] == states[job] for job in untouched)
