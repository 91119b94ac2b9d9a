"""Anybody's Celery on the broker: three workers of another program as real processes, seen by one watcher."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import psutil
import pytest
import redis
from sqlalchemy import Engine

from console.ops.fleet import Condition, Presence, Queue, Worker
from console.ops.inspecting import CONF, inspect
from console.ops.presence import everybody
from console.ops.queues import queues
from console.ops.services import Services
from console.ops.snapshot import Watcher
from tests.services.connections import profile
from tests.services.foreign_worker import foreign_worker, sender
from tests.waiting import until
from worker.core.settings import Settings

HOST = socket.gethostname()
PRE, SOLO, DOOMED = (f"{name}@{HOST}" for name in ("pre", "solo", "doomed"))
PREFETCHED = 4
PREFIX = "deploy*7:"  # in which a pattern would see more than there is


class World:
    """The processes, and what a console sees of them."""

    def __init__(self, services: Services, processes: dict[str, psutil.Process]) -> None:
        self.services, self.processes = services, processes
        self.watcher = Watcher(services)
        self.url = services.settings.broker_url
        self.prefix = services.settings.key_prefix

    def worker(self, name: str) -> Worker | None:
        return next((one for one in self.watcher.take().workers if one.name == name), None)

    def queue(self, name: str) -> Queue | None:
        return next((one for one in self.watcher.take().queues if one.queue == name), None)

    def figures(self, name: str) -> tuple[int, int, int, int] | None:
        queue = self.queue(name)
        return None if queue is None else (queue.ready, queue.held, queue.running, queue.delayed)

    def send(self, count: int, seconds: float, queue: str, **options: object) -> None:
        with sender(self.url, self.prefix) as app:
            for _ in range(count):
                app.send_task("foreign.sleep", [seconds], queue=queue, **options)


@pytest.fixture(scope="module")
def world(settings: Settings, engine: Engine) -> Iterator[World]:
    """A broker of its own with three workers of others: they are told apart in one go, in the order of the tests."""
    place = settings.broker_url.rpartition("/")[0] + "/6"
    alone = replace(settings, broker_url=place, key_prefix=PREFIX)
    with redis.Redis.from_url(place) as client:
        client.flushdb()
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(
                foreign_worker(place, "-Q", queues, name=name, pool=pool, prefetch=PREFETCHED, prefix=PREFIX)
            )
            for name, pool, queues in (
                (PRE, "prefork", "foreign"),
                (SOLO, "solo", "alone"),
                (DOOMED, "solo", "spare,other"),
            )
        }
        services = stack.enter_context(Services.open(profile(alone)))
        yield World(services, processes)


def test_they_are_online_and_say_what_they_serve(world: World) -> None:
    def all_known() -> bool:
        found = [world.worker(name) for name in (PRE, SOLO, DOOMED)]
        return all(one is not None and one.report.queues for one in found)

    until(all_known, "three workers of others")
    pre, solo = world.worker(PRE), world.worker(SOLO)
    assert pre is not None
    assert solo is not None
    assert (pre.state, pre.condition, pre.ours, pre.local) == (Presence.ONLINE, Condition.WELL, False, True)
    assert (pre.report.pool, pre.report.slots, pre.report.queues) == ("prefork", 1, ("foreign",))
    assert (pre.report.pid, solo.report.pool) == (world.processes[PRE].pid, "solo")
    served = world.queue("foreign")
    assert served is not None
    assert (served.workers, served.slots) == ((PRE,), 1)


def test_each_is_asked_by_name_and_no_secret_comes_back(world: World) -> None:
    told = inspect(world.services.broker.control, PRE)
    assert (told.answered, told.pool.kind, told.pool.pid) == (True, "prefork", world.processes[PRE].pid)
    assert (told.prefetch, told.conf["worker_prefetch_multiplier"]) == (PREFETCHED, PREFETCHED)
    assert set(told.conf) <= set(CONF)
    assert told.memory_mb
    assert world.url not in str(told)


def test_the_command_line_sees_them_too(world: World) -> None:
    found = {one.name: one for one in everybody(world.services)}
    assert {PRE, SOLO, DOOMED} <= set(found)
    assert found[PRE].report.queues == ("foreign",)
    served = {one.queue: one.workers for one in queues(world.services)}
    assert (served["foreign"], served["alone"]) == ((PRE,), (SOLO,))


def test_a_queue_that_nobody_serves_is_found_with_all_its_priorities(world: World) -> None:
    for priority in range(10):  # ten priorities in four lists
        world.send(1, 0, "nobody", priority=priority)
    world.services.neighbours.look()
    assert world.figures("nobody") == (10, 0, 0, 0)
    queue = world.queue("nobody")
    assert queue is not None
    assert queue.workers == ()


def test_what_waits_for_its_time_is_delayed(world: World) -> None:
    world.send(2, 0, "foreign", countdown=3600)
    until(lambda: world.figures("foreign") == (0, 0, 0, 2), "two that are delayed")


def test_what_is_prefetched_is_held(world: World) -> None:
    world.send(8, 300, "foreign")
    # One is worked at, and acknowledged; four are held; an eta takes no place from others.
    until(lambda: world.figures("foreign") == (3, PREFETCHED, 1, 2), "four that are held")


def test_a_stopped_one_a_busy_one_and_a_killed_one_are_told_apart(world: World) -> None:
    pre, doomed = world.processes[PRE], world.processes[DOOMED]
    world.send(1, 10, "alone")
    pre.send_signal(signal.SIGSTOP)
    doomed.kill()
    expected = {
        PRE: (Presence.SILENT, Condition.FROZEN),
        SOLO: (Presence.SILENT, Condition.BUSY),
        DOOMED: (Presence.LOST, Condition.GONE),
    }

    def told_apart() -> bool:
        seen = {one.name: (one.state, one.condition) for one in world.watcher.take().workers}
        return expected.items() <= seen.items()

    until(told_apart, "the three conditions", seconds=16)
    assert world.figures("foreign") == (3, PREFETCHED, 1, 2)  # what a frozen one holds stays held
    world.send(2, 0, "foreign", priority=9)
    assert world.figures("foreign") == (5, PREFETCHED, 1, 2)
    queue = world.queue("foreign")
    assert queue is not None
    assert (queue.workers, queue.slots) == ((), 0)


def test_a_busy_one_is_back_when_it_has_done(world: World) -> None:
    def well() -> bool:
        solo = world.worker(SOLO)
        return solo is not None and (solo.state, solo.condition) == (Presence.ONLINE, Condition.WELL)

    until(well, "the end of its task")
