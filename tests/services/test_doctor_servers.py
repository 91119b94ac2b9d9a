"""What the doctor says of what servers keep, drop and lack, with each cause there and with it absent."""

from __future__ import annotations

import json
import os
import shutil
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import minio.time
import psycopg2
import pytest
import redis
from sqlalchemy import Engine, text

from console.cli import doctor
from console.cli.session import Session
from console.cli.terminal import Terminal
from console.ops.doctor import broker, database, examination
from console.ops.doctor.examination import examine
from console.ops.doctor.not_started import not_started
from console.ops.doctor.reachable import database_state
from console.ops.doctor.verdicts import Report, Verdict
from console.ops.doctor.written import report
from console.ops.profiles import EMBEDDED, load, open_profile
from console.ops.servers.folder import Folder
from console.ops.services import Services
from console.ops.stack import Stack
from tests.services.connections import profile
from tests.services.doctor_table import compare
from tests.services.doctor_ward import examined, in_database, sick, with_password
from tests.services.queued_jobs import queued
from tests.waiting import until
from worker.core.addresses import Address
from worker.core.database import open_engine, transaction
from worker.core.settings import Settings
from worker.core.store import Store, WorkerReport

OK, WARN, FAIL, UNKNOWN = Verdict.OK, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN


@contextmanager
def configured(client: redis.Redis, **values: str) -> Iterator[None]:
    """Redis with other settings for a while."""
    before = {name: client.config_get(name)[name] or "" for name in values}
    for name, value in values.items():
        client.config_set(name, value)
    try:
        yield
    finally:
        for name, value in reversed(before.items()):
            client.config_set(name, value)


def test_what_redis_keeps_over_a_crash(settings: Settings, ward: redis.Redis, well: Report) -> None:
    with configured(ward, appendonly="no", save=""):
        lost = sick('appendonly no, save ""', "redis-persistence", settings, well)
        with configured(ward, save="3600 1"):
            assert '"3600 1"' in sick("appendonly no, save 3600 1", "redis-persistence", settings, well, WARN).fact
        ward.acl_setuser("guest", enabled=True, passwords=["+guest-pass"], keys=["*"], commands=["+@all", "-config"])
        guest = replace(Address.parse(settings.broker_url), user="guest", password="guest-pass").url
        unknown = replace(settings, broker_url=guest)
        sick("appendonly no, CONFIG denied", "redis-persistence", unknown, well, UNKNOWN)
        sick("CONFIG denied, as by servers elsewhere", "servers-disk", unknown, well, UNKNOWN)
        ward.acl_deluser("guest")
    assert (lost.title, lost.fact) == ("Redis may lose what is queued", 'appendonly no, save ""')
    assert lost.remedy is not None
    assert lost.remedy.copy.endswith("--askpass CONFIG SET appendonly yes")
    until(lambda: not ward.info("persistence")["aof_rewrite_in_progress"], "its file is written anew")


def test_a_redis_whose_disk_takes_nothing(settings: Settings, stack: Stack, ward: redis.Redis, well: Report) -> None:
    dump = Folder(stack.home).root / "redis" / "dump.rdb"
    dump.unlink(missing_ok=True)
    dump.mkdir()
    with configured(ward, save="1 1"):
        ward.incr("a-change")
        until(lambda: ward.info("persistence")["rdb_last_bgsave_status"] == "err", "it cannot write")
        check = sick("its last save failed", "redis", settings, well)
    dump.rmdir()
    ward.bgsave()
    until(lambda: ward.info("persistence")["rdb_last_bgsave_status"] == "ok", "it can write")
    assert check.title == "Redis takes no changes"


def test_what_redis_does_when_it_is_full(settings: Settings, ward: redis.Redis, well: Report) -> None:
    with configured(ward, **{"maxmemory-policy": "allkeys-lru"}):
        sick("allkeys-lru without a limit", "redis-eviction", settings, well, WARN)
        with configured(ward, maxmemory="1gb"):
            sick("allkeys-lru with a limit", "redis-eviction", settings, well)
    with configured(ward, **{"maxmemory-policy": "volatile-lru", "maxmemory": "1gb"}):
        assert examined(settings, "redis-eviction").checks[0].verdict is OK


