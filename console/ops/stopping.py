"""What the window stops: a question that it put to the services."""

from __future__ import annotations

from worker.core.stopping import Stop

__all__ = ["Stop"]
