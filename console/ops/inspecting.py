"""What one worker answers when it is asked by name: Celery's `inspect`, cut down to what people want to know."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from console.ops.limits import ASKED, QUESTION, Limits, parsed
from worker.core.peeking import cut
from worker.core.routes import is_route

if TYPE_CHECKING:
    from worker.core.control import Control

QUESTIONS = ("stats", "active", "reserved", "scheduled", "active_queues", "conf", QUESTION)
MOST_TASKS = 200  # of one list
# Nothing else of a worker's configuration leaves here: addresses in it hold passwords.
CONF = (
    "task_acks_late",
    "task_ignore_result",
    "task_reject_on_worker_lost",
    "task_soft_time_limit",
    "task_time_limit",
    "worker_max_memory_per_child",
    "worker_max_tasks_per_child",
    "worker_prefetch_multiplier",
)


@dataclass(frozen=True, slots=True)
class Pool:
    """What a worker works with."""

    kind: str  # prefork, solo, threads …; "": it did not say
    slots: int
    queues: tuple[str, ...]
    autoscale: tuple[int, int] | None = None  # most and fewest processes
    pid: int = 0  # of its main process; 0: it did not say


@dataclass(frozen=True, slots=True)
class Told:
    """A task that a worker told of."""

    id: str
    name: str
    arguments: str  # cut
    queue: str
    since: float | None = None  # when it was begun, in seconds since 1970
    eta: str | None = None  # when it is due, as its sender wrote it
    pid: int | None = None  # of the process that works at it


@dataclass(frozen=True, slots=True)
class Inspected:
    """What the worker answered; all is as it was at that moment."""

    name: str
    answered: bool  # False: nothing else is known; a solo worker that is busy cannot answer
    pool: Pool = Pool("", 0, ())
    uptime_s: float | None = None
    prefetch: int | None = None  # messages that it may hold at a time; 0: as many as there are
    processed: Mapping[str, int] = field(default_factory=dict)  # tasks since it was started, by name
    active: tuple[Told, ...] = ()
    reserved: tuple[Told, ...] = ()  # taken, and not begun
    scheduled: tuple[Told, ...] = ()  # waiting for their time
    conf: Mapping[str, Any] = field(default_factory=dict)  # the settings named in CONF; limits are seconds and KiB
    limits: Mapping[str, Limits] = field(default_factory=dict)  # of the tasks of each name
    cpu_s: float | None = None  # of its main process
    memory_mb: float | None = None  # the most that its main process ever had


def inspect(control: Control, name: str) -> Inspected:
    """Ask a worker everything, at the same time. Blocks until it has answered, for some two seconds at most.

    Raises NetworkError or AccessRefused.
    """
    with ThreadPoolExecutor(len(QUESTIONS), thread_name_prefix="inspect") as threads:
        found = threads.map(lambda what: control.look(what, [name], **(ASKED if what == QUESTION else {})), QUESTIONS)
        answers = dict(zip(QUESTIONS, found, strict=True))
    said = {what: answer[name] for what, answer in answers.items() if name in answer}
    return _inspected(name, said) if said else Inspected(name, answered=False)


def pools(control: Control, names: Collection[str]) -> dict[str, Pool]:
    """What these workers work with, as far as they answer. Raises NetworkError or AccessRefused."""
    if not names:
        return {}
    stats, queues = control.look("stats", names), control.look("active_queues", names)
    return {name: _pool(_mapping(said), queues.get(name)) for name, said in stats.items()}


def _inspected(name: str, said: Mapping[str, Any]) -> Inspected:
    stats, conf = _mapping(said.get("stats")), _mapping(said.get("conf"))
    usage = _mapping(stats.get("rusage"))
    peak = _figure(usage.get("maxrss"))
    total = {str(task): count for task, count in _mapping(stats.get("total")).items() if isinstance(count, int)}
    return Inspected(
        name,
        answered=True,
        pool=_pool(stats, said.get("active_queues")),
        uptime_s=_figure(stats.get("uptime")),
        prefetch=_whole(stats.get("prefetch_count")),
        processed=total,
        active=_tasks(said.get("active")),
        reserved=_tasks(said.get("reserved")),
        scheduled=_tasks(said.get("scheduled")),
        conf={key: conf[key] for key in CONF if isinstance(conf.get(key), int | float | bool | str)},
        limits=parsed(said.get(QUESTION)),
        cpu_s=None if not usage else (_figure(usage.get("utime")) or 0) + (_figure(usage.get("stime")) or 0),
        memory_mb=None if peak is None else round(peak * 1024 / 1_000_000, 1),
    )


def _pool(stats: Mapping[str, Any], queues: object) -> Pool:
    pool, scaler = _mapping(stats.get("pool")), _mapping(stats.get("autoscaler"))
    kind = str(pool.get("implementation", "")).partition(":")[0].rpartition(".")[2]
    slots = _whole(pool.get("max-concurrency"))
    told = (str(_mapping(one).get("name")) for one in (queues if isinstance(queues, list) else ()))
    names = tuple(sorted(name for name in told if not is_route(name)))
    most, fewest = _whole(scaler.get("max")), _whole(scaler.get("min"))
    scale = None if most is None or fewest is None else (most, fewest)
    return Pool(kind, slots if slots is not None else int(kind == "solo"), names, scale, _whole(stats.get("pid")) or 0)


def _tasks(found: object) -> tuple[Told, ...]:
    return tuple(_told(one) for one in (found[:MOST_TASKS] if isinstance(found, list) else ()))


def _told(task: object) -> Told:
    """One that is scheduled stands beside its time."""
    found = _mapping(task)
    values, eta = _mapping(found.get("request", found)), found.get("eta")
    arguments = f"{values.get('args', '')} {values.get('kwargs', '')}"
    return Told(
        id=str(values.get("id", "")),
        name=str(values.get("name", "")),
        arguments=cut(arguments),
        queue=str(_mapping(values.get("delivery_info")).get("routing_key", "")),
        since=_figure(values.get("time_start")),
        eta=eta if isinstance(eta, str) else None,
        pid=_whole(values.get("worker_pid")),
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _figure(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
