"""What a profile's name points to, known again on real servers: after a new start, and when it points elsewhere."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from sqlalchemy import text

from console.cli.main import run
from console.ops import profiles
from console.ops.acting import act
from console.ops.fingerprints import Fingerprint, Fingerprints, _another_redis, _moved, _Seen
from console.ops.guard import Elsewhere, Weight
from console.ops.opening import Opening
from console.ops.profile_commands import AcceptServers
from console.ops.profiles import Profile
from console.ops.servers.packages import valkey_server
from console.ops.services import Services
from console.ops.this_machine import ThisMachine
from tests.services.connections import elsewhere
from tests.services.dead_ends import HOST, closed_port
from tests.waiting import until
from worker.core import marks
from worker.core.addresses import Address
from worker.core.database import open_engine
from worker.core.errors import ServiceError, UsageError
from worker.core.marks import KEY, BrokerSeen, bucket_mark, database_name
from worker.core.settings import Settings

Look = Callable[[Settings], Services]


@pytest.fixture
def look(settings, engine, tmp_path) -> Iterator[Look]:
    """Opens a production profile of one name on whatever settings, and looks where it points."""
    opened = []

    def services(there: Settings) -> Services:
        profile = Profile("live", "profile live", replace(there, production=True), tmp_path / "live.env")
        opened.append(Services(profile))
        Fingerprints(tmp_path).differs(opened[-1])
        return opened[-1]

    yield services
    for one in opened:
        one.close()


@pytest.fixture
def known(look, settings) -> None:
    """It was there once."""
    with redis.Redis.from_url(settings.broker_url) as broker:
        broker.delete(KEY)
    assert look(settings).guard.elsewhere == ""


def test_the_same_servers_are_the_same(look, settings, known, tmp_path):
    assert look(settings).guard.elsewhere == ""
    assert look(replace(settings, result_backend=settings.broker_url)).guard.elsewhere == ""
    found = json.loads((tmp_path / "fingerprints.json").read_text("utf-8"))
    (print_,) = found.values()
    assert all(print_.values())
    assert (tmp_path / "fingerprints.json").stat().st_mode & 0o077 == 0
    assert not [secret for secret in settings.secrets if secret in json.dumps(found)]


def test_a_name_that_points_elsewhere_changes_nothing_until_it_is_accepted(look, settings, known, tmp_path):
    database = f"other_{uuid4().hex[:8]}"
    root = open_engine(settings, application="tests")
    with root.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"create database {database}"))
    there = replace(
        settings,
        database_url=settings.database_url.rpartition("/")[0] + f"/{database}",
        broker_url=settings.broker_url.rpartition("/")[0] + "/9",
        s3_bucket=database.replace("_", "-"),
    )
    try:
        services = look(there)
        services.require("postgres", "redis", "s3")
        services = look(there)
        told = services.guard.elsewhere
        assert told.count("is not the one that live pointed to") == 3
        services.guard.unlock("live")
        for confirm in (None, "live"):
            with pytest.raises(Elsewhere) as problem:
                services.guard.check(Weight.CHANGES, confirm)
            assert "profiles accept live" in problem.value.advice
        services.guard.check(Weight.LOOKS)
        assert bucket_mark(services.blobs) == ""
        with pytest.raises(UsageError):
            act(AcceptServers("other", tmp_path), services)
        act(AcceptServers("live", tmp_path), services)
        services.guard.check(Weight.CHANGES, "live")
        assert look(there).guard.elsewhere == ""
        assert look(settings).guard.elsewhere.count("is not the one") == 3
        services.engine.dispose()
    finally:
        with redis.Redis.from_url(there.broker_url) as broker:
            broker.flushdb()
        with root.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"drop database {database} with (force)"))
        root.dispose()


def test_the_window_s_guard_has_it_a_moment_after_it_is_opened(look, settings, known, tmp_path):
    there = replace(settings, broker_url=settings.broker_url.rpartition("/")[0] + "/9", production=True)
    opening = Opening(Profile("live", "profile live", there, tmp_path / "live.env"), ThisMachine(tmp_path))
    services = opening.open(lambda *_: None)
    until(lambda: "Redis at" in services.guard.elsewhere, "the guard knows that the name points elsewhere")
    opening.close()


def test_what_is_away_is_not_elsewhere(look, settings, known):
    assert look(elsewhere(settings, "redis", HOST, closed_port())).guard.elsewhere == ""
    assert look(settings).guard.elsewhere == ""


def test_a_queue_that_was_emptied_is_the_same_one(look, settings, known):
    with redis.Redis.from_url(settings.broker_url) as broker:
        broker.delete(KEY)
        assert look(settings).guard.elsewhere == ""
        assert broker.get(KEY)


@contextmanager
def redis_server(settings: Settings, port: int, folder: Path, *, keeps: bool) -> Iterator[None]:
    """A Redis of our own with the settings' password; its folder outlasts it."""
    folder.mkdir(exist_ok=True)
    program, kept = str(valkey_server(ServiceError)), "yes" if keeps else "no"
    words = ["--port", str(port), "--bind", HOST, "--dir", str(folder), "--save", "", "--appendonly", kept]
    password = Address.parse(settings.broker_url).password or ""
    with subprocess.Popen([program, *words, "--requirepass", password], stdout=subprocess.DEVNULL) as process:
        try:
            with redis.Redis(host=HOST, port=port, password=password) as client:
                until(lambda: _answers(client), "the server answers")
            yield
        finally:
            process.terminate()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


