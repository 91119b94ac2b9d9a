"""What is remembered of workers that are heard on the broker."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from console.ops.heard import MOST, Listener
from tests.waiting import until
from worker.core.celery_events import Event
from worker.core.errors import NetworkError


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def listener(clock: Clock | None = None) -> Listener:
    return Listener(lambda _: iter(()), clock=clock or Clock())


def beat(name: str = "a@h", **values: object) -> Event:
    return {"hostname": name, "type": "worker-heartbeat", "pid": 7, "sw_ver": "5.7.0", "active": 1, **values}


def test_a_heartbeat_is_remembered_with_its_time() -> None:
    clock = Clock()
    ears = listener(clock)
    ears.take([beat(processed=3)])
    clock.now += 4
    [heard] = ears.heard().values()
    assert (heard.name, heard.pid, heard.version, heard.active, heard.processed) == ("a@h", 7, "5.7.0", 1, 3)
    assert heard.silent_s(clock.now) == 4


def test_busy_is_who_began_a_task_and_said_no_more() -> None:
    clock = Clock()
    ears = listener(clock)
    for kind, busy in (("task-received", False), ("task-started", True), ("task-succeeded", False)):
        ears.take([{"hostname": "a@h", "type": kind}])
        assert (ears.heard()["a@h"].busy_since is not None) == busy
    ears.take([{"hostname": "a@h", "type": "task-started"}, beat()])
    assert ears.heard()["a@h"].busy_since is None


def test_a_goodbye_holds_until_it_is_back() -> None:
    ears = listener()
    ears.take([beat(), {"hostname": "a@h", "type": "worker-offline"}])
    assert ears.heard()["a@h"].gone
    ears.take([beat()])
    assert not ears.heard()["a@h"].gone


def test_what_is_no_event_is_passed_over() -> None:
    ears = listener()
    ears.take([{}, {"hostname": 5}, {"hostname": "a@h", "type": None, "pid": "x", "active": -1, "sw_ver": []}])
    assert list(ears.heard()) == ["a@h"]


def test_the_table_is_bounded_and_forgets_the_old() -> None:
    clock = Clock()
    ears = listener(clock)
    ears.take([beat("old@h")])
    clock.now += 4000
    ears.take([beat(f"{number}@h") for number in range(MOST + 50)])
    assert len(ears.heard()) == MOST
    assert "old@h" not in ears.heard()


def test_nobody_is_silent_while_the_broker_is_away() -> None:
    clock, gate, cut = Clock(), threading.Event(), threading.Event()

    def listen(_: float) -> Iterator[list[Event]]:
        if cut.is_set():
            gate.wait(30)
            yield [beat("b@h")]
            return
        yield [beat()]
        cut.set()
        raise NetworkError("gone")

    def silent_s() -> float:
        return ears.heard()["a@h"].silent_s(clock.now)

    ears = Listener(listen, clock=clock, wait_s=0.01)
    ears.start()
    until(lambda: cut.is_set() and ears.listening_s is None, "the cut")
    clock.now += 100
    assert silent_s() == 0
    gate.set()
    until(lambda: "b@h" in ears.heard(), "another heartbeat")
    ears.close()
    assert silent_s() == 0


def test_it_listens_again_after_an_outage() -> None:
    outcomes: list[Exception | list[Event]] = [NetworkError("gone"), ValueError("odd"), [beat()]]

    def listen(_: float) -> Iterator[list[Event]]:
        outcome = outcomes.pop(0) if outcomes else []
        if isinstance(outcome, Exception):
            raise outcome
        yield outcome

    ears = Listener(listen, wait_s=0.01)
    ears.start()
    until(lambda: "a@h" in ears.heard(), "a heartbeat")
    until(lambda: ears.listening_s is not None, "listening")
    ears.close()
