"""The console's own log, for what is too long for a sentence. Secrets never reach it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from console.ops.servers.files import make_private_folder, open_log
from worker.core.addresses import hide
from worker.core.logs import OneLine

if TYPE_CHECKING:
    from worker.core.settings import Settings

LIMIT = 1_000_000  # bytes


class LogFile(RotatingFileHandler):
    """`<home>/logs/console.log`, made when there is something to say; silent where it cannot be written."""

    def __init__(self, home: Path, settings: Iterable[Settings]) -> None:
        self.path = home / "logs" / "console.log"
        super().__init__(self.path, maxBytes=LIMIT, backupCount=2, encoding="utf-8", delay=True)
        self._settings = settings
        self.setFormatter(OneLine("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))

    def format(self, record: logging.LogRecord) -> str:
        """The entry without secrets."""
        return hide(super().format(record), {secret for one in self._settings for secret in one.secrets})

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - its name in the standard library
        """A log that cannot be written stops nobody."""

    def _open(self) -> TextIO:  # type: ignore[override]
        make_private_folder(self.path.parent)
        return os.fdopen(open_log(self.path), "a", encoding=self.encoding)