@pytest.mark.parametrize("keeps", [True, False])
def test_a_redis_that_was_started_anew_is_the_same(look, settings, tmp_path, keeps):
    port = closed_port()
    there = elsewhere(settings, "redis", HOST, port)
    for _ in range(2):
        with redis_server(settings, port, tmp_path / "one", keeps=keeps):
            assert look(there).guard.elsewhere == ""
    if keeps:  # of one that keeps nothing, another cannot be told from a new start
        with redis_server(settings, port, tmp_path / "other", keeps=keeps):
            assert "Redis at" in look(there).guard.elsewhere


KNOWN = Fingerprint(redis="mark", redis_run="run 1", seen=1000.0)


@pytest.mark.parametrize(
    ("now", "another"),
    [
        (BrokerSeen("mark", "run 2", 1100.0, keeps=True), False),  # a new start
        (BrokerSeen("other", "run 1", 500.0, keeps=True), True),
        (BrokerSeen("", "run 1", 500.0, keeps=True), False),  # emptied
        (BrokerSeen("", "run 2", 1100.0, keeps=True), True),  # it would have kept the mark
        (BrokerSeen("", "run 2", 1100.0, keeps=False), False),  # a new start of one that keeps nothing
        (BrokerSeen("", "run 2", 500.0, keeps=False), True),  # it was there before
        (BrokerSeen("", ""), False),  # it does not say
    ],
)
def test_a_new_start_is_no_other_redis(now, another):
    assert _another_redis(KNOWN, now) is another


def test_who_may_not_ask_for_the_cluster_knows_the_database_by_its_number(engine, monkeypatch):
    whole = database_name(engine)
    assert whole.partition("/")[0].isdecimal()
    monkeypatch.setattr(marks, "_OWN_NAME", text("select pg_read_file('PG_VERSION')"))  # refused as that may be
    number = database_name(engine)
    assert number == "/" + whole.partition("/")[2]
    for before, now in ((whole, number), (number, whole)):
        assert not _moved("postgres", Fingerprint(postgres=before), _Seen(postgres=now))
    assert _moved("postgres", Fingerprint(postgres=whole), _Seen(postgres="/1"))


def test_the_command_line_tries_warns_and_accepts(settings, engine, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(profiles, "folder", lambda: tmp_path)
    path = tmp_path / "live.env"

    def verb(*words: str, code: int = 0) -> tuple[str, str]:
        argv = [*words, "--home", str(tmp_path / "home")]
        assert run(argv, start_worker=lambda _: None, open_window=lambda *_: 0) == code
        said = capsys.readouterr()
        assert not [secret for secret in settings.secrets if secret in said.out + said.err]
        return said.out, said.err

    def write(**changes: str) -> None:
        values = settings.as_environment() | {"OCR_CONSOLE_PRODUCTION": "true"} | changes
        path.write_text("".join(f"{name}='{value}'\n" for name, value in values.items()), "utf-8")
        path.chmod(0o600)

    write()
    assert json.loads(verb("profiles", "test", "live", "--json")[0])["ok"]
    assert "is not the one" not in verb("queues", "--profile", "live")[1]
    write(CELERY_BROKER_URL=settings.broker_url.rpartition("/")[0] + "/9")
    assert "profiles accept live" in verb("queues", "--profile", "live")[1]
    refused = verb("pause", "ocr", "--profile", "live", "--confirm", "live", code=2)[1]
    assert "Redis at " in refused
    verb("profiles", "accept", "live", code=2)
    verb("profiles", "accept", "live", "--confirm", "live")
    assert "is not the one" not in verb("queues", "--profile", "live")[1]
    write(MINIO_SECRET_KEY="wrong")
    (wrong,) = [
        one
        for one in json.loads(verb("profiles", "test", "live", "--json", code=3)[0])["services"]
        if one["verdict"] == "fail"
    ]
    assert wrong["variable"] == "MINIO_SECRET_KEY"
