"""What was done to whom."""

from __future__ import annotations

from dataclasses import dataclass

from tests.chaos.schedule import Kind


@dataclass(slots=True)
class Struck:
    """One fault that happened. Times are seconds since 1970."""

    kind: Kind
    at: float
    worker: str | None = None
    pid: int | None = None  # of the one child that was hit
    back: float | None = None  # when a server served again, or who was stopped woke up

    def __str__(self) -> str:
        victim = " ".join(str(part) for part in (self.worker, self.pid) if part is not None)
        return f"{self.kind}{': ' * bool(victim)}{victim}"
