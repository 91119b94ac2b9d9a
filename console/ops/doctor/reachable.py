"""Whether each service answers, knows us, and takes what it is for."""

from __future__ import annotations

import socket
import ssl
import time
from typing import TYPE_CHECKING

from console.ops.doctor.patient import Look, Patient, look
from console.ops.doctor.verdicts import Remedy, Seen, failed, good, warned
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from console.ops.health import TITLES, Health
from worker.core.errors import AccessRefused, OcrConsoleError
from worker.core.said import said

if TYPE_CHECKING:
    from console.ops.health import Name
    from console.ops.services import Services
    from worker.core.broker_checkup import BrokerState
    from worker.core.database_checkup import DatabaseState
    from worker.core.settings import Settings

VARIABLES: dict[Name, str] = {"redis": "CELERY_BROKER_URL", "postgres": "DATABASE_URL", "s3": "MINIO_ENDPOINT"}
_WITHOUT: dict[Name, str] = {
    "redis": "Without it no new work reaches a worker. What workers have goes on, and nothing is lost.",
    "postgres": "Without it nothing is begun and nothing is finished: the rows are all that is known of the work.",
    "s3": "Without it no file comes in and no result is kept.",
}
_TLS_WANTED: dict[Name, str] = {
    "redis": "Write rediss:// in CELERY_BROKER_URL.",
    "postgres": "Add ?sslmode=require to DATABASE_URL.",
    "s3": "Set MINIO_SECURE to true.",
}
_BROKEN_OFF = ("broke the connection off", "wants TLS", "did not answer in time")  # as by a server that waits for TLS
_HANDSHAKE_S = 1.0
STACK_UP = "ocr-console stack up"


def broker_state(services: Services) -> BrokerState:
    """For every check that asks for it."""
    return services.broker.checkup.state()


def database_state(services: Services) -> DatabaseState:
    """For every check that asks for it."""
    from worker.core.database_checkup import database_state as state

    return state(services.engine)


@look("redis", "Redis", quick=True)
def redis(patient: Patient) -> Seen:
    """It takes a change."""
    lamp = patient.lamp("redis")
    if not lamp.ok:
        return _dark(patient, lamp)
    try:
        state = patient.known(broker_state)
    except (OcrConsoleError, TimeoutError):  # it says nothing of itself; the checks that need it say so
        return good("Redis answers", said("{ms} ms", ms=_ms(lamp)))
    fact = said("{version}, {ms} ms, database {n}", version=state.version, ms=_ms(lamp), n=state.database)
    return good("Redis answers", fact)


@look("postgres", "PostgreSQL", quick=True)
def postgres(patient: Patient) -> Seen:
    """It answers a question."""
    lamp = patient.lamp("postgres")
    if not lamp.ok:
        return _dark(patient, lamp)
    state = patient.known(database_state)
    return good("PostgreSQL answers", said("{version}, {ms} ms", version=state.version, ms=_ms(lamp)))


@look("s3", "The S3 server", quick=True)
def s3(patient: Patient) -> Seen:
    """It knows us and our bucket."""
    lamp = patient.lamp("s3")
    if not lamp.ok:
        return _dark(patient, lamp)
    bucket = patient.settings.s3_bucket
    return good("The S3 server answers", said("{ms} ms, bucket {bucket}", ms=_ms(lamp), bucket=bucket))


def _try_out(services: Services) -> float:
    began = time.perf_counter()
    services.blobs.try_out()
    return time.perf_counter() - began


@look("s3-write", "Whether S3 takes a file", needs=("s3",))
def s3_write(patient: Patient) -> Seen:
    """It takes a file of one byte, under the same name each time, and gives it back."""
    try:
        took_s = patient.known(_try_out)
    except OcrConsoleError as problem:
        title, cause = (
            "The S3 server takes no files",
            "Nothing can be uploaded, and workers cannot keep what they read.",
        )
        return failed(title, problem.sentence, cause, Remedy(problem.advice, button=_edit("MINIO_ACCESS_KEY")))
    fact = said("{ms} ms, bucket {bucket}, read and write", ms=1000 * took_s, bucket=patient.settings.s3_bucket)
    return good("S3 takes and returns a file", fact)


