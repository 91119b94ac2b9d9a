"""A queue's figures out of what broker, database and workers say of it."""

from __future__ import annotations

from uuid import UUID

from console.ops.fleet import Presence, Worker
from console.ops.queues import counted, named
from worker.core.depths import HeldMessage, QueueDepth
from worker.core.flow import Flow
from worker.core.pulse import Pulse, Running
from worker.core.workers import WorkerReport

NOTHING, IDLE = Pulse(), Flow()


def worker(name: str, *queues: str, slots: int = 4, busy: int = 1, state: Presence = Presence.ONLINE) -> Worker:
    return Worker(WorkerReport(name, "h", 1, "1", slots=slots, busy=busy, queues=queues), state, local=False)


def running(task: int, message: str | None = None) -> Running:
    return Running(UUID(int=task), UUID(int=9), "a.pdf", "pages", "ocr", "a@h", message, 1, 8, 3, 12.4, 8.0)


def held(task: int | None, message: str | None = None, sent: float | None = None, *, delayed=False) -> HeldMessage:
    return HeldMessage("ocr", message, None if task is None else UUID(int=task), sent, delayed)


def test_what_is_claimed_is_running_and_no_longer_held() -> None:
    messages = (held(1), held(2), held(None, "m"), held(4, delayed=True))
    depth = QueueDepth("ocr", 7, 3, 1, None, messages=messages)
    pulse = Pulse(running=(running(1), running(8, "m"), running(9)))  # the message of the last was lost
    [queue] = counted([depth], [], pulse, IDLE)
    assert (queue.ready, queue.held, queue.running, queue.delayed) == (7, 1, 3, 1)


def test_the_oldest_waits_and_does_not_run() -> None:
    messages = (held(1, sent=0.0), held(2, sent=60.0), held(3, sent=10.0, delayed=True))
    depth = QueueDepth("ocr", 1, 2, 1, 100.0, 20.0, messages=messages, undated=(UUID(int=5),), at=100.0)
    [queue] = counted([depth], [], Pulse(running=(running(1),)), IDLE)
    assert queue.oldest_s == 40.0
    [queue] = counted([depth], [], NOTHING, IDLE, {UUID(int=5): 500.0})
    assert queue.oldest_s == 500.0
    [queue] = counted([QueueDepth("ocr", 0, 0, 0, None)], [], NOTHING, IDLE)
    assert queue.oldest_s is None


def test_only_who_is_online_serves_and_a_pause_hides_nobody() -> None:
    held_back = Worker(WorkerReport("c@h", "h", 1, "1", slots=2, busy=0, paused=("ocr",)), Presence.ONLINE, local=False)
    fleet = [worker("a@h", "ocr"), worker("b@h", "ocr", state=Presence.SILENT), held_back, worker("d@h", "other")]
    flow = Flow({"ocr": 70}, {"ocr": 8}, {"ocr": 5}, {}, frozenset({"ocr"}))
    [queue] = counted([QueueDepth("ocr", 0, 0, 0, None)], fleet, NOTHING, flow)
    assert (queue.workers, queue.slots, queue.utilisation) == (("a@h", "c@h"), 6, 1 / 6)
    assert (queue.pages, queue.pages_in, queue.pages_out, queue.paused) == (70, 8, 5, True)


def test_every_queue_that_somebody_knows_is_named_ours_first() -> None:
    fleet = [worker("a@h", "ocr", "bulk")]
    flow = Flow({"a": 1}, {"b": 1}, {"c": 1}, {}, frozenset({"d"}))
    found = named(fleet, Pulse(running=(running(1),)), flow, ["theirs"])
    assert found == ["ocr", "celery", "a", "b", "bulk", "c", "d", "theirs"]
