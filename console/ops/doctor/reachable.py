"""Whether each service answers, and takes what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.ops.doctor.patient import Look, Patient, look
from console.ops.doctor.verdicts import Remedy, Seen, failed, good
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from console.ops.health import TITLES, Health
from worker.core.said import said

if TYPE_CHECKING:
    from console.ops.health import Name

_VARIABLES: dict[Name, str] = {"redis": "CELERY_BROKER_URL", "postgres": "DATABASE_URL", "s3": "MINIO_ENDPOINT"}


@look("postgres", "PostgreSQL", quick=True)
def postgres(patient: Patient) -> Seen:
    """It answers a question."""
    return _of(patient.lamp("postgres"))


@look("redis", "Redis", quick=True)
def redis(patient: Patient) -> Seen:
    """It takes a change."""
    return _of(patient.lamp("redis"))


@look("s3", "The S3 server", quick=True)
def s3(patient: Patient) -> Seen:
    """It knows us and our bucket."""
    return _of(patient.lamp("s3"))


def _of(lamp: Health) -> Seen:
    service = said(TITLES[lamp.service])
    if lamp.ok:
        return good(said("{service} answers", service=service), said("{ms} ms", ms=1000 * (lamp.latency_s or 0.0)))
    button = Button(Way.EDIT_PROFILE, _VARIABLES[lamp.service])
    remedy = Remedy(lamp.advice, button=button) if lamp.advice else None
    return failed(said("{service} does not answer", service=service), lamp.sentence, "", remedy)


REACHABLE: tuple[Look, ...] = (redis, postgres, s3)
