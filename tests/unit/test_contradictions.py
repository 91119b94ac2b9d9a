"""Workers that take nothing, and workers that are not on this broker: by pictures that were made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from console.ops.contradictions import IDLE_S, Contradiction, Idle, Kind, Mend, elsewhere
from console.ops.fleet import Presence, Queue, Worker
from console.ops.heard import Heard
from console.ops.mending import mend
from console.ops.worker_ends import Ping
from worker.core.pulse import Running
from worker.core.workers import WorkerReport

NOW = datetime.now(UTC)
REPORT = WorkerReport(
    "one@desk", "desk", 7, "1", slots=2, busy=1, queues=("ocr",), started=NOW - timedelta(hours=1), seen=NOW
)
ONE = Worker(REPORT, Presence.ONLINE, local=False)
WAITING = (Queue("ocr", ready=3), Queue("bulk", ready=9))


def task(number: int) -> Running:
    return Running(UUID(int=number), UUID(int=9), "a.pdf", "pages", "ocr", "one@desk", None, 1, 8, 3, 12.4, 8.0)


class Watched:
    """An Idle whose clock goes on by itself."""

    def __init__(self) -> None:
        self.now = 0.0
        self.idle = Idle(lambda: self.now)

    def after(self, seconds: float, worker: Worker = ONE, **given: object) -> list[Contradiction]:
        self.now += seconds
        queues, heard = given.get("queues", WAITING), given.get("heard", {})
        return list(self.idle.look([worker], queues, heard))  # type: ignore[arg-type]


def test_one_that_has_room_and_takes_nothing_is_found() -> None:
    watched = Watched()
    assert watched.after(0) == []
    assert watched.after(IDLE_S) == []
    [found] = watched.after(1)
    assert (found.kind, found.subject, found.remedy) == (Kind.IDLE, "one@desk", Mend.PING)
    assert "ocr" in found.sentence
    assert mend(found) == Ping(("one@desk",))


@pytest.mark.parametrize(
    "worker",
    [
        replace(ONE, report=replace(REPORT, busy=2)),
        replace(ONE, report=replace(REPORT, queues=("other",))),
        replace(ONE, state=Presence.SILENT),
    ],
)
def test_one_that_is_full_or_serves_others_or_is_silent_is_not(worker: Worker) -> None:
    watched = Watched()
    assert watched.after(0, worker) == watched.after(IDLE_S + 1, worker) == []


def test_a_paused_queue_is_not_waited_for() -> None:
    paused = (replace(WAITING[0], paused=True),)
    watched = Watched()
    assert watched.after(0, queues=paused) == watched.after(IDLE_S + 1, queues=paused) == []


def test_whatever_it_takes_begins_the_time_anew() -> None:
    watched = Watched()
    for worker in (ONE, replace(ONE, doing=(task(1),)), replace(ONE, doing=(task(2),))):
        assert watched.after(IDLE_S, worker) == []
    assert watched.after(IDLE_S, replace(ONE, doing=(task(2),))) == []
    assert watched.after(1, replace(ONE, doing=(task(2),), pages_per_minute=40)) != []
    assert watched.after(1, replace(ONE, pages_per_minute=40)) == []
    assert watched.after(IDLE_S, replace(ONE, pages_per_minute=41)) == []


def test_of_another_program_s_it_is_the_count_that_tells() -> None:
    watched = Watched()
    heard = Heard("one@desk", 0, processed=4)
    watched.after(0, heard={"one@desk": heard})
    assert watched.after(IDLE_S + 1, heard={"one@desk": replace(heard, processed=5)}) == []
    assert watched.after(IDLE_S + 1, heard={"one@desk": replace(heard, processed=5)}) != []


def test_one_that_the_broker_does_not_hear_is_elsewhere() -> None:
    [found] = elsewhere([ONE], {}, 20, 100)
    assert (found.kind, found.subject, mend(found)) == (Kind.ELSEWHERE, "one@desk", None)
    assert list(elsewhere([ONE], {"one@desk": Heard("one@desk", 99)}, 20, 100)) == []
    assert list(elsewhere([ONE], {"one@desk": Heard("one@desk", 50)}, 20, 100)) != []


@pytest.mark.parametrize(
    ("worker", "listening_s"),
    [
        (ONE, None),
        (ONE, 5.0),
        (replace(ONE, ours=False), 20.0),
        (replace(ONE, doing=(task(1),)), 20.0),
        (replace(ONE, report=replace(REPORT, silent_s=9)), 20.0),
        (replace(ONE, report=replace(REPORT, started=NOW - timedelta(seconds=3))), 20.0),
    ],
)
def test_nothing_is_said_too_early(worker: Worker, listening_s: float | None) -> None:
    assert list(elsewhere([worker], {}, listening_s, 100)) == []
