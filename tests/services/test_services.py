"""A profile's services: opened, checked, and each way in which one of them can be wrong."""

import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from unittest.mock import Mock
from uuid import uuid4

import pytest
from sqlalchemy import text

from console.ops.health import Name
from console.ops.profiles import Profile
from console.ops.services import ALL, Services
from tests.services.connections import FIELDS, Gates, elsewhere, profile
from tests.services.dead_ends import HOST, NO_HOST, black_hole, closed_port
from worker.core.blobs import Blobs
from worker.core.database import open_engine, transaction
from worker.core.errors import AccessRefused, DatabaseError, NetworkError, ServiceError, SettingsError, StorageError
from worker.core.settings import Settings

KINDS: dict[Name, type[ServiceError]] = {"postgres": DatabaseError, "redis": NetworkError, "s3": StorageError}


def states(services: Services) -> dict[str, str]:
    return {health.service: health.state for health in services.check()}


def refusal(settings: Settings, *need: Name) -> ServiceError:
    """The error of opening them."""
    with pytest.raises(ServiceError) as problem:
        Services.open(profile(settings), need=need or ALL)
    error = problem.value
    for secret in settings.secrets:
        assert secret not in error.sentence + error.advice
    assert error.sentence
    assert error.advice
    return error


def test_all_is_well(settings):
    with Services.open(profile(settings)) as services:
        health = {one.service: one for one in services.check()}
        assert set(health) == {"redis", "postgres", "s3"}
        assert all(one.ok and one.latency_s and one.latency_s < 5 for one in health.values())
        assert all(one.sentence.endswith(" answers.") and one.since for one in health.values())
        assert settings.s3_endpoint in health["s3"].sentence
        assert services.store.counts()


def test_opening_makes_the_tables_and_the_bucket(settings):
    name = f"fresh_{uuid4().hex[:12]}"
    root = open_engine(settings, application="tests")
    with root.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"create database {name}"))
    fresh = replace(
        settings, database_url=settings.database_url.rpartition("/")[0] + f"/{name}", s3_bucket=name.replace("_", "-")
    )
    try:
        with pytest.raises(StorageError):
            Blobs(fresh).check()
        with Services.open(profile(fresh)) as services:
            assert services.store.jobs().rows == ()
            assert services.blobs.check() < 5
    finally:
        with root.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"drop database {name} with (force)"))
        root.dispose()


def test_making_one_reaches_for_nothing(settings):
    nowhere = settings
    for service in FIELDS:
        nowhere = elsewhere(nowhere, service, HOST, closed_port())
    services = Services(profile(nowhere))
    assert set(states(services).values()) == {"down"}
    services.close()


def test_the_embedded_profile_needs_the_addresses_of_its_stack(settings):
    embedded = Profile("embedded", "the embedded stack")
    with pytest.raises(SettingsError):
        Services(embedded)
    with Services.open(embedded, settings) as services:
        assert services.settings is settings


@pytest.mark.parametrize("service", FIELDS)
def test_a_dead_server_is_one_sentence_and_hides_no_other(settings, service):
    port = closed_port()
    dead = elsewhere(settings, service, HOST, port)
    error = refusal(dead)
    assert type(error) is KINDS[service]
    assert error.sentence.count("\n") == 0
    assert f"{HOST}:{port}" in error.sentence
    services = Services(profile(dead))
    assert states(services) == {name: "down" if name == service else "ok" for name in FIELDS}
    services.close()
    others = tuple(name for name in FIELDS if name != service)
    Services.open(profile(dead), need=others).close()


@pytest.mark.parametrize("service", FIELDS)
def test_a_host_that_nobody_knows(settings, service):
    assert type(refusal(elsewhere(settings, service, NO_HOST, 1234))) is KINDS[service]


def test_black_holes_take_no_longer_together_than_one(settings):
    with ExitStack() as holes:
        dark = settings
        for service in FIELDS:
            dark = elsewhere(dark, service, HOST, holes.enter_context(black_hole()))
        services = Services(profile(dark))
        began = time.monotonic()
        health = services.check()
        assert time.monotonic() - began < 5.5
        services.close()
    assert [one.state for one in health] == ["down"] * 3
    assert all(one.sentence and one.advice for one in health)


