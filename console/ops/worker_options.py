"""What a worker is started with: all that an operator can choose, checked, and how each choice reaches the worker.

Name, slots, queues, pool and nice level go by its command line; limits and logging by variables of the settings, which
its leases depend on too. No secret is among them.
"""

from __future__ import annotations

import os
import re
import secrets
import socket
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from worker.core.errors import SettingsError, UsageError
from worker.core.jobs import LEGACY_QUEUE, QUEUE
from worker.core.said import Joined, lines, said
from worker.core.settings import VARIABLES, Settings

POOLS = ("prefork", "solo")  # threads would share an engine that is not for two of them
MOST_SLOTS = 512
MOST_NICE = 19
MOST_WORKERS = 64
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,80}(@[A-Za-z0-9_.-]{1,120})?")
_QUEUE = re.compile(r"[^\s,]{1,200}")
_SETTINGS = {
    "time_limit_s": "time_limit_s",
    "soft_time_limit_s": "soft_time_limit_s",
    "memory_mb": "max_memory_mb",
    "tasks_per_child": "max_children_tasks",
    "log_level": "log_level",
    "log_format": "log_format",
}
_VARIABLES = {ours: next(v.name for v in VARIABLES if v.field == theirs) for ours, theirs in _SETTINGS.items()}


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """How a worker is to be. None: as usual, or as its profile says."""

    name: str | None = None  # Celery's node name; this host's is added where there is no `@`; a new one if None
    concurrency: int | None = None  # slots: as many as there are cores if None
    queues: tuple[str, ...] = (QUEUE, LEGACY_QUEUE)
    pool: str = POOLS[0]  # solo: reads in the main process, one at a time, without time limits of Celery
    nice: int = 0  # how much it gives way to other programs: 0 to 19
    time_limit_s: int | None = None  # a task is killed after
    soft_time_limit_s: int | None = None  # … and told to end after; short of the limit above where it is not given
    memory_mb: int | None = None  # a child is replaced above
    tasks_per_child: int | None = None  # … and after
    log_level: str | None = None
    log_format: str | None = None
    stop_with_console: bool = False
    restart_when_it_dies: bool = True

    @property
    def slots(self) -> int:
        """How many tasks it does at a time."""
        return self.concurrency or (1 if self.pool == "solo" else os.cpu_count() or 1)

    def variables(self, settings: Settings) -> dict[str, str]:
        """The variables that say what was chosen, where the profile says something else."""
        chosen = {_VARIABLES[field]: str(value) for field in _SETTINGS if (value := getattr(self, field)) is not None}
        if self.time_limit_s is not None and self.soft_time_limit_s is None:
            soft = min(settings.soft_time_limit_s, max(1, self.time_limit_s * 9 // 10))
            chosen[_VARIABLES["soft_time_limit_s"]] = str(soft)
        usual = settings.as_environment()
        return {name: value for name, value in chosen.items() if usual.get(name) != value}

    def applied_to(self, settings: Settings) -> Settings:
        """The settings of this worker.

        Raises:
            UsageError: something cannot be; a line for each fault.
        """
        if found := faults(self, settings):
            raise UsageError(lines(dict.fromkeys(found.values())), "")
        return Settings.from_mapping(settings.as_environment() | self.variables(settings), _source())

    def celery(self) -> list[str]:
        """What stands behind `celery … worker`."""
        name = ["--hostname", full_name(self.name)] if self.name else []
        pool = [] if self.pool == POOLS[0] else ["--pool", self.pool]
        slots = ["--concurrency", str(self.slots), "--queues", ",".join(self.queues)]
        return [*name, *pool, *slots, "--without-mingle", "--without-gossip"]  # neighbours are in the database

    def several(self, number: int) -> tuple[WorkerOptions, ...]:
        """As many workers that are alike: scan becomes scan-1, scan-2 and so on.

        Raises:
            UsageError: nobody wants so many, or so few.
        """
        if not 1 <= number <= MOST_WORKERS:
            raise UsageError(said("Start from 1 to {n} workers at a time.", n=MOST_WORKERS), "")
        if number == 1 or self.name is None:
            return (self,) * number
        node, at, host = self.name.partition("@")
        return tuple(replace(self, name=f"{node}-{place}{at}{host}") for place in range(1, number + 1))


USUAL = WorkerOptions()


def words(options: WorkerOptions) -> list[str]:
    """The same as words of our own `worker run`; limits and logging go by variables."""
    name = ["--name", options.name] if options.name else []
    pool = ["--pool", options.pool] if options.pool != POOLS[0] else []
    nice = ["--nice", str(options.nice)] if options.nice else []
    return [*name, "--concurrency", str(options.slots), "--queues", ",".join(options.queues), *pool, *nice]


def next_name(name: str, taken: Iterable[str]) -> str:
    """The name of the worker that takes over from one that still lives: two with one name would take each other's work.

    scan@desk is followed by scan.2@desk, and that by scan@desk, which is free by then.
    """
    base, at, host = base_name(name).partition("@")
    names = (f"{base}{f'.{number}' if number > 1 else ''}{at}{host}" for number in count(1))
    return next(one for one in names if one not in {name, *taken})


def base_name(name: str) -> str:
    """Without the number that `next_name` gives."""
    return re.sub(r"\.\d+(?=@|$)", "", name, count=1)


def new_name() -> str:
    """A name that no other worker has."""
    return f"ocr-{secrets.token_hex(3)}"


def full_name(name: str) -> str:
    """With the name of this machine, where it names none."""
    return name if "@" in name else f"{name}@{socket.gethostname()}"


def faults(options: WorkerOptions, settings: Settings) -> dict[str, str]:
    """What cannot be, by the name of the field: a sentence each. Looks at nothing but these."""
    return dict(_faults(options)) | _faults_of_limits(options, settings)


def _faults(options: WorkerOptions) -> Iterator[tuple[str, str]]:
    if options.name is not None and not _NAME.fullmatch(options.name):
        bad = "“{name}” cannot be a worker's name: use letters, digits, dots and hyphens."
        yield "name", said(bad, name=options.name)
    if options.concurrency is not None and not 1 <= options.concurrency <= MOST_SLOTS:
        yield "concurrency", said("A worker has from 1 to {n} slots.", n=MOST_SLOTS)
    elif options.pool == "solo" and options.slots > 1:
        yield "concurrency", "A worker with the pool solo has one slot."
    if options.pool not in POOLS:
        yield "pool", said("“{pool}” is no pool of our workers; expected: prefork or solo.", pool=options.pool)
    if not 0 <= options.nice <= MOST_NICE:
        yield "nice", said("The nice level is a whole number from 0 to {n}.", n=MOST_NICE)
    if not options.queues:
        yield "queues", "Name a queue that it takes work from."
    for queue in options.queues:
        if not _QUEUE.fullmatch(queue):
            yield "queues", said("“{queue}” cannot be a queue's name: it has no spaces and no commas.", queue=queue)


def _faults_of_limits(options: WorkerOptions, settings: Settings) -> dict[str, str]:
    """Each sentence names the variable first; one about another variable is due to the time limit."""
    try:
        Settings.from_mapping(settings.as_environment() | options.variables(settings), _source())
    except SettingsError as error:
        told = error.sentence
        parts = told.parts if isinstance(told, Joined) else (told,)
        fields = {variable: field for field, variable in _VARIABLES.items()}
        return {fields.get(part.partition(" ")[0], "time_limit_s"): part for part in parts}
    return {}


def _source() -> str:
    return said("the options of this worker")


def from_state(values: Mapping[str, Any]) -> WorkerOptions:
    """The options that a state file keeps."""
    known = {name: values[name] for name in WorkerOptions.__slots__ if name in values}
    return WorkerOptions(**known | {"queues": tuple(known.get("queues", ()))})
