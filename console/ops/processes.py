"""Processes that outlive us or each other, known by pid and time of creation: a pid alone is soon somebody else's."""

from __future__ import annotations

from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class ProcessId:
    """One process for as long as the machine runs."""

    pid: int
    created: float  # seconds since the epoch

    @classmethod
    def of(cls, pid: int | None = None) -> ProcessId | None:
        """A living process, this one without `pid`; None if there is none."""
        try:
            process = psutil.Process(pid)
            return cls(process.pid, process.create_time())
        except psutil.Error:
            return None

    def process(self) -> psutil.Process | None:
        """The process, if it still lives."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < 2  # the boot time may be corrected in between
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None

    @property
    def alive(self) -> bool:
        """Whether it still runs; a zombie does not."""
        return self.process() is not None
