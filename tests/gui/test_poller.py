"""The poller: newest picture only, nothing lost, slower while a service is away, a clean end."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from console.bridge.poller import SLOWER_S, SLOWEST_S, Poller
from console.ops.snapshot import Snapshot
from tests.gui.invented import job, lamps, picture


class Camera:
    def __init__(self, take: Callable[[int], Snapshot] | None = None) -> None:
        self.taken = 0
        self._take = take or (lambda number: picture(changed=[job(number)]))

    def take(self) -> Snapshot:
        self.taken += 1
        return self._take(self.taken)


def test_pictures_come_one_after_the_other_on_the_main_thread(qtbot):
    poller = Poller(Camera(), every_s=0.01)
    threads: list[int] = []
    poller.pictured.connect(lambda _snapshot, _next: threads.append(threading.get_ident()))
    poller.start()
    qtbot.waitUntil(lambda: len(threads) >= 3)
    poller.close()
    assert set(threads) == {threading.get_ident()}


def test_a_picture_that_nobody_collected_hands_its_changes_to_the_next(qtbot):
    camera = Camera()
    poller = Poller(camera, every_s=0)
    seen: list[Snapshot] = []
    poller.pictured.connect(lambda snapshot, _next: seen.append(snapshot))
    poller.start()
    while camera.taken < 5:  # the event loop stands still meanwhile
        pass
    qtbot.waitUntil(lambda: bool(seen))
    poller.close()
    assert {job(number).id for number in range(1, 5)} <= {changed.id for changed in seen[0].changed}


@pytest.mark.parametrize(
    ("service", "expected"),
    [("postgres", [2, 4, 8, SLOWEST_S, SLOWEST_S, SLOWEST_S]), ("redis", [2, SLOWER_S, SLOWER_S])],
)
def test_while_a_service_is_away_the_pause_grows_to_its_limit(qtbot, service: str, expected: list[float]):
    poller = Poller(Camera(lambda _number: picture(health=lamps(**{service: "Away."}))), every_s=1)
    pauses: list[float] = []

    def hurry(_snapshot: Snapshot, pause_s: float) -> None:
        pauses.append(pause_s)
        poller.poke()

    poller.pictured.connect(hurry)
    poller.start()
    qtbot.waitUntil(lambda: len(pauses) >= len(expected))
    poller.close()
    assert pauses[: len(expected)] == expected


def test_a_poke_ends_the_pause(qtbot):
    camera = Camera()
    poller = Poller(camera, every_s=600)
    poller.start()
    qtbot.waitUntil(lambda: camera.taken == 1)
    poller.poke()
    qtbot.waitUntil(lambda: camera.taken == 2)
    poller.close()


def test_a_picture_that_fails_ends_nothing(qtbot, caplog):
    def fails_first(number: int) -> Snapshot:
        if number == 1:
            raise ValueError("broken")
        return picture()

    camera = Camera(fails_first)
    poller = Poller(camera, every_s=600)
    with qtbot.waitSignal(poller.pictured):
        poller.start()
        qtbot.waitUntil(lambda: camera.taken == 1)
        poller.poke()
    poller.close()
    assert "broken" in caplog.text


def test_after_close_no_picture_comes_and_the_thread_is_gone(qtbot):
    poller = Poller(Camera(), every_s=0.001)
    poller.start()
    qtbot.waitSignal(poller.pictured)
    poller.close()
    seen: list[Snapshot] = []
    poller.pictured.connect(lambda snapshot, _next: seen.append(snapshot))
    qtbot.wait(5)
    assert seen == []
    assert "poller" not in [thread.name for thread in threading.enumerate()]
