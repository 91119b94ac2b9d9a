"""The text of a new profile: every variable with what it means, what is expected, and an example."""

from __future__ import annotations

from collections.abc import Iterator

from worker.core.settings import VARIABLES, Variable

_HEAD = """\
# A profile of OCR Console: which services it works with. Shell syntax, so that other programs can use it too:
#     set -a && . ./this-file && set +a
# Take the # away from a line to set it. What is not set is as the line says."""
_GROUPS = {  # before which variable a group begins
    "DATABASE_URL": "PostgreSQL: jobs, pages and the log of tasks",
    "CELERY_BROKER_URL": "Redis: the queue and the results of tasks; REDIS_URL sets both at once",
    "MINIO_ENDPOINT": "Object storage, MinIO or whatever speaks S3: the files and what was read",
    "LOG_LEVEL": "What workers log, to their standard output",
    "OCR_CONSOLE_PRODUCTION": "How the console shows this profile",
    "OCR_KEY_PREFIX": "How workers work; the same for every worker and console of a deployment",
    "OCR_MAX_PIXELS": "What is refused",
    "RETENTION_DAYS": "What is kept, and for how long",
    "OCR_ENGINE": "What reads and draws",
}
_EXAMPLES = {
    "DATABASE_URL": "postgresql://ocr:password@localhost:5432/ocr",
    "CELERY_BROKER_URL": "redis://localhost:6379/0",
    "CELERY_RESULT_BACKEND": "redis://localhost:6379/1",
    "MINIO_ENDPOINT": "localhost:9000",
    "MINIO_OCR_BUCKET": "ocr",
    "OCR_CONSOLE_COLOUR": "'#2B57D6'",
    "TESSDATA_PREFIX": "/usr/share/tesseract-ocr/5/tessdata",
}


def template() -> str:
    """All variables, none of them set."""
    return "\n".join([_HEAD, *(line for variable in VARIABLES for line in _lines(variable)), ""])


def _lines(variable: Variable) -> Iterator[str]:
    if variable.name in _GROUPS:
        yield from ("", f"## {_GROUPS[variable.name]}")
    yield f"# {variable.meaning[:1].upper()}{variable.meaning[1:]} ({variable.expected})."
    yield f"# {variable.name}={_EXAMPLES.get(variable.name, _spelled(variable.default))}"


def _spelled(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return "" if default is None else str(default).removesuffix(".0")
