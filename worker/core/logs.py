"""Logs go to stdout, as text or JSON, one line an event, and no secret is in them."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Collection
from datetime import UTC, datetime

from worker.core.addresses import hide

# What commands terminals, and what turns the direction of the words around it; a tab does neither.
_COMMANDS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_TEXT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_QUIET = ("urllib3", "kombu", "amqp", "PIL", "botocore", "sqlalchemy.pool")  # chatty about what is not ours


def configure(level: str = "INFO", form: str = "text", secrets: Collection[str] = ()) -> None:
    """Send all logging of this process to stdout.

    Args:
        level: The least that is logged.
        form: `text` or `json`.
        secrets: Never to be seen, `Settings.secrets`; passwords inside addresses are masked in any case.
    """
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Masking(_Json() if form == "json" else OneLine(_TEXT), secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))


class OneLine(logging.Formatter):
    """A message is one line, whatever a name in it holds: nobody writes entries of his own. Tracebacks follow below."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - its name in the standard library
        """The line."""
        record.message = _COMMANDS.sub(lambda found: found[0].encode("unicode_escape").decode(), record.message.strip())
        return super().formatMessage(record)


class _Masking(logging.Formatter):
    """The last step: whatever a message, its arguments or its traceback held, no secret leaves."""

    def __init__(self, inner: logging.Formatter, secrets: Collection[str]) -> None:
        super().__init__()
        self._inner = inner
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return hide(self._inner.format(record), self._secrets)


class _Json(logging.Formatter):
    """One object a line. What was given as `extra=` keeps its name."""

    _OWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{key: value for key, value in record.__dict__.items() if key not in self._OWN},
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)
