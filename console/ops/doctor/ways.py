"""Whether others can read along on the way to a service, or on this machine."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from console.ops.doctor.patient import Look, Patient, look
from console.ops.doctor.verdicts import Remedy, Seen, good, warned
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from worker.core.addresses import Address
from worker.core.said import said
from worker.core.settings import Settings
from worker.core.transport import UNCHECKED, weakness

_SERVICES = {
    "CELERY_BROKER_URL": "Redis",
    "CELERY_RESULT_BACKEND": "Redis for results",
    "DATABASE_URL": "PostgreSQL",
    "MINIO_ENDPOINT": "The S3 server",
}
_CHECK = {
    "CELERY_BROKER_URL": "Write ssl_cert_reqs=required, and the certificate of your own authority: ssl_ca_certs=FILE.",
    "CELERY_RESULT_BACKEND": "Write ssl_cert_reqs=required, as for the broker.",
    "DATABASE_URL": "Write sslmode=verify-full, and the certificate of your own authority: sslrootcert=FILE.",
}
_ENCRYPT = {
    "CELERY_BROKER_URL": "Have Redis speak TLS and write rediss:// there.",
    "CELERY_RESULT_BACKEND": "Have Redis speak TLS and write rediss:// there.",
    "DATABASE_URL": "Have PostgreSQL speak TLS and add ?sslmode=verify-full there.",
    "MINIO_ENDPOINT": "Have the S3 server speak TLS and set MINIO_SECURE to true.",
}


@look("tls", "TLS on the ways to the services")
def tls(patient: Patient) -> tuple[Seen, ...]:
    """One for each way that is not safe; one for all if all are."""
    weak = tuple(_weak(patient.settings))
    if weak:
        return weak
    ways = _ways(patient.settings).values()
    ciphered = sum(map(_is_ciphered, ways))
    some, every = "{n} of {all} use TLS; the rest stays on this machine or in its network", "all use TLS"
    fact = said(every) if ciphered == len(ways) else said(some, n=ciphered, all=len(ways))
    return (good("Nobody reads along on the way to a service", fact),)


def _ways(settings: Settings) -> dict[str, str]:
    return {
        "CELERY_BROKER_URL": settings.broker_url,
        "CELERY_RESULT_BACKEND": settings.result_backend,
        "DATABASE_URL": settings.database_url,
        "MINIO_ENDPOINT": f"{'https' if settings.s3_secure else 'http'}://{settings.s3_endpoint}",
    }


def _weak(settings: Settings) -> Iterator[Seen]:
    for variable, url in _ways(settings).items():
        weak = weakness(variable, url)
        if weak is None:
            continue
        service, button = said(_SERVICES[variable]), Button(Way.EDIT_PROFILE, variable)
        unchecked = weak.template == UNCHECKED
        title = "The TLS certificate of {service} is not checked" if unchecked else "{service} is reached without TLS"
        text = (_CHECK if unchecked else _ENCRYPT)[variable]
        remedy = Remedy(text, button=button)
        yield warned(said(title, service=service), _asked(url), weak, remedy, about=_about(variable))


def _asked(url: str) -> str:
    """What the address says of it."""
    address = Address.parse(url)
    given = {name: address.query[name] for name in ("ssl_cert_reqs", "sslmode") if name in address.query}
    return ", ".join(f"{name}={value}" for name, value in given.items()) or f"{address.scheme}://{address.host}"


def _about(variable: str) -> str:
    return variable.lower().replace("_", "-")


def _is_ciphered(url: str) -> bool:
    address = Address.parse(url)
    return address.scheme in {"rediss", "https"} or address.query.get("sslmode", "") not in {
        "",
        "allow",
        "prefer",
        "disable",
    }


@look("profile-file", "Who can read the profile")
def profile_file(patient: Patient) -> Seen | None:
    """Passwords are in it."""
    path = patient.profile.path
    if path is None:
        return None
    from console.ops.profiles import open_to_others

    if not open_to_others(path):
        return good("The passwords in the profile are yours alone", path.name)
    remedy = Remedy("Take the right to read it from everybody else.", copy=shlex.join(("chmod", "600", str(path))))
    cause = "Whoever has an account on this machine can read the passwords in it."
    return warned("Others can read the profile", str(path), cause, remedy)


WAYS: tuple[Look, ...] = (tls, profile_file)
