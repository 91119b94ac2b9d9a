"""Services with one thing wrong, and what the doctor says of them."""

from __future__ import annotations

from dataclasses import replace

from console.ops.doctor.examination import SERVICES, examine
from console.ops.doctor.verdicts import Check, Report, Verdict
from console.ops.health import Name
from console.ops.profiles import Profile
from console.ops.services import Services
from tests.services.connections import profile
from tests.services.doctor_table import compare
from worker.core.addresses import Address
from worker.core.settings import Settings

PIDBOX = "_kombu.binding.celery.pidbox"  # of workers that listen to commands


def examined(settings: Settings, *names: str, patience_s: float = 10.0, of: Profile | None = None) -> Report:
    """The report of these checks, or of all of services."""
    chosen = tuple(one for one in SERVICES if one.name in names or not names)
    assert len(chosen) >= len(names)
    with Services(of or profile(settings), settings) as services:
        return examine(services, looks=chosen, patience_s=patience_s)


def sick(cause: str, name: str, settings: Settings, well: Report, verdict: Verdict = Verdict.FAIL) -> Check:
    """What is said of services with this cause."""
    return compare(cause, name, examined(settings, name), well, verdict=verdict)


def place(settings: Settings, service: Name) -> tuple[str, int]:
    """Where it listens."""
    urls = {"postgres": settings.database_url, "redis": settings.broker_url, "s3": f"http://{settings.s3_endpoint}"}
    address = Address.parse(urls[service])
    assert address.port
    return address.host, address.port


def with_password(url: str, password: str) -> str:
    """The same address with another password."""
    return replace(Address.parse(url), password=password).url


def in_database(url: str, name: str) -> str:
    """The same server, another database of it."""
    return replace(Address.parse(url), path=name).url
