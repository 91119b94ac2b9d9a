"""Whether each service answers, and knows us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.ops.doctor.lines import ocr_console
from console.ops.doctor.other_way import WAIT_S, postgres_certificate_fault, speaks_the_other_way
from console.ops.doctor.patient import Look, Patient, look
from console.ops.doctor.verdicts import Remedy, Seen, failed, good, warned
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from console.ops.health import Health
from worker.core.errors import AccessRefused, OcrConsoleError
from worker.core.said import Said, said
from worker.core.settings import VARIABLES

if TYPE_CHECKING:
    from console.ops.health import Name
    from console.ops.services import Services
    from worker.core.broker_checkup import BrokerState
    from worker.core.database_checkup import DatabaseState
    from worker.core.settings import Settings

NAMES: dict[Name, str] = {"redis": "Redis", "postgres": "PostgreSQL", "s3": "S3"}  # within a sentence
_WITHOUT: dict[Name, str] = {
    "redis": "Without it no new work reaches a worker. What workers have goes on, and nothing is lost.",
    "postgres": "Without it nothing is begun and nothing is finished: the rows are all that is known of the work.",
    "s3": "Without it no file comes in and no result is kept.",
}
_TLS_WANTED: dict[Name, str] = {
    "redis": "Write rediss:// instead of redis:// in CELERY_BROKER_URL.",
    "s3": "Set MINIO_SECURE to true.",
}
_TLS_UNWANTED: dict[Name, str] = {
    "redis": "Have Redis speak TLS, or write redis:// in CELERY_BROKER_URL.",
    "s3": "Have the S3 server speak TLS, or set MINIO_SECURE to false.",
}
_ODD = ("broke the connection off", "wants TLS", "not answer", "TLS connection to")  # as where TLS is misunderstood
SOON_S = 1.5  # a service that is well has answered by then


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
    if not (lamp := patient.lamp("redis", within_s=SOON_S)).ok:
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
    if not (lamp := patient.lamp("postgres")).ok:
        return _dark(patient, lamp)
    state = patient.known(database_state)
    return good("PostgreSQL answers", said("{version}, {ms} ms", version=state.version, ms=_ms(lamp)))


@look("s3", "S3", quick=True)
def s3(patient: Patient) -> Seen:
    """It knows us and our bucket."""
    if not (lamp := patient.lamp("s3", within_s=SOON_S)).ok:
        return _dark(patient, lamp)
    bucket = patient.settings.s3_bucket
    return good("S3 answers", said("{ms} ms, bucket {bucket}", ms=_ms(lamp), bucket=bucket))


def _results(services: Services) -> float:
    from worker.core.redis_answer import answer_of

    return answer_of(services.settings.result_backend, "CELERY_RESULT_BACKEND")


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
            mended(problem.advice),
        )
    return good("Redis for results answers", said("{ms} ms", ms=1000 * took_s))


def _dark(patient: Patient, early: Health) -> Seen:
    service, without = said(NAMES[early.service]), said(_WITHOUT[early.service])
    odd = any(mark in early.sentence for mark in _ODD) and patient.left_s > 2 * WAIT_S
    if odd and speaks_the_other_way(early.service, patient.settings):
        title, text = _tls_words(early.service, patient.settings)
        return failed(said(title, service=service), early.sentence, without, mended(text))
    lamp = patient.lamp(early.service)
    if lamp.ok:
        return good(said("{service} answers", service=service), said("{ms} ms", ms=_ms(lamp)))
    if lamp.state == "starting":
        return warned(said("{service} is starting", service=service), lamp.sentence, without, Remedy(lamp.advice))
    if patient.profile.embedded:
        line = ocr_console(patient.profile, "stack", "up")
        return failed(_title(lamp), lamp.sentence, without, Remedy("Start the embedded servers.", copy=line))
    fact = _untrusted(patient, lamp) or lamp.sentence
    return failed(_title(lamp), fact, without, mended(lamp.advice))


def _untrusted(patient: Patient, lamp: Health) -> Said | None:
    """Why the certificate of PostgreSQL cannot be trusted: its own library does not tell."""
    if lamp.service != "postgres" or "cannot be trusted" not in lamp.sentence or patient.left_s < 2 * WAIT_S:
        return None
    from worker.core.database import where

    url = patient.services.engine.url
    why = postgres_certificate_fault(url.host or "", url.port or 5432, str(url.query.get("sslrootcert", "")))
    return said(why, who=where(url)) if why else None


def _tls_words(service: Name, settings: Settings) -> tuple[str, str]:
    """Headline and advice where one side speaks TLS and the other does not."""
    asked = settings.s3_secure if service == "s3" else settings.broker_url.startswith("rediss:")
    if asked:
        return "{service} does not speak TLS, and the address asks for it", _TLS_UNWANTED[service]
    return "{service} speaks TLS, and the address does not ask for it", _TLS_WANTED[service]


def _title(lamp: Health) -> str:
    service = said(NAMES[lamp.service])
    for mark, title in _TITLES:
        if mark in lamp.sentence:
            return said(title, service=service)
    refused = isinstance(lamp.error, AccessRefused)
    return said("{service} refuses us" if refused else "{service} does not answer", service=service)


_TITLES = (
    ("no such database", "{service} has no such database"),
    ('refused us: database "', "{service} has no such database"),
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


def mended(advice: str) -> Remedy:
    """The advice, with the way to the variable of the profile that it names, if it names one."""
    named = next((variable.name for variable in VARIABLES if variable.name in advice), None)
    return Remedy(advice, button=_edit(named) if named else None)


def _edit(variable: str) -> Button:
    return Button(Way.EDIT_PROFILE, variable)


def _ms(lamp: Health) -> float:
    return 1000 * (lamp.latency_s or 0.0)


REACHABLE: tuple[Look, ...] = (redis, result_backend, postgres, s3)
