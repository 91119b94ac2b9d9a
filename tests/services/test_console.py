"""The window's root on real servers, without a screen: from a drop to a finished job, and back down."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import Engine

from console.app import Console
from console.ops.profiles import Profile, load
from console.ops.stack import Stack
from console.ops.uploads import submitter
from console.ui.actions import Action
from console.ui.adding import PLAN, UPLOADS
from console.ui.going import JOBS, OVERVIEW
from console.ui.looking import JOB
from tests.opened import opened
from tests.services.queued_jobs import change, queued, uploading, value
from worker.core.errors import CorruptFile
from worker.core.jobs import Options, State
from worker.core.store import Store

SAMPLES = Path(str(files("resources.samples")))
PATIENCE_MS = 90_000


@pytest.fixture
def console(qtbot: QtBot, stack: Stack, clean: None) -> Iterator[Console]:
    """Open, with its services there."""
    with opened(load("embedded", {}, stack.home), stack.home) as made:
        made.frame.show()
        with qtbot.waitSignal(made.session.opened, timeout=PATIENCE_MS):
            made.open()
        made.frame.show_page(JOBS)
        yield made


def test_from_a_drop_to_the_text_of_a_page(console: Console, qtbot: QtBot, engine: Engine) -> None:
    store, frame, adding = Store(engine), console.frame, console.adding
    frame.files_dropped.emit([str(SAMPLES / "photo.jpg"), str(SAMPLES / "born-digital.pdf")])
    assert frame.current_page == PLAN
    qtbot.waitUntil(adding.plan_page.settings.start.isEnabled, timeout=PATIENCE_MS)
    assert store.jobs().rows == ()  # a drop makes a plan, nothing more
    adding.plan_page.settings.start.click()
    assert frame.current_page == UPLOADS
    qtbot.waitUntil(lambda: store.counts()[State.DONE] == 2, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: adding.uploads_page.totals.pages_read == 2, timeout=PATIENCE_MS)
    adding.jobs_asked.emit(store.jobs().rows[0].batch)
    qtbot.waitUntil(lambda: [job.state for job in console.jobs.model.rows] == [State.DONE] * 2, timeout=PATIENCE_MS)
    photo = next(job for job in console.jobs.model.rows if job.name == "photo.jpg")
    console.jobs.open_job.emit(photo.id)
    assert frame.current_page == JOB
    qtbot.waitUntil(lambda: console.looking.page.job is not None, timeout=PATIENCE_MS)
    page = console.looking.page
    assert page.job is not None
    assert page.job.id == photo.id


def test_what_goes_wrong_behind_the_window_is_in_a_log_that_holds_no_secret(console: Console, stack: Stack) -> None:
    secret, log = stack.settings().s3_secret_key, stack.home / "logs" / "console.log"
    logging.getLogger("console.bridge").error("refused: %s", secret)
    written = log.read_text("utf-8")
    assert written.rstrip().endswith("refused: •••")
    assert secret not in written
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_production_profile_is_unlocked_for_all_its_commands_and_the_audit_says_so(
    qtbot: QtBot, stack: Stack, engine: Engine, clean: None
) -> None:
    guarded = Profile("archive", "profile archive", replace(stack.settings(), production=True))
    with opened(guarded, stack.home) as made:
        made.frame.show()
        with qtbot.waitSignal(made.session.opened, timeout=PATIENCE_MS):
            made.open()
        assert made.lock.locked
        made.lock.unlock_asked.emit("archive", "a late delivery")
        qtbot.waitUntil(lambda: not made.lock.locked, timeout=PATIENCE_MS)
        entry = value(engine, "select action || ' ' || profile || ' ' || (details->>'reason') from audit")
        assert entry == "unlock archive a late delivery"
        made.lock.lock_asked.emit()
        qtbot.waitUntil(lambda: made.lock.locked, timeout=PATIENCE_MS)


def test_what_an_earlier_start_did_not_finish_is_offered_and_goes_on(
    qtbot: QtBot, stack: Stack, engine: Engine, clean: None
) -> None:
    store, source = Store(engine), SAMPLES / "born-digital.pdf"
    left = uploading(
        store,
        source.name,
        source_path=str(source),
        source_bytes=source.stat().st_size,
        submitted_by=submitter(),
        options=Options(),
    )
    with opened(load("embedded", {}, stack.home), stack.home) as made:
        made.frame.show()
        made.open()
        qtbot.waitUntil(lambda: made.frame.current_page == UPLOADS, timeout=PATIENCE_MS)
        assert made.adding.uploads_page.totals.stopped == 1
        made.adding.uploads_page.resume_asked.emit([])
        qtbot.waitUntil(lambda: store.job(left).state is State.DONE, timeout=PATIENCE_MS)


def test_closing_while_files_are_on_their_way_asks(
    console: Console, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask(_parent: object, *, title: str, **_: object) -> bool:
        asked.append(title)
        return False

    monkeypatch.setattr("console.ui.adding.ask", ask)
    monkeypatch.setattr(type(console.adding), "running", property(lambda _self: True))
    monkeypatch.setattr(console.adding._uploading, "_running", True)
    console.frame.close()
    assert asked
    assert console.frame.isVisible()


def test_a_failed_job_is_retried_from_the_page_and_the_notice_says_so(
    console: Console, qtbot: QtBot, engine: Engine, tmp_path: Path
) -> None:
    store = Store(engine)
    left = uploading(store, "gone.pdf")
    store.abandon_upload(left, CorruptFile("“gone.pdf” is damaged."))
    qtbot.waitUntil(lambda: bool(console.jobs.model.rows), timeout=PATIENCE_MS)
    assert console.frame.current_page == JOBS
    console.jobs.retry.emit([left], "")
    qtbot.waitUntil(console.frame.notices.isVisible, timeout=PATIENCE_MS)
    assert store.job(left).state is State.FAILED  # it was never uploaded: nothing to read again
    assert "0 of 1" in console.frame.notices.accessibleName()


def test_a_job_is_cancelled_put_back_and_deleted_from_the_page(
    console: Console, qtbot: QtBot, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, jobs = Store(engine), console.jobs
    left = uploading(store, "late.pdf")
    qtbot.waitUntil(lambda: bool(jobs.model.rows), timeout=PATIENCE_MS)
    jobs.table.go_to(left)

    def shows(state: State, action: Action) -> None:
        """The verbs follow the row a turn of the event loop later: both are waited for before one is used."""
        qtbot.waitUntil(lambda: jobs.model.row(0).state is state and action.isEnabled(), timeout=PATIENCE_MS)

    for undo in (console.frame.undo, console.frame.undo_asked.emit):  # by the notice, and by what was done last
        shows(State.UPLOADING, jobs.acting.cancel_action)
        jobs.acting.cancel_action.trigger()
        qtbot.waitUntil(lambda: "1 of 1 job cancelled" in console.frame.notices.accessibleName(), timeout=PATIENCE_MS)
        assert store.job(left).state is State.CANCELLED
        shows(State.CANCELLED, jobs.acting.delete_action)
        undo()
        qtbot.waitUntil(lambda: "is undone" in console.frame.notices.accessibleName(), timeout=PATIENCE_MS)
        assert store.job(left).state is State.UPLOADING
    shows(State.UPLOADING, jobs.acting.cancel_action)
    jobs.acting.cancel_action.trigger()
    shows(State.CANCELLED, jobs.acting.delete_action)
    monkeypatch.setattr("console.ui.guard.asked", lambda _question: True)
    jobs.acting.delete_action.trigger()
    qtbot.waitUntil(lambda: not store.jobs().rows, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not jobs.model.rows, timeout=PATIENCE_MS)
    done = value(engine, "select string_agg(action || done, ' ' order by id) from audit")
    assert done == "cancel1 undo1 cancel1 undo1 cancel1 delete1"


def test_where_there_are_jobs_the_overview_is_seen_first_and_has_a_way_out_for_those_that_failed(
    qtbot: QtBot, stack: Stack, store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.ui.remedies.ask_password", lambda _window, _count: "secret")
    locked, _ = queued(store, "locked.pdf")
    failing = "update jobs set state = 'FAILED', error_class = 'needs_password', finished_at = now() where id = :id"
    change(engine, failing, id=locked)
    change(engine, "update tasks set status = 'failed' where job_id = :id", id=locked)
    with opened(load("embedded", {}, stack.home), stack.home) as made:
        made.frame.show()
        made.open()
        qtbot.waitUntil(lambda: made.frame.current_page == OVERVIEW, timeout=PATIENCE_MS)
        overview = made.places.overview
        first = overview.attention.rows[0]
        qtbot.waitUntil(lambda: first.isVisible() and first.primary.isVisible(), timeout=PATIENCE_MS)
        assert "locked.pdf" in first.sentence.text()
        qtbot.waitUntil(lambda: overview.services.rows["postgres"].accessibleName().count(",") > 2, timeout=PATIENCE_MS)
        first.primary.click()
        qtbot.waitUntil(lambda: "1 of 1 job" in made.frame.notices.accessibleName(), timeout=PATIENCE_MS)
