"""What rows keep of sentences is enough to say them in another language than the one in which they were written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication

from console.ui import words
from tests.gui.pseudo import Speaking, untold
from tests.services.queued_jobs import queued, uploading
from worker.core.audit_trail import AuditTrail, Reader
from worker.core.errors import StorageError
from worker.core.incidents import Incidents, Sight
from worker.core.jobs import Page
from worker.core.leases import Lease, Leases
from worker.core.said import said, said_counted, sentences
from worker.core.store import Store

WHY = StorageError(said("{who} cannot be reached.", who=said("The S3 server at {endpoint}", endpoint="s3:9000")))
NOW = datetime.now(UTC)


def leased(store: Store, leases: Leases) -> Lease:
    _, task = queued(store)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    return lease


def of_job(store: Store, job: UUID) -> list[str]:
    row, [attempt], [page], [mark] = store.job(job), store.attempts(job), store.pages(job), store.page_marks(job)
    return [text or "" for text in (row.error, row.advice, attempt.error, page.error, mark.error)]


def a_failed_job(store: Store, leases: Leases) -> list[str]:
    """Failed, and failed again after a retry was taken back."""
    lease = leased(store, leases)
    leases.progress(lease, Page(1, "failed", error_class=WHY.error_class, error=WHY.sentence), 2)
    leases.fail(lease, WHY, final=True)
    first = of_job(store, lease.job_id)
    store.undo_retry(store.retry([lease.job_id]).before)
    assert of_job(store, lease.job_id) == first == [WHY.sentence, WHY.advice, *[WHY.sentence] * 3]
    return [*first, *of_job(store, lease.job_id)]


def a_job_that_waits(store: Store, leases: Leases) -> list[str]:
    lease = leased(store, leases)
    leases.fail(lease, WHY)
    return [store.job(lease.job_id).error or ""]


def an_upload_that_was_given_up(store: Store, _leases: Leases) -> list[str]:
    job = uploading(store)
    store.abandon_upload(job, WHY)
    return [store.job(job).error or ""]


def a_cancelled_attempt(store: Store, leases: Leases) -> list[str]:
    lease = leased(store, leases)
    store.cancel([lease.job_id], by="ann@desk")
    [attempt] = store.attempts(lease.job_id)
    assert attempt.error == "Cancelled by ann@desk."
    return [attempt.error]


def an_entry(store: Store, _leases: Leases) -> list[str]:
    done = said_counted(3, "{done} of {n} job cancelled.", "{done} of {n} jobs cancelled.", done=2)
    result = sentences(done, WHY.sentence)
    number = store.audit(who="ann@desk", profile="p", action="cancel", asked=3, done=2, result=result)
    [row] = AuditTrail(store.engine, Reader("ann@desk", "p")).page().rows
    assert (row.id, row.result, row.why) == (number, "2 of 3 jobs cancelled. " + WHY.sentence, WHY.sentence)
    return [row.result, row.why]


def incidents(store: Store, _leases: Leases) -> list[str]:
    """One that goes on, one that is over, and a note."""
    table = Incidents(store.engine)
    title = said("{n} failed", n=4)
    sights = [Sight("failed", "storage", "bad", title, WHY.sentence, NOW - timedelta(seconds=60))]
    sights += [Sight("failed", "corrupt", "bad", title, WHY.sentence, NOW - timedelta(seconds=90), NOW)]
    table.say(sights)
    table.say(sights[:1])
    noted = table.mark("", "ann@desk")
    found = table.between(NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    assert len(found) == 3
    return [text for one in (noted, *found) for text in (one.title, one.sentence)]


@pytest.mark.parametrize(
    "stored", [a_failed_job, a_job_that_waits, an_upload_that_was_given_up, a_cancelled_attempt, an_entry, incidents]
)
def test_what_was_stored_is_told_in_the_language_of_who_reads_it(qapp: QApplication, store, leases, stored) -> None:
    texts = stored(store, leases)
    with Speaking(qapp):
        assert [untold(words.told(text)) for text in texts if untold(words.told(text))] == []
