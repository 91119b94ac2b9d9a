"""Settings from the environment or a profile: addresses, limits, timeouts; each declared once, with its bounds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any

from worker.core.addresses import (
    MASK,
    NotAnAddress,
    mask_url,
    passwords_in,
    postgres_url,
    redis_url,
    s3_endpoint,
)
from worker.core.errors import SettingsError
from worker.core.said import Said, lines, said
from worker.core.transport import weakness

__all__ = ["MASK", "VARIABLES", "Settings", "Variable", "mask_url"]

_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_EXAMPLE_REDIS = said("{one} or {other}", one="redis://redis:6379/0", other="rediss://user:password@host:6379/0")
_TRUE_OR_FALSE = said("true or false")


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: where its value goes, how it is read, and what to tell people who got it wrong."""

    field: str
    name: str
    meaning: str
    expected: str
    parse: Callable[[str], Any]
    aliases: tuple[str, ...] = ()
    secret: bool = False
    required: bool = False
    default: Any = None

    def given(self, values: Mapping[str, str]) -> tuple[str, str] | None:
        """The name that was used and its value; an empty value counts as none."""
        return next(((name, values[name]) for name in (self.name, *self.aliases) if values.get(name, "").strip()), None)

    def missing(self, source: str) -> Said:
        """What to say where it has to be and is not."""
        name: str = self.name
        for alias in self.aliases:
            name = said("{one} or {other}", one=name, other=alias)
        template = "{name} is missing in {source}; expected: {expected}."
        return said(template, name=name, source=source, expected=self.expected)

    def show(self, value: str) -> str:
        """A value as people may see it."""
        return MASK if self.secret else mask_url(value)


def _variable(
    name: str,
    meaning: str,
    expected: str,
    parse: Callable[[str], Any],
    *aliases: str,
    secret: bool = False,
    default: object = MISSING,
) -> Any:  # noqa: ANN401 - a dataclass field stands for a value of any type
    about = {"name": name, "meaning": meaning, "expected": expected, "parse": parse, "aliases": aliases}
    return field(default=default, metadata={**about, "secret": secret})


def _limit(name: str, default: float, meaning: str, unit: str, low: float, high: float) -> Any:  # noqa: ANN401
    def parse(text: str) -> float:
        value = type(default)(text)
        if not low <= value <= high:
            raise ValueError
        return value

    whole, some = "a whole number of {unit} from {low} to {high}", "a number of {unit} from {low} to {high}"
    expected = said(whole if isinstance(default, int) else some, unit=said(unit), low=low, high=high)
    return _variable(name, meaning, expected, parse, default=default)


def _choice(name: str, default: str, meaning: str, *words: str) -> Any:  # noqa: ANN401
    def parse(text: str) -> str:
        return next(word for word in words if word.lower() == text.strip().lower())

    return _variable(name, meaning, said("one of {words}", words=", ".join(words)), parse, default=default)


def _yes_or_no(text: str) -> bool:
    return _WORDS[text.strip().lower()]


