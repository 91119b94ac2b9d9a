"""Workers out of reports and of what is heard: who is listed, as what, and why."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from console.ops.fleet import FORGOTTEN_S, Condition, Presence, Worker
from console.ops.heard import Heard
from console.ops.inspecting import Pool
from console.ops.presence import FOREIGN_FORGOTTEN_S, Evidence, present
from worker.core.connections import Connected, application_of
from worker.core.flow import Flow
from worker.core.pulse import Pulse, Running
from worker.core.workers import WorkerReport

REPORT = WorkerReport("ours@a", "a", 7, "1", slots=2, queues=("ocr",), silent_s=1.0)
READING = Running(UUID(int=1), UUID(int=2), "a.pdf", "pages", "ocr", "ours@a", None, 1, 8, 3, 12.4, 8.0)


def heard(name: str, ago_s: float = 0.0, **values: object) -> dict[str, Heard]:
    now = time.monotonic()
    return {name: replace(Heard(name, now - ago_s, pid=99, version="5.7.0"), **values)}  # type: ignore[arg-type]


def seen(
    *reports: WorkerReport, evidence: Evidence | None = None, running: tuple[Running, ...] = ()
) -> dict[str, Worker]:
    flow = Flow(read_by={"ours@a": 40})
    return {one.name: one for one in present(reports, Pulse(running=running), flow, evidence)}


def test_ours_with_what_it_does() -> None:
    worker = seen(REPORT, running=(READING, replace(READING, worker="other@a")))["ours@a"]
    assert (worker.state, worker.condition, worker.ours) == (Presence.ONLINE, Condition.WELL, True)
    assert (worker.doing, worker.pages_per_minute) == ((READING,), 40)


def test_who_said_goodbye_or_is_long_lost_is_not_listed() -> None:
    stopped = replace(REPORT, name="stopped@a", stopped=datetime.now(UTC))
    assert seen(stopped, replace(REPORT, silent_s=FORGOTTEN_S + 1)) == {}
    evidence = Evidence({**heard("gone@b", gone=True), **heard("old@b", FOREIGN_FORGOTTEN_S + 1), **heard("stopped@a")})
    assert seen(stopped, evidence=evidence) == {}


def test_one_that_is_heard_lives_though_the_database_does_not_hear_it() -> None:
    worker = seen(replace(REPORT, silent_s=80.0), evidence=Evidence(heard("ours@a", 1)))["ours@a"]
    assert (worker.state, worker.condition) == (Presence.ONLINE, Condition.UNKNOWN)
    assert "database" in worker.cause
    worker = seen(replace(REPORT, silent_s=80.0), evidence=Evidence(heard("ours@a", 70)))["ours@a"]
    assert worker.state is Presence.LOST


def test_connections_tell_frozen_from_gone() -> None:
    silent = replace(REPORT, silent_s=9.0)
    for names, condition in (({application_of("ours@a")}, Condition.FROZEN), (set[str](), Condition.GONE)):
        evidence = Evidence(connected=Connected(frozenset(names)))
        assert seen(silent, evidence=evidence)["ours@a"].condition is condition
    assert seen(silent)["ours@a"].condition is Condition.UNKNOWN


def test_another_program_s_worker_with_what_it_answered() -> None:
    pool = Pool("prefork", 3, ("theirs",), (5, 1))
    found = seen(REPORT, evidence=Evidence(heard("theirs@b", active=2), {"theirs@b": pool}))
    worker = found["theirs@b"]
    assert list(found) == ["ours@a", "theirs@b"]
    assert (worker.state, worker.ours, worker.local) == (Presence.ONLINE, False, False)
    report = worker.report
    assert (report.host, report.pid, report.version, report.busy) == ("b", 99, "5.7.0", 2)
    assert (report.pool, report.slots, report.queues, report.autoscale) == ("prefork", 3, ("theirs",), (5, 1))


def test_another_program_s_worker_on_another_machine_is_silent_then_lost() -> None:
    for ago_s, state in ((4, Presence.ONLINE), (6, Presence.SILENT), (14, Presence.SILENT), (16, Presence.LOST)):
        assert seen(evidence=Evidence(heard("theirs@b", ago_s)))["theirs@b"].state is state
    busy = Evidence(heard("theirs@b", 40, busy_since=time.monotonic() - 40))
    assert (seen(evidence=busy)["theirs@b"].state, seen(evidence=busy)["theirs@b"].condition) == (
        Presence.SILENT,
        Condition.BUSY,
    )