def test_how_full_redis_is(settings: Settings, ward: redis.Redis, well: Report) -> None:
    ward.setrange("ballast", 64_000_000, b"x")
    for share, verdict in ((0.88, WARN), (0.97, FAIL)):
        with configured(ward, maxmemory=str(round(ward.info("memory")["used_memory"] / share))):
            sick(f"{share:.0%} of its memory is used", "redis-memory", settings, well, verdict)


def test_the_queue_is_in_another_database(settings: Settings, ward: redis.Redis, well: Report) -> None:
    with redis.Redis.from_url(in_database(settings.broker_url, "9")) as other:
        other.flushdb()
        beside = replace(settings, broker_url=in_database(settings.broker_url, "9"))
        ward.sadd("_kombu.binding.ocr", "ocr\x06\x16\x06\x16ocr")
        check = sick("workers listen in database 0, the profile says 9", "redis-database", beside, well, WARN)
    assert "queue and workers in 0" in check.fact


def test_answers_that_nobody_fetched(settings: Settings, ward: redis.Redis, well: Report) -> None:
    ward.rpush("answer", "x")
    answer = ward.dump("answer") or b""
    for number in range(110):  # as old as they would be
        ward.restore(f"{number:036}.reply.celery.pidbox", 0, answer, idletime=600)
    check = sick("110 lists that nobody reads", "redis-reply-keys", settings, well, WARN)
    assert check.fact.startswith("110 answers")
    assert check.remedy is not None
    assert "DEL _kombu.binding.reply.celery.pidbox" in check.remedy.copy
    address = Address.parse(settings.broker_url)
    client = f"redis-cli -h {address.host} -p {address.port} "
    _, _, line = check.remedy.copy.partition("export REDISCLI_AUTH && ")  # nobody can be asked within a pipe
    assert line.startswith(f"{client}--scan --pattern ")
    assert f"| xargs -r {client}DEL " in line
    assert broker.command_line("redis://there/5", "PING") == "redis-cli -h there -p 6379 -n 5 PING"


def test_versions(settings: Settings, well: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "LEAST_VERSION", (99, 0))
    monkeypatch.setattr(database, "LEAST_VERSION", 99)
    sick("older than what is needed (said to be 99)", "redis-version", settings, well, WARN)
    sick("older than what is needed (said to be 99)", "postgres-version", settings, well)


def test_the_schema_is_looked_at_and_left_alone(settings: Settings, engine: Engine, well: Report) -> None:
    with transaction(engine) as connection:
        head = connection.scalar(text("select version_num from ocr_schema_version"))
    for cause, found, verdict in (("ahead", "9999", FAIL), ("behind", "0002", WARN)):
        with transaction(engine) as connection:
            connection.execute(text("update ocr_schema_version set version_num = :found"), {"found": found})
        try:
            assert found in sick(cause, "schema", settings, well, verdict).fact
            with transaction(engine) as connection:
                assert connection.scalar(text("select version_num from ocr_schema_version")) == found
        finally:
            with transaction(engine) as connection:
                connection.execute(text("update ocr_schema_version set version_num = :head"), {"head": head})


def test_a_database_without_tables_gets_none(settings: Settings, well: Report, tmp_path: Path) -> None:
    name = f"fresh_{uuid4().hex[:12]}"
    root = open_engine(settings, application="tests")
    with root.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"create database {name}"))
    try:
        fresh = replace(settings, database_url=in_database(settings.database_url, name))
        found = examined(fresh)
        compare("a database without our tables", "schema", found, well, verdict=FAIL)
        assert {check.name: check.verdict for check in found.checks}["clocks"] is OK
        with Services(profile(fresh), fresh) as services:
            everything = examine(services, home=tmp_path)
        assert {check.name for check in everything.checks if check.verdict is UNKNOWN} == {"worker"}  # it is said once
        assert examined(fresh, "schema").checks[0].verdict is FAIL  # still
    finally:
        with root.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"drop database {name} with (force)"))
        root.dispose()


def test_connections_that_are_nearly_used_up(settings: Settings, engine: Engine, well: Report) -> None:
    url = settings.database_url.replace("+psycopg2", "")
    with ExitStack() as taken, Services(profile(settings), settings) as services:
        assert database_state(services).most_connections > 80  # and keeps a connection for the check
        while (state := database_state(services)).connections < 0.82 * state.most_connections:
            for _ in range(10):
                taken.callback(psycopg2.connect(url).close)
        found = examine(services, looks=database.DATABASE)
    compare("80 others are connected", "postgres-connections", found, well, verdict=WARN)


