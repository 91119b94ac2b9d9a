"""A broker that is away, hangs or refuses us, and one behind TLS."""

import time
from dataclasses import replace

import pytest

from tests.services.dead_ends import NO_HOST, black_hole, closed_port, mute_port, tls_front
from tests.services.doorbells import QUEUES, bell, consumer, taken
from worker.core.broker import Broker
from worker.core.errors import AccessRefused, NetworkError, ServiceError
from worker.core.raw_messages import TASK_HEADER
from worker.core.settings import Settings


def refusal(settings: Settings, url: str) -> ServiceError:
    """The error of a check; a doorbell and a look raise the same kind within seconds."""
    broker = Broker(replace(settings, broker_url=url))
    with pytest.raises(ServiceError) as problem:
        broker.check()
    for act in (lambda: broker.ring(bell()), lambda: broker.depths(QUEUES), lambda: broker.waiting(QUEUES)):
        began = time.monotonic()
        with pytest.raises(type(problem.value)):
            act()
        assert time.monotonic() - began < 6
    broker.close()
    error: ServiceError = problem.value
    assert "geheim" not in error.sentence + error.advice
    assert error.advice
    return error


def place(settings: Settings) -> str:
    return settings.broker_url.rpartition("@")[2].partition("/")[0]


@pytest.mark.parametrize("who", [":geheim@", "somebody:geheim@", ""])
def test_wrong_credentials(settings, who):
    error = refusal(settings, f"redis://{who}{place(settings)}/0")
    assert isinstance(error, AccessRefused)
    assert error.sentence.startswith(f"Redis at {place(settings)}/0 ")
    assert not error.retryable


def test_a_database_that_is_not_there(settings):
    error = refusal(settings, settings.broker_url.rpartition("/")[0] + "/99")
    assert error.sentence == f"Redis at {place(settings)}/99 has no such database."


def test_nothing_listens(settings):
    port = closed_port()
    error = refusal(settings, f"redis://:geheim@127.0.0.1:{port}/0")
    assert isinstance(error, NetworkError)
    assert error.sentence == f"Redis at 127.0.0.1:{port}/0 cannot be reached: nothing listens there."
    assert refusal(settings, f"redis://:geheim@{NO_HOST}/0").sentence.endswith("cannot be found: no such host.")


def test_a_black_hole(settings):
    with black_hole() as port:
        broker = Broker(replace(settings, broker_url=f"redis://127.0.0.1:{port}/0"))
        with pytest.raises(NetworkError, match="cannot be reached: no answer in 3 s"):
            broker.ring(bell())
        broker.close()


def test_a_server_that_says_nothing(settings):
    with mute_port() as port:
        broker = Broker(replace(settings, broker_url=f"redis://127.0.0.1:{port}/0"))
        with pytest.raises(NetworkError, match="did not answer in time"):
            broker.ring(bell())
        broker.close()


def test_another_program_answers(settings):
    assert "not Redis" in refusal(settings, f"redis://{settings.s3_endpoint}/0").sentence


@pytest.fixture
def behind_tls(own, tmp_path):
    host, _, port = place(own).partition(":")
    with tls_front((host, int(port)), tmp_path) as (front, authority):
        password = own.broker_url.partition("@")[0].partition("//")[2]
        yield f"rediss://{password}@{host}:{front}/7", authority


def spelled(settings: Settings, url: str) -> Settings:
    values = settings.as_environment() | {"CELERY_BROKER_URL": url, "CELERY_RESULT_BACKEND": url}
    return Settings.from_mapping(values, "a test")


@pytest.mark.filterwarnings("ignore:Call to deprecated setex:DeprecationWarning")  # Celery's own call
@pytest.mark.parametrize(
    "spelling", ["none", "CERT_NONE", "required", "CERT_REQUIRED", "optional", "CERT_OPTIONAL", ""]
)
def test_every_spelling_of_tls_works_everywhere(own, behind_tls, spelling):
    url, authority = behind_tls
    query = f"ssl_ca_certs={authority}" + (f"&ssl_cert_reqs={spelling}" if spelling else "")
    tls = spelled(own, f"{url}?{query}")
    broker, rung = Broker(tls), bell()
    broker.check()
    broker.ring(rung)
    with consumer(tls) as app:
        assert taken(app).headers[TASK_HEADER] == str(rung.task_id)
        app.backend.store_result("some-task", {"done": 1}, "SUCCESS")
        assert app.backend.get_result("some-task") == {"done": 1}
    broker.close()


@pytest.mark.parametrize("spelling", ["", "?ssl_cert_reqs=required"])
def test_a_certificate_that_nobody_vouches_for(own, behind_tls, spelling):
    error = refusal(own, spelled(own, behind_tls[0] + spelling).broker_url)
    assert "certificate that cannot be trusted" in error.sentence


def test_no_certificate_is_looked_at_where_none_was_asked_for(own, behind_tls):
    tls = spelled(own, behind_tls[0] + "?ssl_cert_reqs=none")
    assert tls.warnings
    Broker(tls).ring(bell())
