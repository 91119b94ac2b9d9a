"""The services that a profile's values name, tried out: reached or not, how fast, and what exactly is wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from console.ops.doctor.verdicts import Verdict
from console.ops.health import PATIENCE_S, Health, Name, Question, examined
from console.ops.profile_checks import FieldCheck, check, understood
from worker.core.addresses import Address
from worker.core.said import Said, said
from worker.core.settings import VARIABLES, Settings

_S3 = ("MINIO_ENDPOINT", "MINIO_ACCESS_KEY", "MINIO_SECRET_KEY", "MINIO_OCR_BUCKET", "MINIO_SECURE")
_TRIED = ("DATABASE_URL", "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND", *_S3)
_SERVICES: tuple[tuple[Name, *tuple[str, ...]], ...] = (
    ("postgres", "DATABASE_URL"),
    ("redis", "CELERY_BROKER_URL"),
    ("redis", "CELERY_RESULT_BACKEND"),
    ("s3", *_S3),
)
_TO_BLAME = {  # of S3's refusals, by its own word for them: which variable is wrong
    "InvalidAccessKeyId": "MINIO_ACCESS_KEY",
    "SignatureDoesNotMatch": "MINIO_SECRET_KEY",
    "AccessDenied": "MINIO_OCR_BUCKET",
    "AllAccessDisabled": "MINIO_OCR_BUCKET",
    "AccountProblem": "MINIO_ACCESS_KEY",
}
_MADE = "It is made when the profile is opened, if its keys allow that. Or correct MINIO_OCR_BUCKET."


@dataclass(frozen=True, slots=True)
class Tried:
    """What trying said of one variable."""

    variable: str  # ours: DATABASE_URL, CELERY_BROKER_URL, CELERY_RESULT_BACKEND, MINIO_ENDPOINT, MINIO_ACCESS_KEY …
    verdict: Verdict  # UNKNOWN: another variable is wrong, so this one could not be tried
    sentence: str  # never a secret
    advice: str = ""
    latency_s: float | None = None  # of a service that answered


def trial(values: Mapping[str, str], *, patience_s: float = PATIENCE_S) -> tuple[Tried, ...]:
    """Try all services at once; changes nothing in any. Blocks, and no longer than the patience.

    Args:
        values: All of a profile, with what lies in the keyring. What is wrong or missing in them is said, not tried.
        patience_s: For the answers of all.
    """
    ours = [variable for variable in VARIABLES if variable.name in _TRIED]
    given = {name: values[name] for one in ours for name in (one.name, *one.aliases) if name in values}
    fields = {field.variable: field for field in check(given, {})}
    by_name = {one.name: fields[found[0] if (found := one.given(given)) else one.name] for one in ours}
    settings = understood(given, list(fields.values()))
    assert isinstance(settings, Settings), "nothing of these contradicts another"
    services = [_Service(name, variables, settings) for name, *variables in _SERVICES]
    sound = [one for one in services if not any(by_name[name].verdict is Verdict.FAIL for name in one.variables)]
    until = time.monotonic() + patience_s
    for service in sound:
        service.question.begin()
    return tuple(
        tried
        for service in services
        for tried in (service.told(until) if service in sound else _unfit(service.variables, by_name))
    )


@dataclass(slots=True)
class _Service:
    """One of them, and the question whether it answers."""

    name: Name
    variables: list[str]
    settings: Settings
    question: Question[float] = field(init=False)

    def __post_init__(self) -> None:
        ask = {"postgres": self._ask_postgres, "redis": self._ask_redis, "s3": self._ask_s3}[self.name]
        self.question = Question(ask, f"try-{self.name}")

    def told(self, until: float) -> Iterator[Tried]:
        """What trying said of each of its variables."""
        health = examined(self.name, self._place, self.question, until)
        return _of_s3(health) if self.name == "s3" else _of_address(self.variables[0], health)

    @property
    def _url(self) -> str:
        broker = self.variables[0] == "CELERY_BROKER_URL"
        return self.settings.broker_url if broker else self.settings.result_backend

    @property
    def _place(self) -> str:
        if self.name == "s3":
            return self.settings.s3_endpoint
        return Address.parse(self.settings.database_url if self.name == "postgres" else self._url).place

    def _ask_postgres(self) -> float:
        from sqlalchemy import text

        from worker.core.database import open_engine, single
        from worker.core.schema import is_current

        engine = open_engine(self.settings, application="ocr-console", pool_size=1)
        try:
            with single(engine) as connection:
                began = time.perf_counter()
                connection.execute(text("select 1"))
                took_s = time.perf_counter() - began
            is_current(engine)  # what is behind is brought up to date when it is opened; what is ahead cannot be used
        finally:
            engine.dispose()
        return took_s

    def _ask_redis(self) -> float:
        from worker.core.redis_answer import answer_of

        return answer_of(self._url, self.variables[0])

    def _ask_s3(self) -> float:
        from worker.core.blobs import Blobs

        blobs = Blobs(self.settings)
        try:
            return blobs.check()
        finally:
            blobs.close()


def _of_address(variable: str, health: Health) -> Iterator[Tried]:
    yield _reached(variable, health) if health.ok else _failed(variable, health)


def _of_s3(health: Health) -> Iterator[Tried]:
    """Which of its variables is to blame: a server that refuses keys was reached, and a bucket comes after the keys."""
    endpoint, *keys, bucket, _ = _S3
    to_blame, missing = _blamed(health), _is_no_bucket(health)
    if not health.ok and to_blame is None and not missing:
        yield _failed(endpoint, health)
        yield from (_untried(name, endpoint) for name in (*keys, bucket))
        return
    yield _reached(endpoint, health)
    wrong = ""
    for name in (*keys, bucket):
        if wrong:
            yield _untried(name, wrong)
        elif name == to_blame:
            wrong = name
            yield _failed(name, health)
        elif name == bucket:
            yield _bucket(name, health, missing=missing)
        else:
            yield Tried(name, Verdict.OK, "The server takes it.")


def _bucket(name: str, health: Health, *, missing: bool) -> Tried:
    if missing:
        return Tried(name, Verdict.WARN, health.sentence, _MADE)
    return Tried(name, Verdict.OK, "It is there.")


def _blamed(health: Health) -> str | None:
    code = getattr(health.error.__cause__, "code", None) if health.error else None
    return _TO_BLAME.get(str(code))


def _is_no_bucket(health: Health) -> bool:
    from worker.core.blob_errors import NO_BUCKET

    return isinstance(health.sentence, Said) and health.sentence.template == NO_BUCKET


def _reached(variable: str, health: Health) -> Tried:
    if health.latency_s is None:
        return Tried(variable, Verdict.OK, "Reached.")
    return Tried(
        variable, Verdict.OK, said("Reached in {ms} ms.", ms=1000 * health.latency_s), latency_s=health.latency_s
    )


def _failed(variable: str, health: Health) -> Tried:
    return Tried(variable, Verdict.FAIL, health.sentence, health.advice)


def _untried(variable: str, because: str) -> Tried:
    return Tried(variable, Verdict.UNKNOWN, said("Not tried: {variable} comes first.", variable=because))


def _unfit(variables: list[str], fields: Mapping[str, FieldCheck]) -> Iterator[Tried]:
    """Those of a service that cannot be tried: what is wrong with which, and that the others were not tried."""
    wrong = next(name for name in variables if fields[name].verdict is Verdict.FAIL)
    for name in variables:
        field = fields[name]
        if field.verdict is Verdict.FAIL:
            yield Tried(name, Verdict.FAIL, field.sentence)
        elif name != "MINIO_SECURE":
            yield _untried(name, wrong)
