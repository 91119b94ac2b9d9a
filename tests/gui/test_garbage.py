"""The collector runs on the window's thread alone, and what is garbage goes all the same."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest

from console.bridge.garbage import ROUNDS, SETTLED_ROUNDS, YOUNG, Garbage


class Knot:
    """Refers to itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def garbage(qapp) -> Iterator[Garbage]:
    was = gc.isenabled()
    made = Garbage()
    yield made
    made.close()
    if not was:
        gc.disable()


def test_no_other_thread_collects(garbage: Garbage) -> None:
    ran: list[str] = []
    note = lambda phase, _info: ran.append(f"{phase} {threading.current_thread().name}")  # noqa: E731
    gc.callbacks.append(note)
    try:
        thread = threading.Thread(target=lambda: [Knot() for _ in range(50_000)], name="other")
        thread.start()
        thread.join()
        assert ran == []
        garbage.look()
        assert set(ran) == {"start MainThread", "stop MainThread"}
    finally:
        gc.callbacks.remove(note)


def test_knots_go_while_the_window_lives(garbage: Garbage) -> None:
    young = weakref.ref(Knot())
    kept = [[] for _ in range(YOUNG + 100)]  # type: ignore[var-annotated]
    garbage.look()
    assert young() is None
    del kept


def test_what_came_after_the_start_goes_too_when_it_is_old(garbage: Garbage) -> None:
    for _ in range(SETTLED_ROUNDS):
        garbage.look()
    assert gc.get_freeze_count() > 0
    knot = Knot()
    old = weakref.ref(knot)
    gc.collect(1)
    gc.collect(1)
    del knot
    for _ in range(ROUNDS[2]):
        garbage.look()
    assert old() is None


def test_what_was_set_apart_goes_while_nobody_works_with_the_window(qapp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.bridge.garbage.ALL_ROUNDS", ROUNDS[2])
    used = True
    garbage = Garbage(lambda: used)
    knot = Knot()
    old = weakref.ref(knot)
    for _ in range(ROUNDS[2]):
        garbage.look()
    del knot
    for there in (True, False):
        used = there
        for _ in range(ROUNDS[2]):
            garbage.look()
        assert (old() is not None) is there
    garbage.close()
    gc.disable()


def test_python_has_it_back_at_the_end(qapp) -> None:
    Garbage().close()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    gc.disable()  # as the tests of this folder have it
