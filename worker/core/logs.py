"""Logs go to stdout, as text or JSON, one line an event, and no secret is in them."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Collection
from datetime import UTC, datetime

from worker.core.addresses import hide

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
    handler.setFormatter(_Masking(_Json() if form == "json" else logging.Formatter(_TEXT), secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))


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
