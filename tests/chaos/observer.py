"""Remembers which process worked at which attempt, for as long as the run lasts."""

from __future__ import annotations

import threading
from uuid import UUID

from tests.chaos.database import Database
from tests.chaos.part import Part
from worker.core.settings import Settings

LOOK_EVERY_S = 0.3
_RUNNING = "select id, attempt, pid from tasks where status = 'running'"


class Observer(Part):
    """Looks at the rows three times a second."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("observer")
        self._database = Database(settings)
        self._stop_looking = threading.Event()
        self.pids: dict[tuple[UUID, int], int] = {}

    def work(self) -> None:
        """Until told to end."""
        while not self._stop_looking.wait(LOOK_EVERY_S):
            for row in self._database.rows_or_nothing(_RUNNING) or ():
                self.pids[row.id, row.attempt] = row.pid
        self._database.close()

    def end(self) -> None:
        """Look no more."""
        self._stop_looking.set()
        self.finish()
