"""All three services behind TLS: with the right authority everything works, with another nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.dead_ends import HOST, tls_front
from tests.services.worker_process import Desk, celery_worker
from tests.unit.documents import picture
from worker.core.addresses import Address
from worker.core.blobs import Blobs
from worker.core.broker import Broker
from worker.core.database import open_engine, transaction
from worker.core.errors import AccessRefused, ServiceError
from worker.core.jobs import State
from worker.core.settings import Settings
from worker.core.store import Store


@pytest.fixture
def fronts(settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """The same servers behind TLS; `authority.pem` is the authority that vouches for them."""
    urls = (settings.database_url, settings.broker_url, settings.result_backend, f"http://{settings.s3_endpoint}")
    database, broker, result, s3 = map(Address.parse, urls)
    with ExitStack() as stack:

        def behind(address: Address, *, postgres: bool = False) -> int:
            target = (address.host, address.port or 0)
            return stack.enter_context(tls_front(target, tmp_path, postgres=postgres))[0]

        port = behind(broker)
        verified = {"sslmode": "verify-full"}
        values = settings.as_environment() | {
            "DATABASE_URL": replace(database, port=behind(database, postgres=True), query=verified).url,
            "CELERY_BROKER_URL": replace(broker, scheme="rediss", port=port).url,
            "CELERY_RESULT_BACKEND": replace(result, scheme="rediss", port=port).url,
            "MINIO_ENDPOINT": f"https://{HOST}:{behind(s3)}",
        }
        yield Settings.from_mapping(values, "a test")


def refused(settings: Settings) -> list[str]:
    """What each service is said to have, and that none of them works."""
    said = []
    engine, broker, blobs = open_engine(settings, application="tests"), Broker(settings), Blobs(settings)
    for ask in (lambda: transaction(engine).__enter__(), broker.check, blobs.check):
        with pytest.raises(ServiceError) as problem:
            ask()
        said.append(f"{problem.value.sentence} {problem.value.advice}")
    engine.dispose()
    broker.close()
    blobs.close()
    return said


def test_with_the_right_authority_a_worker_reads_a_document(
    fronts: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clean: None
) -> None:
    loose = replace(fronts, result_backend=fronts.result_backend.replace("required", "none"))
    assert fronts.warnings == ()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))  # for this process and the worker's
    engine = open_engine(fronts, application="tests")
    store = Store(engine)
    desk = Desk(fronts, store)
    with celery_worker(loose, store, tmp_path, name="sealed@desk") as worker:
        job = desk.ended(desk.add(picture(tmp_path / "page.png")))
        assert (job.state, "quick brown" in desk.text(job)) == (State.DONE, True), worker.log
        assert loose.warnings[0] in worker.log
    engine.dispose()


def test_an_authority_that_nobody_knows_is_said_of_each(fronts: Settings) -> None:
    postgres, redis, s3 = refused(fronts)
    assert "certificate that cannot be trusted" in postgres
    assert "sslrootcert" in postgres
    assert "certificate that cannot be trusted" in redis
    assert "certificate" in s3
    assert "SSL_CERT_FILE" in s3


def test_the_certificate_of_another_host_is_said_of_each(
    fronts: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    values = {name: value.replace(HOST, "localhost") for name, value in fronts.as_environment().items()}
    postgres, redis, s3 = refused(Settings.from_mapping(values, "a test"))
    assert "certificate of another host" in postgres
    assert "certificate" in redis
    assert "certificate" in s3


def test_a_postgres_that_speaks_no_tls_is_said(settings: Settings) -> None:
    plain = replace(settings, database_url=settings.database_url + "?sslmode=require")
    engine = open_engine(plain, application="tests")
    with pytest.raises(AccessRefused, match="does not speak TLS"), transaction(engine):
        pass
    engine.dispose()
