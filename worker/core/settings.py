"""Settings from the environment or a profile: addresses, limits, timeouts; each declared once, with its bounds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from worker.core.addresses import MASK, mask_url, passwords_in, postgres_url, redis_url, s3_endpoint
from worker.core.errors import SettingsError
from worker.core.said import Said, lines, said
from worker.core.transport import weakness
from worker.core.variables import Variable, choice, declared, fits, limit, port, read, spelled, variable, yes_or_no

__all__ = ["MASK", "VARIABLES", "Settings", "Variable", "mask_url"]

_EXAMPLE_REDIS = said("{one} or {other}", one="redis://redis:6379/0", other="rediss://user:password@host:6379/0")
_TRUE_OR_FALSE = said("true or false")
_PORT = said("a port from 1 to 65535, or 0")


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """Everything that a worker and a console must agree on. Its repr shows no secret."""

    database_url: str = variable(
        "DATABASE_URL", "jobs, pages, task log", "postgresql://user:password@host:5432/database", postgres_url
    )
    broker_url: str = variable("CELERY_BROKER_URL", "the queue", _EXAMPLE_REDIS, redis_url, "REDIS_URL")
    result_backend: str = variable(
        "CELERY_RESULT_BACKEND", "task results, kept 7 days", _EXAMPLE_REDIS, redis_url, "REDIS_URL"
    )
    s3_endpoint: str = variable(
        "MINIO_ENDPOINT", "object storage", said("host:port, or http(s)://host:port"), s3_endpoint, "S3_ENDPOINT"
    )
    s3_access_key: str = variable(
        "MINIO_ACCESS_KEY", "its user", said("the access key"), str.strip, "S3_ACCESS_KEY", secret=True
    )
    s3_secret_key: str = variable(
        "MINIO_SECRET_KEY", "its password", said("the secret key"), str.strip, "S3_SECRET_KEY", secret=True
    )
    s3_bucket: str = variable(
        "MINIO_OCR_BUCKET",
        "the bucket; made if missing",
        said("3 to 63 lower-case letters, digits, dots and hyphens"),
        fits(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
        "S3_BUCKET",
    )
    s3_secure: bool = variable(
        "MINIO_SECURE", "TLS to object storage", _TRUE_OR_FALSE, yes_or_no, "S3_SECURE", default=False
    )
    log_level: str = choice("LOG_LEVEL", "INFO", "how much is logged", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    log_format: str = choice("LOG_FORMAT", "text", "how it is logged", "text", "json")
    metrics_port: int = variable(
        "METRICS_PORT", "where a worker shows its figures to Prometheus; 0: nowhere", _PORT, port, default=0
    )
    metrics_host: str = variable(
        "METRICS_HOST",
        "the address it listens at for that",
        said("an address or a name of this machine"),
        fits(r"\S+"),
        default="127.0.0.1",
    )
    production: bool = variable(
        "OCR_CONSOLE_PRODUCTION", "changes must be confirmed", _TRUE_OR_FALSE, yes_or_no, default=False
    )
    colour: str | None = variable(
        "OCR_CONSOLE_COLOUR",
        "the badge's colour",
        said("#RRGGBB or a word such as red"),
        fits("#[0-9A-Fa-f]{6}|[A-Za-z]{3,20}"),
        default=None,
    )

    key_prefix: str = variable(
        "OCR_KEY_PREFIX", "in front of every Redis key", said("text without spaces"), fits(r"\S+"), default=""
    )
    lease_s: float = limit(
        "OCR_LEASE", 10.0, "a task is taken back this long after its worker fell silent", "seconds", 1, 3600
    )
    renew_s: float = limit("OCR_RENEW", 3.0, "a worker renews its leases this often", "seconds", 0.2, 1200)
    time_limit_s: int = limit("OCR_TIME_LIMIT", 600, "a task is killed after", "seconds", 2, 86_400)
    soft_time_limit_s: int = limit("OCR_SOFT_TIME_LIMIT", 540, "a task is told to end after", "seconds", 1, 86_400)
    page_timeout_s: int = limit("OCR_PAGE_TIMEOUT", 180, "one page may take", "seconds", 1, 86_400)
    visibility_timeout_s: int = limit(
        "OCR_VISIBILITY_TIMEOUT", 21_600, "Redis hands a held message out again after", "seconds", 60, 604_800
    )
    soft_shutdown_s: int = limit("OCR_SOFT_SHUTDOWN", 30, "a worker that stops waits for its tasks", "seconds", 0, 3600)
    language_wait_s: int = limit(
        "LANGUAGE_WAIT", 30, "a job waits for a worker with its language", "seconds", 0, 86_400
    )
    max_children_tasks: int = limit(
        "OCR_MAX_TASKS_PER_CHILD", 1000, "a worker's child is replaced after", "tasks", 1, 1_000_000
    )
    max_memory_mb: int = limit("OCR_MAX_MEMORY", 1500, "a worker's child is replaced above", "MB", 100, 1_000_000)
    cache_mb: int = limit("OCR_CACHE", 2000, "a machine keeps documents it works on, up to", "MB", 0, 10_000_000)
    max_pixels: int = limit(
        "OCR_MAX_PIXELS", 50_000_000, "a page is drawn with at most", "pixels", 10_000, 1_000_000_000
    )
    max_side: int = limit("OCR_MAX_SIDE", 10_000, "a side of a drawn page has at most", "pixels", 100, 32_000)
    max_source_pixels: int = limit(
        "OCR_MAX_SOURCE_PIXELS", 300_000_000, "an image is refused above", "pixels", 10_000, 10_000_000_000
    )
    max_file_mb: int = limit("OCR_MAX_FILE", 4096, "a file is refused above", "MB", 1, 1_000_000)
    max_pages: int = limit("OCR_MAX_PAGES", 20_000, "a document is refused above", "pages", 1, 1_000_000)
    retention_days: int = limit("RETENTION_DAYS", 0, "ended jobs are kept for; 0: for ever", "days", 0, 36_500)
    retention_gb: float = limit(
        "RETENTION_GB", 0.0, "the oldest ended jobs go beyond; 0: no bound", "GB of files and results", 0, 1_000_000
    )
    uploads_kept_days: int = limit(
        "UPLOADS_KEPT_DAYS", 7, "an upload that nobody goes on with has failed after", "days", 1, 3650
    )
    audit_kept_days: int = limit("AUDIT_KEPT_DAYS", 730, "the audit is kept for", "days", 366, 36_500)
    ocr_engine: str = choice("OCR_ENGINE", "auto", "what reads", "auto", "tesserocr", "tesseract")
    rasterizer: str = choice("OCR_RASTERIZER", "auto", "what draws PDF pages", "auto", "poppler", "pdfium")
    tessdata: str | None = variable(
        "TESSDATA_PREFIX", "the folder of the language data", said("a folder"), str.strip, default=None
    )

    @classmethod
    def from_mapping(cls, values: Mapping[str, str], source: str) -> Settings:
        """Settings out of an environment or a profile that is named `source` in sentences.

        Raises:
            SettingsError: With one line for every problem.
        """
        parsed: dict[str, Any] = {}
        problems = [line for one in VARIABLES if (line := read(one, values, source, parsed))]
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
            one.name: spelled(value)
            for one in VARIABLES
            if (value := getattr(self, one.field)) is not None and value != ""
        }

    def masked(self) -> dict[str, str]:
        """The variables as people may see them."""
        plain = self.as_environment()
        return {one.name: one.show(plain[one.name]) for one in VARIABLES if one.name in plain}

    def __repr__(self) -> str:
        changed = {v.name: v.default for v in VARIABLES}
        shown = (f"{name}={text}" for name, text in self.masked().items() if text != spelled(changed[name]))
        return f"Settings({', '.join(shown)})"


VARIABLES: tuple[Variable, ...] = tuple(declared(entry) for entry in fields(Settings))
