"""Opens the window as the program does, and works in it.

    python -m tests.end2end.operating WAY PROFILE HOME DAMAGED FILE…

Prints each step that was done; where one goes wrong, it says why on the standard error and ends with 1.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from pathlib import Path

from PySide6.QtWidgets import QApplication

from console import switching, window
from console.app import Console
from tests.end2end.camera import Camera
from tests.end2end.hand import Hand
from tests.end2end.operating.keyboard import Keyboard
from tests.end2end.operating.mouse import Mouse
from tests.end2end.operating.script import Script
from tests.end2end.operating.window import Window
from tests.end2end.program import Program
from tests.end2end.seat import Seat

PLACE = (340, 40)  # of the window on the screen
_, WAY, PROFILE, HOME, DAMAGED, *FILES = sys.argv


class Operated(Console):
    """The window, with somebody before it as soon as it is there."""

    now: Operated | None = None  # the one that is shown

    def open(self) -> None:
        super().open()
        first, Operated.now = Operated.now is None, self
        if first:
            self._hand = Hand()
            threading.Thread(target=self._work, name="operator", daemon=True).start()

    def _work(self) -> None:
        seat = Seat(os.environ["DISPLAY"])
        camera = Camera(seat, WAY)
        try:
            seat.put(seat.window("OCR Console"), PLACE)
            self._script(seat, camera).run()
        except BaseException:  # noqa: BLE001 - whatever it was, it is told, and the window is closed
            camera.take("failed")
            traceback.print_exc()
            self._hand(lambda: QApplication.exit(1))

    def _script(self, seat: Seat, camera: Camera) -> Script:
        from console.ops.profiles import load
        from worker.core.database import open_engine
        from worker.core.store import Store

        settings = load(PROFILE, os.environ).settings
        assert settings is not None
        facts = Window(lambda: Operated.now or self, self._hand)

        def picture(what: str) -> None:
            self._hand(QApplication.processEvents)  # what is known is painted, too
            camera.take(what)

        way = (Mouse if WAY == "mouse" else Keyboard)(seat, facts, picture)
        store = Store(open_engine(settings, application="operator"))

        def told(step: str) -> None:
            picture(step)
            print(step, flush=True)

        return Script(way, facts, store, list(map(Path, FILES)), DAMAGED, told, Program(Path(HOME)).processes)


def main() -> int:
    switching.Console = Operated  # type: ignore[attr-defined]
    return window.run(profile=PROFILE, home=Path(HOME))


if __name__ == "__main__":
    sys.exit(main())
