"""How often a question is put again by itself: the longer its answer took, the more seldom."""

from __future__ import annotations

import time
from collections.abc import Callable

REST = 5.0  # times as long as it took
QUICK_S = 0.1  # such an answer costs nothing


class Pace:
    """A slow question must not keep the database busy all the time; a quick one may come with every picture."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun = self._next = 0.0

    @property
    def is_due(self) -> bool:
        """Whether it may be put again."""
        return self._clock() >= self._next

    def begin(self) -> None:
        """It is put."""
        self._begun = self._clock()

    def end(self) -> None:
        """It is answered."""
        took = self._clock() - self._begun
        self._next = self._clock() + REST * took if took > QUICK_S else 0.0
