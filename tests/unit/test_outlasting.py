"""What waits for its service, and for how long."""

from __future__ import annotations

import pytest

from worker.core.errors import CorruptFile, DatabaseError, OcrConsoleError
from worker.core.outlasting import outlasting, outlasts

AWAY = DatabaseError("PostgreSQL cannot be reached.")


class Ledger:
    """Something to write into that fails a number of times."""

    def __init__(self, failures: int, error: OcrConsoleError = AWAY) -> None:
        self.failures, self.error, self.written = failures, error, 0

    @outlasts
    def write(self) -> int:
        """Count."""
        if self.failures:
            self.failures -= 1
            raise self.error
        self.written += 1
        return self.written


def test_it_is_tried_again_with_growing_waits() -> None:
    ledger, waits = Ledger(6), list[float]()
    with outlasting(waits.append):
        assert ledger.write() == 1
    assert waits == [1, 2, 4, 8, 10, 10]


def test_without_patience_it_fails_at_once() -> None:
    with pytest.raises(DatabaseError):
        Ledger(1).write()


def test_what_cannot_pass_is_not_tried_again() -> None:
    waits = list[float]()
    with outlasting(waits.append), pytest.raises(CorruptFile):
        Ledger(1, CorruptFile("It is broken.")).write()
    assert waits == []


def test_a_time_limit_that_comes_meanwhile_is_the_services_fault_and_ends_the_patience() -> None:
    waits = list[float]()

    def interrupted(seconds: float) -> None:
        waits.append(seconds)
        raise TimeoutError  # as Celery's soft time limit does, from a signal

    with outlasting(interrupted):
        for _ in range(2):
            with pytest.raises(DatabaseError):
                Ledger(9).write()
    assert waits == [1]
