"""How soon what was interrupted goes on, reckoned from the task log after the run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any
from uuid import UUID

from tests.chaos.database import Attempt
from tests.chaos.schedule import EMPTIES_REDIS, FATAL, OF_WORKERS, Kind
from tests.chaos.struck import Struck

DISTURBS_S = 5.0  # a worker that was hit so long ago may still be on its way up
NEEDED = EMPTIES_REDIS | {Kind.VALKEY_STOPPED, Kind.POSTGRES}  # to claim
SETTLED = 2.5  # seconds after it was taken back: its backoff is over and it is rung for
Key = tuple[UUID, int]


@dataclass(frozen=True, slots=True)
class Interruption:
    """An attempt that was cut off, and the seconds until the next one began."""

    seconds: float
    fault: Struck
    attempt: Attempt

    def __str__(self) -> str:
        one = self.attempt
        known = f"{(one.ended or one.started) - self.fault.at:.1f} s after it: {one.error_type}"
        return f"{self.seconds:5.1f} s after {self.fault}; attempt {one.attempt} at {one.kind}, ended {known}"


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A free slot that Redis had forgotten, and the seconds until it had work again."""

    seconds: float
    fault: Struck
    worker: str

    def __str__(self) -> str:
        return f"{self.seconds:5.1f} s without work on {self.worker} after {self.fault}"


@dataclass
class Recovery:
    """Seconds until work went on, by kind of fault."""

    interrupted: dict[Kind, list[Interruption]] = field(default_factory=lambda: defaultdict(list))
    taken_up: dict[Kind, list[TakenUp]] = field(default_factory=lambda: defaultdict(list))
    passed: int = 0  # waiting tasks that interrupted ones went ahead of
    waited_for: int = 0  # waiting tasks that began before an interrupted one did

    def of_kills(self) -> list[float]:
        """Of all that lost its process, its worker or its database; a storage that is away is a failed try."""
        return [one.seconds for one in self.interruptions() if one.attempt.lost]

    def interruptions(self) -> list[Interruption]:
        """All attempts that something cut off and that were made again."""
        return [one for some in self.interrupted.values() for one in some]

    def slowest(self, count: int) -> list[Interruption | TakenUp]:
        """The worst of both."""
        interrupted = sorted(self.interruptions(), key=lambda one: -one.seconds)
        return [*interrupted[:count], *sorted(self.pauses(), key=lambda one: -one.seconds)[:count]]

    def of_redis(self) -> list[float]:
        """Until a free slot had queued work again."""
        return [one.seconds for one in self.pauses()]

    def pauses(self) -> list[TakenUp]:
        """What Redis cost each worker each time."""
        return [one for some in self.taken_up.values() for one in some]


def p(values: Sequence[float], percent: int) -> float | None:
    """A percentile, in the units of the values."""
    if not values:
        return None
    if len(values) == 1:
        return round(values[0], 2)
    cut = median(values) if percent == 50 else quantiles(values, n=100, method="inclusive")[percent - 1]
    return round(cut, 2)


def per_fault(struck: Sequence[Struck], recovery: Recovery) -> dict[str, Any]:
    """For each kind: how often, how many attempts it cost, and how soon all went on."""
    table = {}
    for kind in Kind:
        seconds = [one.seconds for one in recovery.interrupted[kind]]
        seconds += [one.seconds for one in recovery.taken_up[kind]]
        count = sum(one.kind is kind for one in struck)
        figures = {"measured": len(seconds), "p50_s": p(seconds, 50), "p95_s": p(seconds, 95)}
        table[kind.value] = {"count": count, **figures}
    return table


def reckon(
    struck: Sequence[Struck], attempts: Sequence[Attempt], pids: Mapping[Key, int], slots: Mapping[str, int]
) -> Recovery:
    """All figures of a run."""
    found = Recovery()
    nexts = {(one.task_id, one.attempt): one for one in attempts}
    for one in attempts:
        again = nexts.get((one.task_id, one.attempt + 1))
        fault = _cause(one, struck, pids)
        if one.status == "success" or again is None or fault is None:
            continue
        found.interrupted[fault.kind].append(Interruption(again.started - fault.at, fault, one))
        if one.lost and one.ended is not None:
            _reckon_order(found, one.ended + SETTLED, again, attempts)
    for fault in struck:
        if fault.kind in EMPTIES_REDIS and fault.back is not None:
            found.taken_up[fault.kind] += taken_up(fault, fault.back, struck, attempts, slots)
    return found


def taken_hastily(
    starts: Sequence[float],
    lease_s: float,
    struck: Sequence[Struck],
    attempts: Sequence[Attempt],
    pids: Mapping[Key, int],
) -> list[str]:
    """Attempts that nothing killed and that were taken back within one lease of a start of PostgreSQL."""
    return [
        f"the task {one.task_id}, {one.ended - start:.1f} s after it"
        for one in attempts
        for start in starts
        if one.error_type == "interrupted" and one.ended is not None and 0 < one.ended - start < lease_s
        if (cause := _cause(one, struck, pids)) is None or cause.kind not in FATAL
    ]


def _cause(one: Attempt, struck: Sequence[Struck], pids: Mapping[Key, int]) -> Struck | None:
    """What cut this attempt off: the first deadly blow, else the last thing that happened to it."""
    hits = [fault for fault in struck if one.runs_at(fault.at) and _concerns(fault, one, pids)]
    deadly = [fault for fault in hits if fault.kind in FATAL]
    return deadly[0] if deadly else hits[-1] if hits else None


def _concerns(fault: Struck, one: Attempt, pids: Mapping[Key, int]) -> bool:
    if fault.kind in OF_WORKERS:
        pid = pids.get((one.task_id, one.attempt))
        return fault.worker == one.worker and (fault.pid is None or pid is None or fault.pid == pid)
    return fault.kind in {Kind.POSTGRES, Kind.S3, Kind.S3_STOPPED}


def _reckon_order(found: Recovery, due: float, again: Attempt, attempts: Sequence[Attempt]) -> None:
    """Whether what was interrupted went ahead of the tasks that waited when it was due."""
    firsts = [one.started for one in attempts if one.attempt == 1 and one.created < due < one.started]
    found.waited_for += sum(started < again.started for started in firsts)
    found.passed += sum(started > again.started for started in firsts)


def taken_up(
    fault: Struck, back: float, struck: Sequence[Struck], attempts: Sequence[Attempt], slots: Mapping[str, int]
) -> list[TakenUp]:
    """For each worker: the seconds from its first free slot to its next claim, if it was not disturbed meanwhile."""
    pauses = []
    for worker, many in slots.items():
        mine = [one for one in attempts if one.worker == worker]
        busy = [one for one in mine if one.runs_at(back)]
        free = back if len(busy) < many else min((one.ended or float("inf")) for one in busy)
        after = next((one.started for one in mine if one.started > free), None)
        waits = any(one.attempt == 1 and one.created < free - 1 and one.started > free for one in attempts)
        if after is not None and waits and not _disturbed(worker, fault, after, struck):
            pauses.append(TakenUp(after - free, fault, worker))
    return pauses


def _disturbed(worker: str, fault: Struck, until: float, struck: Sequence[Struck]) -> bool:
    """Something else may have kept this worker: it was hit itself, or a server that it needs to claim was."""
    return any(
        other is not fault
        and other.at < until
        and (
            (other.worker == worker and (other.back or other.at) > fault.at - DISTURBS_S)
            or (other.kind in NEEDED and (other.back or other.at) > fault.at)
        )
        for other in struck
    )
