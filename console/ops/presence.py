"""Which workers are there: what ours say of themselves, what is heard of anybody's, and what else is to be seen."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from console.ops.condition import Signs, judged, process_of
from console.ops.fleet import FORGOTTEN_S, ONLINE_S, Condition, Presence, Worker
from console.ops.heard import Heard
from console.ops.inspecting import Pool, pools
from worker.core.connections import Connected
from worker.core.errors import ServiceError
from worker.core.workers import WorkerReport

if TYPE_CHECKING:
    from console.ops.services import Services
    from worker.core.flow import Flow
    from worker.core.pulse import Pulse

FOREIGN_FORGOTTEN_S = 600.0  # a lost worker of another program is shown for ten minutes
NOTHING = Connected()
LOOK_S = 3.0  # of silence, after which its process is looked at: it speaks every two


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of workers beside their reports."""

    heard: Mapping[str, Heard] = field(default_factory=dict)  # on the broker, by name
    pools: Mapping[str, Pool] = field(default_factory=dict)  # of other programs' workers, by name, once they were asked
    connected: Connected = NOTHING


def workers(services: Services) -> tuple[Worker, ...]:
    """All of ours that did not say goodbye, by name. Raises DatabaseError."""
    reports = services.store.workers()
    evidence = Evidence(connected=services.connected() if quiet(reports) else NOTHING)
    return present(reports, services.pulse(), services.flow(), evidence)


def is_online(services: Services, name: str, pid: int | None = None) -> bool:
    """Whether a worker of ours says so now; `pid`: of this main process. Raises DatabaseError."""
    found = (one for one in workers(services) if one.name == name and pid in {None, one.report.pid})
    return any(one.state is Presence.ONLINE for one in found)


def everybody(services: Services) -> tuple[Worker, ...]:
    """The same with the workers of others that answer now. Blocks for some seconds at most.

    Raises DatabaseError; a broker that is away hides the others.
    """
    mine = workers(services)
    with suppress(ServiceError):
        names = services.broker.bindings.workers() - {report.name for report in services.store.workers()}
        found, now = pools(services.broker.control, names), time.monotonic()
        active = services.broker.control.look("active", found)
        heard = {name: Heard(name, now, pool.pid, active=len(active.get(name, ()))) for name, pool in found.items()}
        mine = (*mine, *_others({}, Evidence(heard, found)))
    return tuple(sorted(mine, key=lambda worker: worker.name))


def quiet(reports: Iterable[WorkerReport]) -> bool:
    """Whether one says nothing that did not say goodbye."""
    return any(report.stopped is None and report.silent_s > ONLINE_S for report in reports)


def present(
    reports: Iterable[WorkerReport], pulse: Pulse, flow: Flow, evidence: Evidence | None = None
) -> tuple[Worker, ...]:
    """The workers of these reports and those that are only heard, by name, with what they do and did in a minute."""
    evidence, ours = evidence or Evidence(), {report.name: report for report in reports}
    living = [one for one in ours.values() if one.stopped is None and one.silent_s < FORGOTTEN_S]
    found = [*_ours(living, pulse, flow, evidence), *_others(ours, evidence)]
    return tuple(sorted(found, key=lambda worker: worker.name))


def _ours(reports: Iterable[WorkerReport], pulse: Pulse, flow: Flow, evidence: Evidence) -> Iterator[Worker]:
    here, now = socket.gethostname(), time.monotonic()
    for report in reports:
        heard = evidence.heard.get(report.name)
        silent_s = report.silent_s if heard is None or heard.gone else min(report.silent_s, heard.silent_s(now))
        local = report.host == here
        doing = tuple(one for one in pulse.running if one.worker == report.name)
        signs = Signs(
            silent_s,
            report.pool,
            doing,
            process=process_of(report.pid, silent_s) if local and silent_s > LOOK_S else None,
            connected=evidence.connected.has(report.name),
        )
        state, condition, cause = judged(signs)
        if condition is Condition.WELL and report.silent_s > ONLINE_S:
            condition, cause = Condition.UNKNOWN, f"It does not reach the database for {report.silent_s:.0f} s."
        pages = flow.read_by.get(report.name, 0)
        yield Worker(report, state, local, True, condition, cause, doing, pages)


def _others(ours: Mapping[str, WorkerReport], evidence: Evidence) -> Iterator[Worker]:
    here, now = socket.gethostname(), time.monotonic()
    for name, heard in evidence.heard.items():
        silent_s = heard.silent_s(now)
        if name in ours or heard.gone or silent_s > FOREIGN_FORGOTTEN_S:
            continue
        report = _report(heard, silent_s, evidence.pools.get(name))
        local = report.host == here and heard.pid > 0
        signs = Signs(
            silent_s,
            report.pool,
            busy_s=None if heard.busy_since is None else now - heard.busy_since,
            process=process_of(heard.pid, silent_s) if local and silent_s > LOOK_S else None,
        )
        state, condition, cause = judged(signs)
        yield Worker(report, state, local, False, condition, cause)


def _report(heard: Heard, silent_s: float, pool: Pool | None) -> WorkerReport:
    """What another program's worker says, in the words of ours."""
    report = WorkerReport(
        heard.name,
        heard.name.partition("@")[2],
        heard.pid,
        heard.version,
        pool="",
        slots=0,
        busy=heard.active,
        seen=datetime.now(UTC) - timedelta(seconds=silent_s),
        silent_s=silent_s,
    )
    if pool is None:
        return report
    return replace(report, pool=pool.kind, slots=pool.slots, queues=pool.queues, autoscale=pool.autoscale)
