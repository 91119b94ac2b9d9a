"""What the processes of local workers take of this machine: memory, and processor time since the last look."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import psutil

from console.ops.servers.processes import find
from console.ops.worker_state import LocalWorker

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class ProcessFigures:
    """One process."""

    pid: int
    role: str  # supervisor, main (Celery's), child (reads), tool (a program that reads for a child)
    memory_mb: float  # resident; what children share with their main process counts for each
    cpu_percent: float | None  # of one core, since the last look; None at the first


@dataclass(frozen=True, slots=True)
class WorkerFigures:
    """A worker with its supervisor, its children and their tools."""

    processes: tuple[ProcessFigures, ...]

    @property
    def memory_mb(self) -> float:
        """All of them."""
        return round(sum(one.memory_mb for one in self.processes), 1)

    @property
    def cpu_percent(self) -> float | None:
        """All of them that were there at the last look; None at the first."""
        known = [one.cpu_percent for one in self.processes if one.cpu_percent is not None]
        return round(sum(known), 1) if known else None


class Figures:
    """Remembers the look before, for the processor time. One thread at a time may ask, once a second or less often."""

    def __init__(self) -> None:
        self._before: dict[psutil.Process, tuple[float, float]] = {}  # seconds used, and when that was

    def take(self, workers: Iterable[LocalWorker]) -> dict[str, WorkerFigures]:
        """Those of each worker that lives, by name. Goes over this machine's processes once, however many there are."""
        children = _children()
        families = {worker.name: list(_family(worker, children)) for worker in workers}
        now: dict[psutil.Process, tuple[float, float]] = {}
        found = {
            name: WorkerFigures(tuple(one for process, role in family if (one := self._look(process, role, now))))
            for name, family in families.items()
        }
        self._before = now
        return {name: figures for name, figures in found.items() if figures.processes}

    def _look(
        self, process: psutil.Process, role: str, now: dict[psutil.Process, tuple[float, float]]
    ) -> ProcessFigures | None:
        try:
            with process.oneshot():
                times, memory = process.cpu_times(), process.memory_info().rss
        except psutil.Error:  # it ended just now
            return None
        used, at = times.user + times.system, time.monotonic()
        now[process] = used, at
        before, since = self._before.get(process, (used, at))
        percent = round(100 * (used - before) / (at - since), 1) if at > since else None
        return ProcessFigures(process.pid, role, round(memory / MEGABYTE, 1), percent)


def _children() -> Mapping[int, list[psutil.Process]]:
    """The processes of this machine by the number of their parent."""
    found: dict[int, list[psutil.Process]] = {}
    for process in psutil.process_iter():
        try:
            found.setdefault(process.ppid(), []).append(process)
        except psutil.Error:
            continue
    return found


def _family(worker: LocalWorker, children: Mapping[int, list[psutil.Process]]) -> Iterator[tuple[psutil.Process, str]]:
    supervisor = find(worker.supervisor) if worker.supervisor else None
    main = find(worker.worker) if worker.worker else None
    if supervisor is not None:
        yield supervisor, "supervisor"
    if main is not None:
        yield main, "main"
        for child in children.get(main.pid, ()):
            yield child, "child"
            yield from ((tool, "tool") for tool in _below(child, children))


def _below(process: psutil.Process, children: Mapping[int, list[psutil.Process]]) -> Iterator[psutil.Process]:
    for one in children.get(process.pid, ()):
        yield one
        yield from _below(one, children)
