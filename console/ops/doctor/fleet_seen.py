"""What several checks want to know of the fleet: what the rows say of it, and what answers on the broker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from console.ops.fleet import ONLINE_S, Queue, Worker
from console.ops.presence import workers
from console.ops.queues import looked_at, named
from worker.core.jobs import LEGACY_QUEUE, QUEUE
from worker.core.upcoming import Upcoming, upcoming

if TYPE_CHECKING:
    from console.ops.services import Services
    from worker.core.flow import Flow
    from worker.core.strays import Strays
    from worker.core.workers import WorkerReport

FEW = 3  # names in a sentence
_QUESTIONS = ("stats", "conf", "registered", "active_queues")
_CELERYS = {"prefetch": 4, "acks_late": False, "visibility_timeout": 3600.0}  # where nothing is set


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a worker takes messages. Seconds; None: no limit, or it does not say."""

    prefetch: int  # messages for each of its processes; 0: as many as there are
    acks_late: bool  # a message is given up only when its task has ended
    visibility_timeout: float  # after which Redis hands a held message out again
    time_limit: float | None
    broker: str = ""  # where it takes from; "": it does not say


@dataclass(frozen=True, slots=True)
class Answerer:
    """A worker that answers on this broker, whosever it is. Two of one name are two."""

    name: str
    pid: int
    terms: Terms
    tasks: frozenset[str]  # that it knows
    queues: frozenset[str]


def living(services: Services) -> list[WorkerReport]:
    """Of ours, those that said something in the last seconds, by name. Raises DatabaseError."""
    return [one for one in services.store.workers() if one.stopped is None and one.silent_s <= ONLINE_S]


def fleet(services: Services) -> tuple[Worker, ...]:
    """All of ours that did not say goodbye. Raises DatabaseError."""
    return workers(services)


def flow(services: Services) -> Flow:
    """Pages by queue. Raises DatabaseError."""
    return services.flow()


def queues(services: Services) -> tuple[Queue, ...]:
    """Every queue that is known, with what waits in it. Raises DatabaseError, NetworkError or AccessRefused."""
    pulse, flow, known = services.pulse(), services.flow(), workers(services)
    return looked_at(services, named(known, pulse, flow, services.broker.bindings.queues()), known, pulse, flow)


def next_work(services: Services) -> list[Upcoming]:
    """What is next in each queue that a worker of ours serves, and in those of the deployment. Raises DatabaseError."""
    names = {name for one in services.store.workers() for name in (*one.queues, *one.paused)}
    return upcoming(services.engine, sorted(names | {QUEUE, LEGACY_QUEUE}))


def strays(services: Services) -> Strays:
    """What lies in queues and in rows, and does not belong together. Raises as `queues`."""
    from worker.core.strays import strays as compared

    names = named(workers(services), services.pulse(), services.flow(), services.broker.bindings.queues())
    return compared(services.engine, services.broker, names)


def answerers(services: Services) -> list[Answerer]:
    """Everybody who answers on the broker within a second. Raises NetworkError or AccessRefused."""
    with ThreadPoolExecutor(len(_QUESTIONS), thread_name_prefix="doctor-asks") as threads:
        stats, *rest = threads.map(services.broker.control.everybody, _QUESTIONS)
    conf, registered, consumed = map(dict, rest)
    return sorted(
        (
            _answerer(name, said, conf.get(name), registered.get(name), consumed.get(name))
            for name, said in stats
            if isinstance(said, Mapping)
        ),
        key=lambda one: (one.name, one.pid),
    )


def terms_of(report: WorkerReport) -> Terms | None:
    """As a worker of ours says itself; None where it is older than that."""
    said = report.terms
    try:
        return Terms(
            int(said["prefetch"]),
            bool(said["acks_late"]),
            float(said["visibility_timeout"]),
            None if said["time_limit"] is None else float(said["time_limit"]),
            str(said["broker"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def some(names: Sequence[str]) -> str:
    """A few of them: "a, b, c +2"."""
    more = f" +{len(names) - FEW}" if len(names) > FEW else ""
    return ", ".join(names[:FEW]) + more


def _answerer(name: str, stats: Mapping[str, Any], conf: object, registered: object, consumed: object) -> Answerer:
    pid, set_by = stats.get("pid"), conf if isinstance(conf, Mapping) else {}
    options = _mapping(_mapping(stats.get("broker")).get("transport_options"))
    limit = set_by.get("task_time_limit")
    terms = Terms(
        prefetch=_whole(set_by.get("worker_prefetch_multiplier"), _CELERYS["prefetch"]),
        acks_late=bool(set_by.get("task_acks_late", _CELERYS["acks_late"])),
        visibility_timeout=float(_whole(options.get("visibility_timeout"), _CELERYS["visibility_timeout"])),
        time_limit=limit if isinstance(limit, int | float) else None,
    )
    tasks = (str(one).partition(" ")[0] for one in (registered if isinstance(registered, list) else ()))
    served = (str(_mapping(one).get("name")) for one in (consumed if isinstance(consumed, list) else ()))
    return Answerer(name, pid if isinstance(pid, int) else 0, terms, frozenset(tasks), frozenset(served))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _whole(value: object, otherwise: float) -> int:
    return int(value if isinstance(value, int | float) and not isinstance(value, bool) else otherwise)
