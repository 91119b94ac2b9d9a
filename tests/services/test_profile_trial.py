"""The services of a profile's values, tried on real servers: each way in which one can be wrong, and what it leaves."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from sqlalchemy import text

from console.ops.doctor.verdicts import Verdict
from console.ops.health import Name
from console.ops.local_workers import environment
from console.ops.profile_secrets import to_keyring
from console.ops.profile_trial import Tried, trial
from console.ops.profiles import open_profile
from console.ops.services import Services
from tests.memory_ring import memory_ring
from tests.services.connections import FIELDS, elsewhere
from tests.services.dead_ends import HOST, NO_HOST, black_hole, closed_port, tls_front
from worker.core.addresses import Address
from worker.core.blobs import Blobs
from worker.core.database import open_engine, transaction
from worker.core.errors import StorageError
from worker.core.settings import Settings

S3 = ("MINIO_ENDPOINT", "MINIO_ACCESS_KEY", "MINIO_SECRET_KEY", "MINIO_OCR_BUCKET")
VARIABLES: dict[Name, str] = {"postgres": "DATABASE_URL", "redis": "CELERY_BROKER_URL", "s3": "MINIO_ENDPOINT"}
ALL = ("DATABASE_URL", "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND", *S3)


def tried(settings: Settings, **changes: str) -> dict[str, Tried]:
    """What trying said, by variable; never a secret."""
    found = trial(settings.as_environment() | changes)
    assert tuple(one.variable for one in found) == ALL
    said = " ".join(one.sentence + one.advice for one in found)
    assert not [secret for secret in settings.secrets if secret in said]
    return {one.variable: one for one in found}


def wrong(found: dict[str, Tried]) -> dict[str, Verdict]:
    return {name: one.verdict for name, one in found.items() if one.verdict is not Verdict.OK}


def test_all_is_well(settings, engine):
    found = tried(settings)
    assert wrong(found) == {}
    assert all(found[name].latency_s for name in ALL[:4])
    assert found["DATABASE_URL"].sentence.startswith("Reached in ")


def test_it_leaves_nothing_behind(settings):
    """Neither tables nor a bucket nor a key."""
    name = f"fresh_{uuid4().hex[:12]}"
    root = open_engine(settings, application="tests")
    with root.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"create database {name}"))
    fresh = replace(
        settings,
        database_url=settings.database_url.rpartition("/")[0] + f"/{name}",
        broker_url=settings.broker_url.rpartition("/")[0] + "/11",
        s3_bucket=name.replace("_", "-"),
    )
    engine = open_engine(fresh, application="tests")
    try:
        found = tried(fresh)
        assert wrong(found) == {"MINIO_OCR_BUCKET": Verdict.WARN}
        assert f"The bucket {fresh.s3_bucket} is missing" in found["MINIO_OCR_BUCKET"].sentence
        with transaction(engine) as connection:
            assert connection.scalar(text("select count(*) from pg_tables where schemaname = 'public'")) == 0
        with redis.Redis.from_url(fresh.broker_url) as broker:
            assert broker.dbsize() == 0
        with pytest.raises(StorageError):
            Blobs(fresh).check()
    finally:
        engine.dispose()
        with root.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"drop database {name} with (force)"))
        root.dispose()


Case = tuple[str, Callable[[Settings], Settings], str]
DOWN = [Verdict.FAIL, Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.UNKNOWN]


def _with(field: str, change: Callable[[Address], Address]) -> Callable[[Settings], Settings]:
    return lambda settings: replace(settings, **{field: change(Address.parse(getattr(settings, field))).url})  # type: ignore[arg-type]


CASES: list[Case] = [
    ("DATABASE_URL", _with("database_url", lambda one: replace(one, password="wrong")), "authentication failed"),
    ("DATABASE_URL", _with("database_url", lambda one: replace(one, path="nowhere")), "nowhere"),
    ("CELERY_BROKER_URL", _with("broker_url", lambda one: replace(one, password="wrong")), "refused our password"),
    ("CELERY_BROKER_URL", _with("broker_url", lambda one: replace(one, path="99")), "no such database"),
    ("CELERY_RESULT_BACKEND", _with("result_backend", lambda one: replace(one, path="99")), "no such database"),
    ("CELERY_RESULT_BACKEND", _with("result_backend", lambda one: replace(one, password=None)), "wants a password"),
    ("MINIO_ACCESS_KEY", lambda settings: replace(settings, s3_access_key="wrong"), "does not know our access key"),
    ("MINIO_SECRET_KEY", lambda settings: replace(settings, s3_secret_key="wrong"), "our secret key is not"),
]


@pytest.mark.parametrize(("variable", "change", "words"), CASES)
def test_the_variable_that_is_wrong_is_the_one_that_is_named(settings, variable, change, words):
    found = tried(change(settings))
    assert words in found[variable].sentence
    assert found[variable].advice
    failed = [name for name, verdict in wrong(found).items() if verdict is Verdict.FAIL]
    assert failed == [variable]
    later = S3[S3.index(variable) + 1 :] if variable in S3 else ()
    assert {name: verdict for name, verdict in wrong(found).items() if name != variable} == dict.fromkeys(
        later, Verdict.UNKNOWN
    )


@pytest.mark.parametrize(("host", "words"), [(HOST, "nothing listens there"), (NO_HOST, "no such host")])
def test_nobody_there(settings, host, words):
    away = settings
    for service in FIELDS:
        away = elsewhere(away, service, host, closed_port())
    found = tried(away)
    for name in VARIABLES.values():
        assert words in found[name].sentence
    assert [found[name].verdict for name in S3] == DOWN
    assert found["CELERY_RESULT_BACKEND"].verdict is Verdict.OK


def test_what_does_not_answer_takes_no_longer_together_than_one(settings):
    """Three black holes, and a Redis that is spoken to in TLS and waits for more."""
    with ExitStack() as holes:
        dark = settings
        for service in ("postgres", "s3"):
            dark = elsewhere(dark, service, HOST, holes.enter_context(black_hole()))
        results, broker = Address.parse(settings.result_backend), Address.parse(settings.broker_url)
        began = time.monotonic()
        found = tried(
            replace(
                dark,
                result_backend=replace(results, host=HOST, port=holes.enter_context(black_hole())).url,
                broker_url=replace(broker, scheme="rediss", query={"ssl_cert_reqs": "required"}).url,
            )
        )
        assert time.monotonic() - began < 6  # each has 5 s at most, and they are asked at once
    for name in ("DATABASE_URL", "CELERY_RESULT_BACKEND", "MINIO_ENDPOINT"):
        assert "no answer in 3 s" in found[name].sentence
    assert "does not speak TLS" in found["CELERY_BROKER_URL"].sentence


def test_a_certificate_that_cannot_be_trusted(settings, tmp_path: Path):
    broker, s3 = Address.parse(settings.broker_url), Address.parse(f"http://{settings.s3_endpoint}")
    assert broker.port
    assert s3.port
    with (
        tls_front((broker.host, broker.port), tmp_path) as (port, _),
        tls_front((s3.host, s3.port), tmp_path) as (s3_port, _),
    ):
        values = {
            "CELERY_BROKER_URL": replace(broker, scheme="rediss", host=HOST, port=port).url,
            "MINIO_ENDPOINT": f"https://{HOST}:{s3_port}",
        }
        found = tried(settings, **values)
    for name in values:
        assert found[name].verdict is Verdict.FAIL
        assert "certificate that cannot be trusted" in found[name].sentence


def test_what_is_missing_is_said_and_the_others_are_tried(settings):
    values = settings.as_environment()
    del values["MINIO_SECRET_KEY"]
    found = {one.variable: one for one in trial({**values, "DATABASE_URL": "mysql://db/ocr"})}
    assert found["DATABASE_URL"].sentence.startswith("Expected: postgresql://")
    assert found["CELERY_BROKER_URL"].verdict is Verdict.OK
    assert found["MINIO_SECRET_KEY"].sentence.startswith("It is missing")
    assert found["MINIO_ENDPOINT"] == Tried(
        "MINIO_ENDPOINT", Verdict.UNKNOWN, "Not tried: MINIO_SECRET_KEY comes first."
    )


def test_secrets_out_of_the_keyring_open_the_services_and_reach_a_worker(settings, engine, tmp_path: Path):
    path = tmp_path / "live.env"
    values = settings.as_environment() | {"HTTPS_PROXY": "http://proxy:3128"}
    path.write_text("".join(f"{name}='{value}'\n" for name, value in values.items()), "utf-8")
    path.chmod(0o600)
    with memory_ring():
        assert len(to_keyring(path)) == 5
        profile = open_profile(path, {})
    assert not [secret for secret in settings.secrets if secret in path.read_text("utf-8")]
    with Services(profile) as services:
        assert [health.state for health in services.check()] == ["ok"] * 3
        made = environment(services.settings, profile.others)
    assert Settings.from_mapping(made, "its environment").secrets == settings.secrets
    assert made["HTTPS_PROXY"] == "http://proxy:3128"
    assert "OCR_CONSOLE_KEYRING" not in made
