"""Identifiers in the order of time."""

import threading
import time
from uuid import RFC_4122, UUID

import pytest

from worker.core.ids import new_id


def test_version_and_variant() -> None:
    made = new_id()
    assert made.version == 7
    assert made.variant == RFC_4122


def test_its_first_bits_are_the_time() -> None:
    before = time.time_ns() // 1_000_000
    milliseconds = new_id().int >> 80
    assert before <= milliseconds <= time.time_ns() // 1_000_000 + 50  # it may count ahead after a burst


def test_the_order_is_the_order_of_making() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_a_clock_that_goes_back_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)
    assert new_id() > before


def test_threads_get_different_ones() -> None:
    made: list[UUID] = []
    threads = [threading.Thread(target=lambda: made.extend(new_id() for _ in range(2000))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 16_000