def _results(services: Services) -> float:
    from worker.core.result_backend import ask

    return ask(services.settings)


@look("result-backend", "Redis for results")
def result_backend(patient: Patient) -> Seen | None:
    """Where Celery keeps the results of other programs' tasks; ours leave none."""
    try:
        took_s = patient.known(_results)
    except OcrConsoleError as problem:
        return warned(
            "Redis for results does not answer",
            problem.sentence,
            "Jobs are read all the same: their results are in PostgreSQL and S3. Other programs' tasks keep none.",
            Remedy(problem.advice, button=_edit("CELERY_RESULT_BACKEND")),
        )
    return good("Redis for results answers", said("{ms} ms", ms=1000 * took_s))


def _dark(patient: Patient, lamp: Health) -> Seen:
    service = said(TITLES[lamp.service])
    without = said(_WITHOUT[lamp.service])
    if lamp.state == "starting":
        return warned(said("{service} is starting", service=service), lamp.sentence, without, Remedy(lamp.advice))
    if patient.profile.embedded:
        return failed(_title(lamp), lamp.sentence, without, Remedy("Start the embedded servers.", copy=STACK_UP))
    button = _edit(VARIABLES[lamp.service])
    if _waits_for_tls(patient, lamp):
        title = said("{service} speaks TLS, and the address does not ask for it", service=service)
        return failed(title, lamp.sentence, without, Remedy(_TLS_WANTED[lamp.service], button=button))
    return failed(_title(lamp), lamp.sentence, without, Remedy(lamp.advice, button=button))


def _title(lamp: Health) -> str:
    service = said(TITLES[lamp.service])
    if isinstance(lamp.error, AccessRefused):
        return said("{service} refuses us", service=service)
    for mark, title in _TITLES:
        if mark in lamp.sentence:
            return said(title, service=service)
    return said("{service} does not answer", service=service)


_TITLES = (
    ("no such database", "{service} has no such database"),
    ("cannot be found", "{service} cannot be found"),
    ("nothing listens there", "{service} cannot be reached"),
    ("certificate", "The certificate of {service} cannot be trusted"),
    ("does not speak TLS", "{service} does not speak TLS, and the address asks for it"),
    ("is missing on", "The bucket is missing"),
    ("clocks of this machine", "The clocks of {service} and of this machine differ too much"),
    ("is full", "{service} is full"),
    ("takes no changes", "{service} takes no changes"),
    ("no connection left", "{service} has no connection left"),
)


def _waits_for_tls(patient: Patient, lamp: Health) -> bool:
    """Whether it would speak TLS if it were spoken to so; PostgreSQL's clients find that out by themselves."""
    if lamp.service == "postgres" or not any(mark in lamp.sentence for mark in _BROKEN_OFF):
        return False
    place = _plain_place(lamp.service, patient.settings)
    if place is None:
        return False
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # who it is does not matter here
    try:
        with socket.create_connection(place, _HANDSHAKE_S) as plain, context.wrap_socket(plain):
            return True
    except OSError:
        return False


def _plain_place(service: Name, settings: Settings) -> tuple[str, int] | None:
    """Where it is; None where it is spoken to in TLS already."""
    from worker.core.addresses import Address

    scheme = "https" if settings.s3_secure else "http"
    address = Address.parse(settings.broker_url if service == "redis" else f"{scheme}://{settings.s3_endpoint}")
    if address.scheme in {"rediss", "https"}:
        return None
    return address.host.strip("[]"), address.port or 80


def _edit(variable: str) -> Button:
    return Button(Way.EDIT_PROFILE, variable)


def _ms(lamp: Health) -> float:
    return 1000 * (lamp.latency_s or 0.0)


REACHABLE: tuple[Look, ...] = (redis, result_backend, postgres, s3, s3_write)
