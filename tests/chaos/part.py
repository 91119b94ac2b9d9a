"""A thread of a run, whose end by an error is not overlooked."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod


class Part(threading.Thread, ABC):
    """Does its work beside others; `finish` waits for it and raises what stopped it."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.errors: list[BaseException] = []

    @abstractmethod
    def work(self) -> None:
        """All that it has to do."""

    def run(self) -> None:
        """Do it, and keep what went wrong."""
        try:
            self.work()
        except BaseException as error:  # noqa: BLE001 - it is raised on the thread that waits
            self.errors.append(error)

    def finish(self) -> None:
        """Wait for its end."""
        self.join()
        for error in self.errors:
            raise error
