"""The collector runs on the window's thread alone, and what is garbage goes all the same."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator

import pytest

from console.bridge.garbage import ROUNDS, SETTLED_ROUNDS, YOUNG, Garbage

LAST_PARTS = """
from PySide6.QtCore import QCoreApplication, QObject, Signal
from console.bridge.garbage import Garbage

class Part(QObject):
    told = Signal()
    def hear(self): pass
    def hears(self, other):
        other.told.connect(self.hear)
        self.told.connect(self.hear)
        return self

app = QCoreApplication([])
garbage = Garbage()
feeds = [Part() for _ in range(400)]
pages = [Part().hears(feed) for feed in feeds]
for _ in range(400):  # knots, for the collector
    knot = Part()
    knot.feed, knot.me = Part(), knot.hears(knot)
    knot.hears(knot.feed)
garbage.close()
del pages, feeds
"""


class Knot:
    """Refers to itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def garbage(qapp) -> Iterator[Garbage]:
    made = Garbage()
    yield made
    made.close()


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


def test_nothing_is_set_apart_at_the_end(garbage: Garbage) -> None:
    for _ in range(SETTLED_ROUNDS):
        garbage.look()
    garbage.close()
    assert gc.get_freeze_count() == 0


def test_what_ends_behind_the_window_ends() -> None:
    subprocess.run([sys.executable, "-c", LAST_PARTS], check=True, timeout=60)
