"""What the doctor says of services that do not answer, or refuse, with each cause there and with it absent."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console.ops.doctor.examination import examine
from console.ops.doctor.verdicts import Report, Verdict
from console.ops.health import Name
from console.ops.services import Services
from tests.services.connections import elsewhere, profile
from tests.services.dead_ends import HOST, NO_HOST, black_hole, closed_port, mute_port, refusing_front, tls_front
from tests.services.doctor_table import compare
from tests.services.doctor_ward import examined, in_database, place, sick, with_password
from tests.services.queued_jobs import queued
from worker.core.addresses import Address
from worker.core.settings import Settings
from worker.core.store import Store

WARN, FAIL, UNKNOWN = Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
ALL: tuple[Name, ...] = ("postgres", "redis", "s3")


def test_servers_without_a_fault_are_well(well: Report) -> None:
    wrong = {check.name: check for check in well.checks if not check.ok}
    assert [one.fact for one in well.checks if one.name == "tls"] == [
        "0 of 4 use TLS; the rest stays on this machine or in its network"
    ]
    assert wrong == {}
    assert {check.name for check in well.checks} >= {"redis", "postgres", "s3", "s3-write", "schema", "clocks", "tls"}
    assert well.healthy


@pytest.mark.parametrize("service", ALL)
def test_a_host_that_nobody_knows(settings: Settings, well: Report, service: Name) -> None:
    check = sick("no such host", service, elsewhere(settings, service, NO_HOST, 1234), well)
    assert "no such host" in check.fact
    assert "cannot be found" in check.title


@pytest.mark.parametrize("service", ALL)
def test_a_port_where_nobody_listens(settings: Settings, well: Report, service: Name) -> None:
    check = sick("nothing listens", service, elsewhere(settings, service, HOST, closed_port()), well)
    assert "nothing listens there" in check.fact
    assert check.remedy is not None
    assert check.remedy.button is not None


def test_black_holes_hold_nobody_up(settings: Settings, well: Report) -> None:
    with ExitStack() as holes:
        dark = settings
        for service in ALL:
            dark = elsewhere(dark, service, HOST, holes.enter_context(black_hole()))
        with Services(profile(dark), dark) as services:
            found = examine(services, quick=True, patience_s=4.0)
    for service in ALL:
        assert "no answer" in compare("black-holed", service, found, well, verdict=FAIL).fact
    assert found.took_s < 30
    assert {check.name: check.verdict for check in found.checks}["schema"] is UNKNOWN


WRONG: dict[str, tuple[Name, Callable[[Settings], dict[str, Any]], str]] = {
    "wrong password": ("postgres", lambda s: {"database_url": with_password(s.database_url, "x")}, "refuses us"),
    "wrong database name": (
        "postgres",
        lambda s: {"database_url": in_database(s.database_url, "no")},
        "no such database",
    ),
    "TLS asked of a server without": (
        "postgres",
        lambda s: {"database_url": s.database_url + "?sslmode=require"},
        "does not speak TLS",
    ),
    "wrong password ": ("redis", lambda s: {"broker_url": with_password(s.broker_url, "x")}, "refuses us"),
    "no password": ("redis", lambda s: {"broker_url": s.broker_url.replace(":" + _key(s) + "@", "")}, "refuses us"),
    "database number out of range": (
        "redis",
        lambda s: {"broker_url": in_database(s.broker_url, "99")},
        "no such database",
    ),
    "TLS asked of a server without ": (
        "redis",
        lambda s: {"broker_url": s.broker_url.replace("redis://", "rediss://") + "?ssl_cert_reqs=required"},
        "does not speak TLS",
    ),
    "wrong secret key (signature)": ("s3", lambda s: {"s3_secret_key": "wrong-secret"}, "refuses us"),
    "unknown access key": ("s3", lambda s: {"s3_access_key": "wrong-access"}, "refuses us"),
    "no such bucket": ("s3", lambda s: {"s3_bucket": "not-there"}, "The bucket is missing"),
    "TLS asked of a server without  ": ("s3", lambda s: {"s3_secure": True}, "does not speak TLS"),
    "another program's port": ("s3", lambda s: {"s3_endpoint": "{}:{}".format(*place(s, "redis"))}, "does not answer"),
}


def _key(settings: Settings) -> str:
    return Address.parse(settings.broker_url).password or ""


@pytest.mark.parametrize("cause", WRONG)
def test_a_wrong_address_or_key_is_told_apart(settings: Settings, well: Report, cause: str) -> None:
    service, changes, title = WRONG[cause]
    assert title in sick(cause.strip(), service, replace(settings, **changes(settings)), well).title


def test_a_server_that_says_nothing(settings: Settings, well: Report) -> None:
    with mute_port() as port:
        found = examined(elsewhere(settings, "redis", HOST, port), "redis", "clocks", patience_s=2.5)
        check = compare("takes connections, says nothing", "redis", found, well, verdict=FAIL)
    assert "does not answer" in check.fact
    assert {one.name: one.verdict for one in found.checks}["clocks"] is Verdict.OK  # the others tell theirs


@pytest.mark.parametrize("service", ALL)
def test_certificates(settings: Settings, well: Report, tmp_path: Path, service: Name) -> None:
    for expired, told in ((False, "cannot be trusted"), (True, "has expired")):
        (folder := tmp_path / str(expired)).mkdir()
        with tls_front(place(settings, service), folder, postgres=service == "postgres", expired=expired) as (
            port,
            own,
        ):
            behind = _in_tls(elsewhere(settings, service, HOST, port), service)
            with pytest.MonkeyPatch.context() as patch:
                if expired:
                    patch.setenv("SSL_CERT_FILE", str(own))
                cause = "expired certificate" if expired else "issuer that nobody knows"
                assert told in sick(cause, service, behind, well).fact


def _in_tls(settings: Settings, service: Name) -> Settings:
    if service == "s3":
        return replace(settings, s3_secure=True)
    field, query = (
        ("database_url", {"sslmode": "verify-full"})
        if service == "postgres"
        else ("broker_url", {"ssl_cert_reqs": "required"})
    )
    address = Address.parse(getattr(settings, field))
    scheme = address.scheme if service == "postgres" else "rediss"
    return replace(settings, **{field: replace(address, scheme=scheme, query=query).url})  # type: ignore[arg-type]


@pytest.mark.parametrize("service", ["redis", "s3"])
def test_an_address_without_tls_where_tls_is_spoken(
    settings: Settings, well: Report, tmp_path: Path, service: Name
) -> None:
    with tls_front(place(settings, service), tmp_path) as (port, _):
        check = sick("plain where TLS is spoken", service, elsewhere(settings, service, HOST, port), well)
    assert "speaks TLS, and the address does not ask for it" in check.title


def test_ways_on_which_others_read_along(settings: Settings, well: Report) -> None:
    loose = replace(
        settings,
        broker_url="rediss://:p@redis.example.com:6379/0?ssl_cert_reqs=none",
        database_url="postgresql+psycopg2://ocr:p@db.example.com/ocr?sslmode=require",
        s3_endpoint="s3.example.com:9000",
    )
    found = examined(loose, "tls")
    for name, cause in (
        ("tls-celery-broker-url", "ssl_cert_reqs=none"),
        ("tls-database-url", "sslmode=require"),
        ("tls-minio-endpoint", "no TLS to another machine"),
    ):
        compare(cause, name, found, well, verdict=WARN)


def test_an_s3_server_that_takes_nothing(settings: Settings, well: Report) -> None:
    for code, told in (("AccessDenied", "refused our keys"), ("XMinioStorageFull", "no room left")):
        with refusing_front(place(settings, "s3"), code) as port:
            check = sick(f"a PUT is answered {code}", "s3-write", elsewhere(settings, "s3", HOST, port), well)
        assert told in check.fact


def test_a_bucket_without_the_files_of_the_jobs(settings: Settings, store: Store, well: Report) -> None:
    job, _ = queued(store)
    missing = examined(settings, "s3-holds")
    with Services(profile(settings), settings) as services:
        services.blobs.put_bytes(f"uploads/{job}/source.pdf", b"x")
    check = compare("another bucket", "s3-holds", missing, examined(settings, "s3-holds"), verdict=FAIL)
    assert check.fact == f"0 of 1 file is in {settings.s3_bucket}"


def test_redis_for_results(settings: Settings, well: Report) -> None:
    wrong = replace(settings, result_backend=with_password(settings.result_backend, "wrong-password"))
    check = sick("wrong password", "result-backend", wrong, well, WARN)
    assert check.remedy is not None
    assert "CELERY_RESULT_BACKEND" in check.remedy.text
