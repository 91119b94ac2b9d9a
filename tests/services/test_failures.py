"""Failed jobs in groups, asked again only when there may be others; and what stood out, written once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from console.ops.findings import Finding, Remedy, Severity, Way
from console.ops.incident_record import IncidentRecord
from console.ops.services import Services
from console.ops.snapshot import Watcher
from tests.services.connections import Gates, profile
from tests.services.queued_jobs import change, queued, value
from tests.waiting import until
from worker.core.database import open_engine
from worker.core.errors import CorruptFile
from worker.core.failures import FailureWatch, failures
from worker.core.incidents import Incident, Incidents, Sight
from worker.core.leases import Leases
from worker.core.old_rows import OldRows
from worker.core.settings import Settings
from worker.core.store import JobFilter, Store

DAY = timedelta(days=1)
MIDNIGHT = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
FAILED = """
insert into jobs (id, name, state, batch_id, error_class, finished_at)
select gen_random_uuid(), name, 'FAILED', :batch, :class, :at from unnest(:names) name"""


@pytest.fixture
def incidents(engine: Engine, clean: None) -> Incidents:
    return Incidents(engine)


def fail(engine: Engine, error_class: str | None, *names: str, **given: Any) -> None:
    change(engine, FAILED, **{"batch": None, "at": datetime.now(UTC), "class": error_class, "names": [*names], **given})


def sight(subject: str = "ocr@a", **given: Any) -> Sight:
    values = {"rule": "worker_lost", "severity": "bad", "title": f"{subject} is lost", "sentence": "Why.", **given}
    return Sight(subject=subject, **{"opened": datetime.now(UTC), **values})


def finding(subject: str = "ocr@a", since: datetime | None = None) -> Finding:
    about = ("worker_lost", subject, Severity.BAD, f"{subject} is lost", "Why.")
    return Finding(*about, since or datetime.now(UTC), Remedy(Way.SHOW_WORKER, subject))


def all_of(incidents: Incidents) -> tuple[Incident, ...]:
    return incidents.between(datetime.now(UTC) - DAY, datetime.now(UTC) + DAY)


def unsaid(engine: Engine) -> None:
    """As if nobody had said anything for longer than a console lets pass."""
    change(engine, "update incidents set seen_at = seen_at - interval '31 s'")


def test_failed_jobs_are_grouped_by_class_and_batch(store: Store, engine: Engine) -> None:
    tax, halls = store.add_batch("Hồ sơ thuế", None), store.add_batch("Bauakten", None)
    now = datetime.now(UTC)
    fail(engine, "needs_password", "b.pdf", "a.pdf", "c.pdf", batch=tax, at=now - 2 * DAY)
    fail(engine, "needs_password", "d.pdf", batch=halls, at=now)
    fail(engine, "needs_password", "e.pdf", at=now - DAY)
    fail(engine, "corrupt", "f.pdf")
    fail(engine, None, "g.pdf", "h.pdf")
    queued(store)
    found = failures(engine, now - timedelta(hours=1))
    locked, other, damaged = found.groups
    assert found.today == 4
    assert (locked.error_class, locked.count, locked.batch_count) == ("needs_password", 5, 2)
    assert [(batch.id, batch.name, batch.count) for batch in locked.batches] == [
        (tax, "Hồ sơ thuế", 3),
        (halls, "Bauakten", 1),
    ]
    assert (locked.since, locked.newest) == (now - 2 * DAY, now)
    assert locked.names[0] == "e.pdf"  # in no batch
    assert (other.error_class, other.count, other.batches) == ("internal", 2, ())
    assert (damaged.error_class, damaged.names) == ("corrupt", ("f.pdf",))
    chosen = JobFilter(error_classes=frozenset({"needs_password"}))
    assert len(store.jobs(chosen).rows) == locked.count


def test_nothing_is_asked_while_nothing_can_have_failed(store: Store, engine: Engine) -> None:
    watch = FailureWatch(engine)
    fail(engine, "corrupt", "a.pdf")
    assert watch.look(MIDNIGHT, 1, moved=False).groups[0].count == 1
    fail(engine, "corrupt", "b.pdf")
    until(lambda: watch.look(MIDNIGHT, 2, moved=False).groups[0].count == 2)  # a pause after the first
    change(engine, "update jobs set error_class = 'empty'")
    assert watch.look(MIDNIGHT, 2, moved=False).groups[0].error_class == "corrupt"
    until(lambda: watch.look(MIDNIGHT, 2, moved=True).groups[0].error_class == "empty")
    change(engine, "update jobs set error_class = 'no_pages'")
    watch._due_at = 0.0  # it might ask
    found = watch.look(MIDNIGHT, 2, moved=False)
    assert (found.groups[0].error_class, found.today) == ("empty", 2)


def test_what_several_consoles_see_is_written_once(incidents: Incidents, settings: Settings) -> None:
    other = open_engine(settings, application="another console", pool_size=1)
    begun = datetime.now(UTC) - timedelta(minutes=3)
    incidents.say([sight(), sight("ocr@b")])
    Incidents(other).say([sight(opened=begun, title="ocr@a is lost again"), sight("ocr@b")])
    other.dispose()
    assert [(one.subject, one.title, one.closed) for one in all_of(incidents)] == [
        ("ocr@b", "ocr@b is lost", None),
        ("ocr@a", "ocr@a is lost again", None),
    ]
    assert all_of(incidents)[1].opened == begun


def test_what_nobody_sees_any_more_is_over_since_it_was_seen_last(incidents: Incidents, engine: Engine) -> None:
    incidents.say([sight(opened=datetime.now(UTC) - timedelta(minutes=3)), sight("ocr@b")])
    unsaid(engine)
    incidents.say([sight("ocr@b")])  # goes on
    over = {one.subject: one.closed for one in all_of(incidents)}
    assert over["ocr@b"] is None
    assert over["ocr@a"] == value(engine, "select seen_at from incidents where subject = 'ocr@a'")
    incidents.say([sight()])  # again
    assert [one.subject for one in all_of(incidents)].count("ocr@a") == 2


def test_incidents_of_a_span(incidents: Incidents) -> None:
    now = datetime.now(UTC)
    for name, opened, closed in (
        ("before", 9, 8),
        ("into", 6, 4),
        ("within", 4, 3),
        ("open", 4, None),
        ("after", 1, 0),
    ):
        ended = None if closed is None else now - timedelta(hours=closed)
        incidents.say([sight(name, opened=now - timedelta(hours=opened), closed=ended)])
    found = incidents.between(now - timedelta(hours=5), now - timedelta(hours=2))
    assert {one.subject for one in found} == {"into", "within", "open"}
    assert [one.subject for one in incidents.between(now - DAY, now, limit=1)] == ["after"]


def test_incidents_are_kept_for_as_long_as_the_history(
    incidents: Incidents, engine: Engine, settings: Settings
) -> None:
    now = datetime.now(UTC)
    for name, days in (("old", 61), ("young", 59)):
        incidents.say([sight(name, opened=now - 62 * DAY, closed=now - days * DAY)])
    incidents.say([sight("open", opened=now - 70 * DAY)])
    OldRows(engine, settings).expire()
    assert set(value(engine, "select array_agg(subject) from incidents")) == {"young", "open"}


def test_a_record_says_what_goes_on_and_no_more_than_that(incidents: Incidents, engine: Engine) -> None:
    record = IncidentRecord(incidents)
    record.note([finding()], datetime.now(UTC))
    record.save()
    said = value(engine, "select seen_at from incidents")
    record.save()  # within ten seconds: nothing to say
    assert value(engine, "select seen_at from incidents") == said
    record.note([finding(), finding("ocr@b")], datetime.now(UTC))
    record.save()
    assert value(engine, "select count(*) from incidents where closed_at is null") == 2


def test_what_went_by_while_the_database_was_away_is_written_afterwards(
    incidents: Incidents, settings: Settings, engine: Engine
) -> None:
    gates = Gates.before(settings)
    behind = open_engine(gates.settings, application="tests", pool_size=1)
    record, now = IncidentRecord(Incidents(behind)), datetime.now(UTC)
    gates.by_name["postgres"].close()
    record.note([finding("postgres", now)], now)
    record.save()
    record.note([], now + timedelta(seconds=40))
    gates.by_name["postgres"].reopen()
    record.save()
    record.save()
    (incident,) = all_of(incidents)
    assert (incident.subject, incident.opened, incident.closed) == ("postgres", now, now + timedelta(seconds=40))
    behind.dispose()
    gates.close()


@pytest.fixture
def services(settings: Settings, clean: None) -> Iterator[Services]:
    with Services.open(profile(settings)) as opened:
        yield opened


def test_a_picture_has_the_groups_the_findings_and_leaves_an_incident(
    services: Services, store: Store, leases: Leases, incidents: Incidents
) -> None:
    watcher = Watcher(services)
    assert watcher.take().facts.findings == ()
    _, task = queued(store)
    lease = leases.claim(task, "ocr@here")
    assert lease
    leases.fail(lease, CorruptFile("It is broken."))
    until(lambda: watcher.take().facts.findings, "a finding")
    seen = watcher.take()
    assert [(one.error_class, one.count) for one in seen.facts.failures] == [("corrupt", 1)]
    assert [one.key for one in seen.facts.findings] == [("failed", "corrupt")]
    assert seen.failed_today == 1
    assert [(one.rule, one.subject, one.title) for one in all_of(incidents)] == [
        ("failed", "corrupt", "1 file is damaged beyond repair")
    ]


def test_a_new_console_goes_on_with_what_was_open(services: Services, engine: Engine, incidents: Incidents) -> None:
    fail(engine, "corrupt", "a.pdf")
    for _ in range(2):
        watcher = Watcher(services)
        watcher.take()
        watcher.take()
    assert len(all_of(incidents)) == 1
