"""How often a worker looks what there is to do."""

from __future__ import annotations

from itertools import accumulate
from types import SimpleNamespace
from typing import Any, cast

import pytest

from worker import looking
from worker.core.errors import DatabaseError
from worker.looking import Looking


class Costly(Looking):
    """Its looks take these seconds; one that takes none finds the database away."""

    def __init__(self, *seconds: float) -> None:
        super().__init__(cast("Any", None), cast("Any", None))
        self._ends = iter(accumulate(seconds))
        self._seconds = iter(seconds)
        self.now = 0.0

    def look(self) -> None:
        self.now = next(self._ends)
        if not next(self._seconds):
            raise DatabaseError("It is away.")


def test_a_look_that_takes_long_is_taken_seldomer(monkeypatch: pytest.MonkeyPatch) -> None:
    costly, waits = Costly(0.01, 0.5, 0, 9, 0.01), list[float]()
    monkeypatch.setattr(looking, "time", SimpleNamespace(monotonic=lambda: costly.now))

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) > 5

    costly.run(cast("Any", SimpleNamespace(wait=wait)))
    assert waits == pytest.approx([0, 1, 10, 1, 30, 1])