def test_a_task_that_outlasts_the_visibility_timeout(
    settings: Settings, store: Store, engine: Engine, well: Report
) -> None:
    job, task = queued(store)
    held = text("""update tasks set status = 'running', worker = 'one@desk', started_at = now() - interval '8 hours',
        lease_until = now() - interval '7 hours'""")
    with transaction(engine) as connection:
        connection.execute(held)
    assert examined(settings, "visibility-timeout").checks[0].verdict is OK  # who had it is dead: nothing took long
    insert = text("""insert into task_log (task_id, job_id, attempt, status, started_at, finished_at)
        values (:task, :job, 1, 'success', now() - interval '8 hours', now())""")
    with transaction(engine) as connection:
        connection.execute(insert, {"task": task, "job": job})
    check = sick("a task of 8 h, a timeout of 6 h", "visibility-timeout", settings, well, WARN)
    assert check.remedy is not None
    assert check.remedy.copy == "OCR_VISIBILITY_TIMEOUT=57600"


def test_clocks_that_disagree(
    settings: Settings, store: Store, engine: Engine, well: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put_worker(WorkerReport("one@desk", "desk", 1, "1.0"))
    with transaction(engine) as connection:
        connection.execute(text("update workers set ahead_s = 42"))
    check = sick("a worker's clock is 42 s ahead", "clocks", settings, well, WARN)
    assert check.title == "The clock of one@desk goes wrong"
    now, utcnow = time.time, minio.time.utcnow
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: now() + 60)
        check = sick("this machine's clock is 60 s ahead", "clocks", settings, well, WARN)
        assert check.title == "The clock of this machine goes wrong"
        patch.setattr(time, "time", lambda: now() + 1200)
        patch.setattr(minio.time, "utcnow", lambda: utcnow() + timedelta(seconds=1200))
        check = sick("this machine's clock is 20 min ahead", "clocks", settings, well)
        assert check.title == "The clock of this machine is so far off that S3 refuses us"
        assert "clocks" in sick("this machine's clock is 20 min ahead", "s3", settings, well).title


def test_a_full_disk(settings: Settings, well: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    for free, verdict in ((1.2e9, WARN), (1e8, FAIL)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: usage._replace(free=int(free)))
        sick(f"{free / 1e9:.1f} GB free", "servers-disk", settings, well, verdict)


def test_a_profile_that_others_can_read(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "the staging.env"
    path.write_text("".join(f"{name}='{value}'\n" for name, value in settings.as_environment().items()))
    reports = []
    for mode in (0o644, 0o600):
        path.chmod(mode)
        reports.append(examined(settings, "profile-file", of=open_profile(path, os.environ)))
    check = compare("mode 644", "profile-file", *reports, verdict=WARN)
    assert check.remedy is not None
    assert check.remedy.copy == f"chmod 600 '{path}'"


def test_embedded_servers_that_are_not_started(tmp_path: Path, well: Report) -> None:
    home = tmp_path / "new"
    assert not Stack(home).is_started()
    found = not_started(load(EMBEDDED, {}, home), home)
    check = compare("a new machine", "embedded-servers", found, well, verdict=FAIL)
    assert not found.healthy
    assert check.remedy is not None
    assert check.remedy.copy == f"ocr-console --home {home} stack up"
    assert not home.exists()


def test_no_secret_is_in_a_report(settings: Settings, well: Report, stack: Stack) -> None:
    wrong = replace(settings, database_url=with_password(settings.database_url, "not-the-password"))
    for used in (settings, wrong):
        written = report(examined(used))
        for secret in used.secrets:
            assert len(secret) < 6 or secret not in written
        for part in ("OCR Console", "Python 3", "Qt 6", "DATABASE_URL=postgresql://ocr:•••@", "`redis-persistence`"):
            assert part in written
    assert stack.is_started()


def test_the_verb_says_that_servers_are_well(
    settings: Settings, well: Report, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "profile", profile(settings))
    monkeypatch.setattr(examination, "LOOKS", examination.SERVICES)
    for quick in (True, False):
        session = Session(
            Namespace(quick=quick, save=None), Terminal(as_json=True), start_worker=print, open_window=lambda *_: 0
        )
        assert doctor.run(session) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["healthy"]
        assert {check["verdict"] for check in found["checks"]} == {"ok"}
