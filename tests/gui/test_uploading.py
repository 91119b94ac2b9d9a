"""What becomes of the files of a submission, as it is told to the window."""

from __future__ import annotations

import threading
import time
from typing import Any
from uuid import UUID

from console.bridge.background import Background
from console.bridge.uploading import REST, TELL_EVERY_MS, Uploading
from console.ops.commands import Done
from console.ops.uploads import Step, Uploaded
from tests.gui.planned import planned


class Held(Uploading):
    """Its command runs until it is let go."""

    gate = threading.Event()

    def _run(self, command: Any) -> Done[tuple[Uploaded, ...]]:
        assert self.gate.wait(30)
        return Done("said", ())


def test_each_change_is_told_once_and_more_seldom_where_it_takes_long(qtbot, background: Background):
    uploading, told = Held(background, lambda: None), list[tuple[Uploaded, ...]]()  # type: ignore[arg-type,return-value]
    watches: list[Any] = []

    def make(watch: Any, _cancel: threading.Event) -> Any:
        watches.append(watch)

    uploading.progressed.connect(told.append)
    uploading.start(make)
    first, second = (Uploaded(planned(f"{n}.pdf", 1), Step.QUEUED, UUID(int=n)) for n in (1, 2))
    watches[0](first)
    qtbot.waitUntil(lambda: told == [(first,)])
    uploading.progressed.connect(lambda _files: time.sleep(2 * TELL_EVERY_MS / 1000))
    watches[0](second)
    qtbot.waitUntil(lambda: told == [(first,), (second,)])
    assert uploading._timer.interval() >= REST * 2 * TELL_EVERY_MS
    with qtbot.waitSignal(uploading.ended):
        uploading.gate.set()
    assert len(told) == 2
