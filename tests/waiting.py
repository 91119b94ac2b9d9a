"""Tests wait for facts, never for time."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(fact: Callable[[], object], what: str = "it", *, seconds: float = 60.0, every: float = 0.03) -> None:
    """Wait until something is so; the failure names what did not come."""
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, f"{what} did not come within {seconds:.0f} s"
        time.sleep(every)
