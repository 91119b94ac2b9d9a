"""Real workers that have different languages: what one cannot read waits, and is read as soon as one can."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from importlib.resources import files
from pathlib import Path

import pytest
import redis
from celery import Celery
from sqlalchemy import Engine

from tests.services.queued_jobs import value
from tests.services.worker_process import Desk, Worker, celery_worker
from tests.waiting import until
from worker.core.broker import celery_settings
from worker.core.jobs import Options, State
from worker.core.settings import Settings
from worker.core.store import Store
from worker.tools.tessdata import Tessdata

SAMPLES = Path(str(files("resources.samples")))
SCAN, PHOTO = SAMPLES / "english-scan.pdf", SAMPLES / "photo.jpg"
PLAIN, ABLE = "plain@desk", "able@desk"

_BEGUN = """select extract(epoch from min(l.started_at) - min(w.started_at))::float from task_log l, workers w
where l.job_id = any(:jobs) and w.name = :worker"""


@pytest.fixture
def desk(settings: Settings, store: Store) -> Desk:
    return Desk(settings, store)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the languages of a worker lie that others do not have."""
    made = tmp_path / "tessdata"
    made.mkdir()
    return made


@pytest.fixture
def plain(settings: Settings, store: Store, tmp_path: Path) -> Iterator[Worker]:
    """A worker that has what comes with the program; it keeps house."""
    with celery_worker(settings, store, tmp_path, name=PLAIN, LANGUAGE_WAIT="20") as worker:
        yield worker


def install(language: str, folder: Path) -> None:
    """English by another name."""
    (folder / f"{language}.traineddata").symlink_to(Tessdata.find().files["eng"])


def able(settings: Settings, store: Store, tmp_path: Path, folder: Path) -> AbstractContextManager[Worker]:
    return celery_worker(settings, store, tmp_path, name=ABLE, TESSDATA_PREFIX=str(folder), LANGUAGE_WAIT="2")


def sent(settings: Settings) -> int:
    """How many messages were put into a queue of this Redis, of whatever kind."""
    with redis.Redis.from_url(settings.broker_url) as server:
        return int(server.info("commandstats")["cmdstat_lpush"]["calls"])


def bound(settings: Settings) -> str:
    """The queues of single workers that this Redis knows of."""
    with redis.Redis.from_url(settings.broker_url) as server:
        return str(server.smembers("_kombu.binding.ocr.routes"))


def test_it_waits_and_is_read_where_its_language_comes(
    settings: Settings, engine: Engine, desk: Desk, plain: Worker, folder: Path, tmp_path: Path
) -> None:
    store = desk.store
    jobs = [desk.add(PHOTO, Options(languages="nor")) for _ in range(3)]
    legacy = desk.add(PHOTO, Options(languages="eng+nor"), ring=False)  # an older sender's: no row is named
    sender = Celery(set_as_current=False)
    sender.conf.update({**celery_settings(settings), "task_routes": {}, "task_queues": None})
    sender.send_task("ocr.run_job", args=[str(legacy)], queue="celery")
    until(lambda: all(store.job(one).error for one in (*jobs, legacy)), "they say why they wait")
    assert {store.job(one).error for one in jobs} == {
        "Waits for a worker that has “nor”: the only one does not have it."
    }
    before, began = sent(settings), time.monotonic()
    assert desk.ended(desk.add(PHOTO)).state is State.DONE  # the others do not wait behind them
    waited, messages = time.monotonic() - began, sent(settings) - before
    assert messages == 1  # that of the job which was added
    assert value(engine, "select count(*) from task_log where job_id = any(:jobs)", jobs=[*jobs, legacy]) == 0
    install("nor", folder)
    with able(settings, store, tmp_path, folder):
        ended = [desk.ended(one) for one in (*jobs, legacy)]
        begun = value(engine, _BEGUN, jobs=jobs, worker=ABLE)
        print(f"waited {waited:.1f} s with {messages - 1} messages; begun {begun:.2f} s after it came")
        assert {job.state for job in ended} == {State.DONE}
        assert set(
            value(engine, "select array_agg(distinct worker) from task_log where job_id = any(:jobs)", jobs=jobs)
        ) == {ABLE}
        assert value(engine, "select max(attempt) from tasks where job_id = any(:jobs)", jobs=jobs) == 1
        reports = {one.name: one for one in store.workers()}
        assert "nor" in reports[ABLE].languages
        assert "nor" not in reports[PLAIN].languages
        assert set(reports[ABLE].queues) == {"ocr", "celery"}  # its own queue is of no interest to people
        before = sent(settings)
        mixed = [desk.add(PHOTO, Options(languages=one)) for one in ("nor", "eng") * 2]
        assert {desk.ended(one).state for one in mixed} == {State.DONE}
        assert sent(settings) - before <= 6  # one for each, and one more for those that came to the wrong worker
        assert ABLE in bound(settings)
    assert ABLE not in bound(settings)  # else names would pile up where each start has a new one
    assert PLAIN in bound(settings)


def test_a_language_that_comes_and_goes_while_the_worker_runs(
    settings: Settings, engine: Engine, store: Store, desk: Desk, folder: Path, tmp_path: Path
) -> None:
    with able(settings, store, tmp_path, folder):
        job = desk.add(SCAN, Options(languages="nor", pages="1-3"))
        until(lambda: store.job(job).error is not None, "it says why it waits")
        install("nor", folder)
        until(lambda: store.job(job).pages_done > 0, "it is read without a restart")
        (folder / "nor.traineddata").unlink()  # in the middle of it
        failed = desk.ended(job)
        assert (failed.state, failed.error_class) == (State.FAILED, "no_language")
        assert "“nor”" in str(failed.error)
        assert 0 < failed.pages_done < 3
        read = {page.number: page.seconds for page in store.pages(job)}
        install("nor", folder)
        until(lambda: "nor" in store.workers()[0].languages, "it is seen")
        (bell,) = store.retry([job]).doorbells
        desk.broker.ring(bell)
        assert desk.ended(job).state is State.DONE
        assert read.items() <= {page.number: page.seconds for page in store.pages(job)}.items()  # and not read again
