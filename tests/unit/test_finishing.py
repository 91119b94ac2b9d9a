"""The last steps of many uploads: gathered while a transaction is under way, and each ends for itself."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from console.ops.finishing import MOST, End, Finisher
from console.ops.intake import PlannedFile
from console.ops.submission import Step, Uploaded
from worker.core.admission import Arrived
from worker.core.errors import DatabaseError, NetworkError, UsageError
from worker.core.jobs import Doorbell

FILE = PlannedFile(Path("/a.png"), "a.png", 1, 0.0, "image/png", "png", 1, 1)


class Servers:
    """The store and the broker, as far as the finisher knows them."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.published: list[UUID] = []
        self.cancelled: set[UUID] = set()
        self.open = threading.Event()
        self.open.set()
        self.begun = threading.Event()
        self.error: Exception | None = None
        self.rings = True

    def queue_jobs(self, arrived: Sequence[Arrived]) -> dict[UUID, Doorbell]:
        self.begun.set()
        assert self.open.wait(10)
        self.groups.append(len(arrived))
        if self.error:
            raise self.error
        return {one.job: Doorbell(one.task, one.job) for one in arrived if one.job not in self.cancelled}

    def queued_before(self, job: UUID) -> UUID:
        raise UsageError(f"{job} is CANCELLED by now.")

    def ring_all(self, bells: Iterable[Doorbell]) -> Iterator[list[Doorbell]]:
        if not self.rings:
            raise NetworkError("Redis is away.")
        yield list(bells)

    def mark_published(self, tasks: Sequence[UUID]) -> None:
        self.published += tasks


@pytest.fixture
def servers() -> Servers:
    return Servers()


def finisher(servers: Servers) -> Finisher:
    known: Any = servers
    return Finisher(known, known)


def arrived() -> Arrived:
    return Arrived(uuid4(), "uploads/x/source.png", 1, "ab", "image/png", 1)


def finish(at: Finisher, one: Arrived, ends: dict[UUID, End]) -> Future[Uploaded]:
    def ended(how: End) -> Uploaded:
        ends[one.job] = how
        return Uploaded(FILE, Step.QUEUED, one.job)

    return at.finish(one, ended)


def test_what_arrives_meanwhile_goes_into_the_next_transaction(servers: Servers):
    ends: dict[UUID, End] = {}
    servers.open.clear()
    with finisher(servers) as at:
        first = finish(at, arrived(), ends)
        assert servers.begun.wait(10)
        rest = [finish(at, arrived(), ends) for _ in range(MOST + 5)]
        assert not first.done()
        servers.open.set()
    assert servers.groups[:3] == [1, MOST, 5]
    assert all(one.result(0).step is Step.QUEUED for one in (first, *rest))
    assert set(ends.values()) == {True}
    assert len(set(servers.published)) == MOST + 6


def test_a_job_that_was_cancelled_meanwhile_costs_no_other(servers: Servers):
    ends: dict[UUID, End] = {}
    some = [arrived() for _ in range(3)]
    servers.cancelled = {some[1].job}
    with finisher(servers) as at:
        for one in some:
            finish(at, one, ends)
    assert [ends[one.job] is True for one in some] == [True, False, True]
    assert isinstance(ends[some[1].job], UsageError)


@pytest.mark.parametrize("error", [DatabaseError("away"), ZeroDivisionError()])
def test_a_transaction_that_fails_is_told_to_each(servers: Servers, error: Exception):
    ends: dict[UUID, End] = {}
    servers.error = error
    with finisher(servers) as at:
        some = [finish(at, arrived(), ends) for _ in range(3)]
    assert [one.done() for one in some] == [True] * 3
    assert list(ends.values()) == [error] * 3
    assert servers.published == []


def test_a_broker_that_is_away_is_left_to_the_housekeeper(servers: Servers):
    ends: dict[UUID, End] = {}
    servers.rings = False
    with finisher(servers) as at:
        finish(at, arrived(), ends)
    assert list(ends.values()) == [False]
    assert servers.published == []