def test_all_dead_is_a_line_each(settings):
    dead = settings
    for service in FIELDS:
        dead = elsewhere(dead, service, HOST, closed_port())
    assert len(refusal(dead).sentence.splitlines()) == 3


@pytest.mark.parametrize(
    ("service", "old", "new"),
    [("postgres", "database_url", "wrong"), ("redis", "broker_url", "wrong")],
)
def test_a_wrong_password(settings, service, old, new):
    url = getattr(settings, old)
    password = url.partition("@")[0].rpartition(":")[2]
    error = refusal(replace(settings, **{old: url.replace(password, new)}))
    assert isinstance(error, AccessRefused)
    assert not error.retryable


def test_wrong_keys(settings):
    assert isinstance(refusal(replace(settings, s3_secret_key="wrong-key")), AccessRefused)


def test_a_database_that_does_not_exist(settings):
    error = refusal(replace(settings, database_url=settings.database_url.rpartition("/")[0] + "/nowhere"))
    assert "nowhere" in error.sentence


def test_a_redis_database_that_does_not_exist(settings):
    error = refusal(replace(settings, broker_url=settings.broker_url.rpartition("/")[0] + "/99"))
    assert "has no such database" in error.sentence


def test_another_program_answers(settings):
    postgres = settings.database_url.rpartition("@")[2].partition("/")[0].partition(":")
    redis = settings.broker_url.rpartition("@")[2].partition("/")[0].partition(":")
    wrong: dict[Name, tuple[str, str, str]] = {"postgres": redis, "redis": postgres, "s3": redis}
    for service, (host, _, port) in wrong.items():
        assert type(refusal(elsewhere(settings, service, host, int(port)))) is KINDS[service]


@pytest.mark.parametrize("service", FIELDS)
def test_a_server_that_hangs_holds_nobody_up(settings, service):
    gates = Gates.before(settings)
    services = Services.open(profile(gates.settings))
    gates.by_name[service].hang()
    for _ in range(2):
        began = time.monotonic()
        health = {one.service: one for one in services.check(patience_s=0.3)}
        assert time.monotonic() - began < 4  # the service's own limit is 5
        assert {name: one.state for name, one in health.items()} == {
            name: "down" if name == service else "ok" for name in FIELDS
        }
        assert health[service].sentence.endswith(" does not answer.")
    asking = [thread for thread in threading.enumerate() if thread.name == f"ask-{service}"]
    assert len(asking) == 1
    gates.by_name[service].flow()
    asking[0].join(30)
    assert set(states(services).values()) == {"ok"}
    services.close()
    gates.close()


@pytest.mark.parametrize("service", FIELDS)
def test_a_server_that_comes_back_is_used_again(settings, service):
    gates = Gates.before(settings)
    services = Services.open(profile(gates.settings))
    gates.by_name[service].close()
    assert states(services)[service] == "down"
    gates.by_name[service].reopen()
    assert states(services)[service] == "ok"
    services.close()
    gates.close()


def test_a_database_that_was_away_at_first_gets_its_tables_later(settings):
    gates = Gates.before(settings)
    gates.by_name["postgres"].close()
    services = Services(profile(gates.settings))
    assert states(services)["postgres"] == "down"
    gates.by_name["postgres"].reopen()
    assert states(services)["postgres"] == "ok"
    assert services.store.counts()
    services.close()
    gates.close()


def test_a_newer_schema_is_said_and_left_alone(settings, engine):
    with transaction(engine) as connection:
        before = connection.scalar(text("select version_num from ocr_schema_version"))
        connection.execute(text("update ocr_schema_version set version_num = '9999'"))
    try:
        assert "9999" in refusal(settings).sentence
    finally:
        with transaction(engine) as connection:
            connection.execute(text("update ocr_schema_version set version_num = :before"), {"before": before})


def test_a_storage_that_answers_and_takes_nothing_is_a_red_lamp(settings, monkeypatch):
    services = Services.open(profile(settings))
    full = StorageError("The S3 server is in trouble (InternalError).")
    monkeypatch.setattr(services.blobs, "try_out", Mock(side_effect=[full, full, None]))
    assert states(services)["s3"] == "ok"  # it was tried out a moment ago
    services._s3_is_due = 0.0
    assert [states(services)["s3"] for _ in range(4)] == ["down", "down", "ok", "ok"]
    services.close()