def _fits(pattern: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not re.fullmatch(pattern, text.strip()):
            raise ValueError
        return text.strip()

    return parse


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """Everything that a worker and a console must agree on. Its repr shows no secret."""

    database_url: str = _variable(
        "DATABASE_URL", "jobs, pages, task log", "postgresql://user:password@host:5432/database", postgres_url
    )
    broker_url: str = _variable("CELERY_BROKER_URL", "the queue", _EXAMPLE_REDIS, redis_url, "REDIS_URL")
    result_backend: str = _variable(
        "CELERY_RESULT_BACKEND", "task results, kept 7 days", _EXAMPLE_REDIS, redis_url, "REDIS_URL"
    )
    s3_endpoint: str = _variable(
        "MINIO_ENDPOINT", "object storage", said("host:port, or http(s)://host:port"), s3_endpoint, "S3_ENDPOINT"
    )
    s3_access_key: str = _variable(
        "MINIO_ACCESS_KEY", "its user", said("the access key"), str.strip, "S3_ACCESS_KEY", secret=True
    )
    s3_secret_key: str = _variable(
        "MINIO_SECRET_KEY", "its password", said("the secret key"), str.strip, "S3_SECRET_KEY", secret=True
    )
    s3_bucket: str = _variable(
        "MINIO_OCR_BUCKET",
        "the bucket; made if missing",
        said("3 to 63 lower-case letters, digits, dots and hyphens"),
        _fits(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
        "S3_BUCKET",
    )
    s3_secure: bool = _variable(
        "MINIO_SECURE", "TLS to object storage", _TRUE_OR_FALSE, _yes_or_no, "S3_SECURE", default=False
    )
    log_level: str = _choice("LOG_LEVEL", "INFO", "how much is logged", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    log_format: str = _choice("LOG_FORMAT", "text", "how it is logged", "text", "json")
    production: bool = _variable(
        "OCR_CONSOLE_PRODUCTION", "changes must be confirmed", _TRUE_OR_FALSE, _yes_or_no, default=False
    )
    colour: str | None = _variable(
        "OCR_CONSOLE_COLOUR",
        "the badge's colour",
        said("#RRGGBB or a word such as red"),
        _fits("#[0-9A-Fa-f]{6}|[A-Za-z]{3,20}"),
        default=None,
    )

    key_prefix: str = _variable(
        "OCR_KEY_PREFIX", "in front of every Redis key", said("text without spaces"), _fits(r"\S+"), default=""
    )
    lease_s: float = _limit(
        "OCR_LEASE", 10.0, "a task is taken back this long after its worker fell silent", "seconds", 1, 3600
    )
    renew_s: float = _limit("OCR_RENEW", 3.0, "a worker renews its leases this often", "seconds", 0.2, 1200)
    time_limit_s: int = _limit("OCR_TIME_LIMIT", 600, "a task is killed after", "seconds", 2, 86_400)
    soft_time_limit_s: int = _limit("OCR_SOFT_TIME_LIMIT", 540, "a task is told to end after", "seconds", 1, 86_400)
    page_timeout_s: int = _limit("OCR_PAGE_TIMEOUT", 180, "one page may take", "seconds", 1, 86_400)
    visibility_timeout_s: int = _limit(
        "OCR_VISIBILITY_TIMEOUT", 21_600, "Redis hands a held message out again after", "seconds", 60, 604_800
    )
    soft_shutdown_s: int = _limit(
        "OCR_SOFT_SHUTDOWN", 30, "a worker that stops waits for its tasks", "seconds", 0, 3600
    )
    language_wait_s: int = _limit(
        "LANGUAGE_WAIT", 30, "a job waits for a worker with its language", "seconds", 0, 86_400
    )
    max_children_tasks: int = _limit(
        "OCR_MAX_TASKS_PER_CHILD", 1000, "a worker's child is replaced after", "tasks", 1, 1_000_000
    )
    max_memory_mb: int = _limit("OCR_MAX_MEMORY", 1500, "a worker's child is replaced above", "MB", 100, 1_000_000)
    cache_mb: int = _limit("OCR_CACHE", 2000, "a machine keeps documents it works on, up to", "MB", 0, 10_000_000)
    max_pixels: int = _limit(
        "OCR_MAX_PIXELS", 50_000_000, "a page is drawn with at most", "pixels", 10_000, 1_000_000_000
    )
    max_side: int = _limit("OCR_MAX_SIDE", 10_000, "a side of a drawn page has at most", "pixels", 100, 32_000)
    max_source_pixels: int = _limit(
        "OCR_MAX_SOURCE_PIXELS", 300_000_000, "an image is refused above", "pixels", 10_000, 10_000_000_000
    )
    max_file_mb: int = _limit("OCR_MAX_FILE", 4096, "a file is refused above", "MB", 1, 1_000_000)
    max_pages: int = _limit("OCR_MAX_PAGES", 20_000, "a document is refused above", "pages", 1, 1_000_000)
    retention_days: int = _limit("RETENTION_DAYS", 0, "ended jobs are kept for; 0: for ever", "days", 0, 36_500)
    retention_gb: float = _limit(
        "RETENTION_GB", 0.0, "the oldest ended jobs go beyond; 0: no bound", "GB of files and results", 0, 1_000_000
    )
    uploads_kept_days: int = _limit(
        "UPLOADS_KEPT_DAYS", 7, "an upload that nobody goes on with has failed after", "days", 1, 3650
    )
    audit_kept_days: int = _limit("AUDIT_KEPT_DAYS", 730, "the audit is kept for", "days", 366, 36_500)
    ocr_engine: str = _choice("OCR_ENGINE", "auto", "what reads", "auto", "tesserocr", "tesseract")
    rasterizer: str = _choice("OCR_RASTERIZER", "auto", "what draws PDF pages", "auto", "poppler", "pdfium")
    tessdata: str | None = _variable(
        "TESSDATA_PREFIX", "the folder of the language data", said("a folder"), str.strip, default=None
    )

    @classmethod
    def from_mapping(cls, values: Mapping[str, str], source: str) -> Settings:
        """Settings out of an environment or a profile that is named `source` in sentences.

        Raises:
            SettingsError: With one line for every problem.
        """
        parsed: dict[str, Any] = {}
        problems = [line for variable in VARIABLES if (line := _read(variable, values, source, parsed))]
        if problems:
            raise SettingsError(lines(dict.fromkeys(problems)))
        parsed["s3_endpoint"], secure = parsed["s3_endpoint"]
        parsed["s3_secure"] = parsed.get("s3_secure", False) if secure is None else secure
        settings = cls(**parsed)
        if contradictions := list(settings._contradictions(source)):
            raise SettingsError(lines(contradictions))
        return settings

    def _contradictions(self, source: str) -> Iterable[Said]:
        half, less = "at most half of OCR_LEASE ({other})", "less than OCR_TIME_LIMIT ({other})"
        more = "more than OCR_TIME_LIMIT ({other}), or long tasks run twice"
        most, limit = self.lease_s / 2, self.time_limit_s
        for wrong, name, expected, value, other in (
            (self.renew_s > most, "OCR_RENEW", half, self.renew_s, self.lease_s),
            (self.soft_time_limit_s >= limit, "OCR_SOFT_TIME_LIMIT", less, self.soft_time_limit_s, limit),
            (self.visibility_timeout_s <= limit, "OCR_VISIBILITY_TIMEOUT", more, self.visibility_timeout_s, limit),
        ):
            if wrong:
                template, wanted = (
                    "{name} in {source} is {value}; expected: {expected}.",
                    said(expected, other=f"{other:g}"),
                )
                yield said(template, name=name, source=source, value=f"{value:g}", expected=wanted)

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for everything that works and should not stay so."""
        ways = {
            "DATABASE_URL": self.database_url,
            "CELERY_BROKER_URL": self.broker_url,
            "CELERY_RESULT_BACKEND": self.result_backend,
            "MINIO_ENDPOINT": f"{'https' if self.s3_secure else 'http'}://{self.s3_endpoint}",
        }
        return tuple(weak for name, url in ways.items() if (weak := weakness(name, url)))

    @property
    def secrets(self) -> frozenset[str]:
        """What must never be seen, for filters: passwords and keys as they are and as URLs and JSON spell them."""
        urls = (self.database_url, self.broker_url, self.result_backend)
        plain = {self.s3_secret_key, self.s3_access_key}.union(*map(passwords_in, urls))
        return frozenset(plain | {json.dumps(one, ensure_ascii=False)[1:-1] for one in plain})

    def as_environment(self) -> dict[str, str]:
        """The variables that make these settings, for a worker process."""
        return {
            variable.name: _spell(value)
            for variable in VARIABLES
            if (value := getattr(self, variable.field)) is not None and value != ""
        }

    def masked(self) -> dict[str, str]:
        """The variables as people may see them."""
        plain = self.as_environment()
        return {variable.name: variable.show(plain[variable.name]) for variable in VARIABLES if variable.name in plain}

    def __repr__(self) -> str:
        changed = {v.name: v.default for v in VARIABLES}
        shown = (f"{name}={text}" for name, text in self.masked().items() if text != _spell(changed[name]))
        return f"Settings({', '.join(shown)})"


def _spell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).removesuffix(".0") if isinstance(value, float) else str(value)
    return text.replace("postgresql+psycopg2://", "postgresql://", 1)


def _read(variable: Variable, values: Mapping[str, str], source: str, parsed: dict[str, Any]) -> Said | None:
    """Put the variable's value into `parsed`; a line that says what is wrong, if something is."""
    given = variable.given(values)
    if given is None:
        return variable.missing(source) if variable.required else None
    name, text = given
    try:
        parsed[variable.field] = variable.parse(text)
    except NotAnAddress as problem:
        template, why = "{name} in {source} cannot be used: {why}; expected: {expected}.", said(str(problem))
        return said(template, name=name, source=source, why=why, expected=variable.expected)
    except (ValueError, KeyError, StopIteration):
        template, shown = "{name} in {source} is {value}; expected: {expected}.", repr(variable.show(text))
        return said(template, name=name, source=source, value=shown, expected=variable.expected)
    return None


def _declared(entry: Field[Any]) -> Variable:
    required = entry.default is MISSING
    return Variable(field=entry.name, required=required, default=None if required else entry.default, **entry.metadata)


VARIABLES: tuple[Variable, ...] = tuple(_declared(entry) for entry in fields(Settings))
