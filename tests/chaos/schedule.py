"""What will be done to whom and when: all of it follows from the seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

FIRST_S = 3.0  # work is under way by then
GAP_S = (2.0, 5.0)
DOWN_S = (0.5, 4.0)  # until an init system has a dead server or worker up again
STOPPED_S = (3.0, 20.0)  # a lease lasts ten seconds: some wake up too late
SERVER_STOPPED_S = (1.0, 6.0)


class Kind(StrEnum):
    """A way to be cut off."""

    CHILD = "child killed"
    WORKER = "worker killed"  # its main process alone
    MACHINE = "machine lost"  # main process and children at once
    CHILD_STOPPED = "child stopped"
    MACHINE_STOPPED = "machine stopped"
    FLUSH = "flushall"
    VALKEY = "valkey killed"
    VALKEY_EMPTY = "valkey killed, no file"
    VALKEY_STOPPED = "valkey stopped"
    POSTGRES = "postmaster killed"
    S3 = "s3 killed"
    S3_STOPPED = "s3 stopped"
    CONSOLE = "console killed"


SERVER = {
    Kind.FLUSH: "redis",
    Kind.VALKEY: "redis",
    Kind.VALKEY_EMPTY: "redis",
    Kind.VALKEY_STOPPED: "redis",
    Kind.POSTGRES: "postgres",
    Kind.S3: "s3",
    Kind.S3_STOPPED: "s3",
}
OF_WORKERS = frozenset({Kind.CHILD, Kind.WORKER, Kind.MACHINE, Kind.CHILD_STOPPED, Kind.MACHINE_STOPPED})
OF_ONE_CHILD = frozenset({Kind.CHILD, Kind.CHILD_STOPPED})
FATAL = frozenset({Kind.CHILD, Kind.WORKER, Kind.MACHINE})
EMPTIES_REDIS = frozenset({Kind.FLUSH, Kind.VALKEY, Kind.VALKEY_EMPTY})
_DECK = (
    *[Kind.CHILD] * 4,
    *[kind for kind in (Kind.WORKER, Kind.MACHINE, Kind.FLUSH, Kind.VALKEY, Kind.POSTGRES) for _ in range(2)],
    *(Kind.VALKEY_EMPTY, Kind.VALKEY_STOPPED, Kind.S3, Kind.S3_STOPPED, Kind.CHILD_STOPPED, Kind.MACHINE_STOPPED),
)


@dataclass(frozen=True, slots=True)
class Planned:
    """One fault to come."""

    at_s: float  # since the beginning
    kind: Kind
    rank: float  # 0 to 1: which of those that may be hit then
    lasts_s: float  # until what was hit is up or awake again


def schedule(seed: int, seconds: float) -> list[Planned]:
    """All faults of a run but the console's, which dies while it submits."""
    chance = random.Random(seed)
    kinds = _shuffled(chance)
    planned = []
    at = FIRST_S
    while at < seconds:
        kind = next(kinds)
        planned.append(Planned(at, kind, chance.random(), chance.uniform(*_bounds(kind))))
        at += chance.uniform(*GAP_S)
    return planned


def _shuffled(chance: random.Random) -> Iterator[Kind]:
    """Every kind comes in every round of the deck."""
    while True:
        deck = list(_DECK)
        chance.shuffle(deck)
        yield from deck


def _bounds(kind: Kind) -> tuple[float, float]:
    if kind in {Kind.CHILD_STOPPED, Kind.MACHINE_STOPPED}:
        return STOPPED_S
    if kind in {Kind.VALKEY_STOPPED, Kind.S3_STOPPED}:
        return SERVER_STOPPED_S
    return DOWN_S
