"""Logs go to stdout, as text or JSON, one line an event that names its job, and no secret is in them."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Collection, Mapping
from contextvars import ContextVar

from worker.core.addresses import hide

# What commands terminals, and what turns the direction of the words around it; a tab does neither.
_COMMANDS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_TEXT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_QUIET = ("urllib3", "kombu", "amqp", "PIL", "botocore", "sqlalchemy.pool")  # chatty about what is not ours
_NOTHING: Mapping[str, str] = {}
_bound: ContextVar[Mapping[str, str]] = ContextVar("bound", default=_NOTHING)


def configure(level: str = "INFO", form: str = "text", secrets: Collection[str] = (), worker: str = "") -> None:
    """Send all logging of this process to stdout.

    Args:
        level: The least that is logged.
        form: `text` or `json`.
        secrets: Never to be seen, `Settings.secrets`; passwords inside addresses are masked in any case.
        worker: Whose process this is, as Celery names it.
    """
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Masking(_json() if form == "json" else OneLine(_TEXT), secrets))
    handler.addFilter(_Ids(worker))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))


def bind(**ids: object) -> None:
    """From here on every line of this thread says what it belongs to, such as `job` and `task`, until `unbind`."""
    _bound.set({**_bound.get(), **{name: str(one) for name, one in ids.items()}})


def unbind() -> None:
    """What follows belongs to nothing that was bound."""
    _bound.set(_NOTHING)


class OneLine(logging.Formatter):
    """A message is one line, whatever a name in it holds: nobody writes entries of his own. Tracebacks follow below.

    It names its job even where the message does not: what a library warns of belongs to a document too.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - its name in the standard library
        """The line."""
        said, job = record.message.strip(), getattr(record, "job", None)
        if job and str(job) not in said:
            said = f"{said} (job {job})"
        record.message = _COMMANDS.sub(lambda found: found[0].encode("unicode_escape").decode(), said)
        return super().formatMessage(record)


class _Ids(logging.Filter):
    """Puts what is bound on every record; what a record says of itself stays."""

    def __init__(self, worker: str) -> None:
        super().__init__()
        self._worker = {"worker": worker} if worker else _NOTHING

    def filter(self, record: logging.LogRecord) -> bool:
        for name, one in {**self._worker, **_bound.get()}.items():
            record.__dict__.setdefault(name, one)
        return True


class _Masking(logging.Formatter):
    """The last step: whatever a message, its arguments or its traceback held, no secret leaves."""

    def __init__(self, inner: logging.Formatter, secrets: Collection[str]) -> None:
        super().__init__()
        self._inner = inner
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return hide(self._inner.format(record), self._secrets)


def _json() -> logging.Formatter:
    """One object a line, the time in UTC. What was bound, and what was given as `extra=`, keeps its name."""
    from pythonjsonlogger.json import JsonFormatter

    return JsonFormatter(
        ["levelname", "name", "message"],
        rename_fields={"levelname": "level", "name": "logger", "exc_info": "traceback"},
        defaults={"time": ""},  # the first
        timestamp="time",
        json_ensure_ascii=False,
    )
