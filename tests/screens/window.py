"""The real window on an invented deployment, every page photographed: `python -m tests.screens.window FOLDER NAME`.

The profile comes from OCR_SCREENS_PROFILE; the dress from the name: light, dark, double, pseudo, mirrored, small.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from console.app import Console
from console.ops.profiles import load
from console.ui.going import ACTIVITY, BATCHES, HISTORY, JOBS, OVERVIEW, QUEUES
from console.ui.kit.paint import painting
from console.ui.theme import Appearance
from tests.gui.pseudo import Speaking
from tests.screens.deployment import beat
from worker.core.filters import JobFilter
from worker.core.jobs import State

PAGES = (OVERVIEW, JOBS, BATCHES, QUEUES, ACTIVITY, HISTORY)
SMALL = (1024, 640)
PATIENCE_S = 30.0


class Camera:
    """Photographs one window."""

    def __init__(self, console: Console, folder: Path, dress: str) -> None:
        self._console, self._folder, self._dress = console, folder, dress

    def take(self, name: str, over: QDialog | None = None) -> None:
        """The window now, with a dialog over it."""
        QApplication.processEvents()
        picture = self._console.frame.grab()
        if over is not None:  # a window of its own, of which the offscreen screen takes no picture
            sheet, place = over.grab(), over.pos() - self._console.frame.pos()
            with painting(picture) as painter:
                painter.drawPixmap(place, sheet)
        file = self._folder / f"{name}-{self._dress}.png"
        picture.save(str(file))
        print(file, flush=True)


def settle(fact: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    """Let the window work until something is so, or for so long."""
    end = time.monotonic() + seconds
    while not fact() and time.monotonic() < end:
        QTest.qWait(30)


def photograph(console: Console, camera: Camera) -> None:
    """Every page, then what opens over them."""
    frame, places = console.frame, console.places
    settle(lambda: console.snapshot is not None and console.snapshot.facts.at is not None)
    for page in PAGES:
        beat(console.services.engine)
        frame.show_page(page)
        before = console.snapshot
        settle(lambda before=before: console.snapshot is not before)  # type: ignore[misc]
        QTest.qWait(1500)  # questions of the page have no common sign
        camera.take(page)
    frame.show_page(JOBS)
    places.going.to_jobs.emit(JobFilter(states=frozenset({State.FAILED, State.RUNNING})))
    table = places.jobs.table
    settle(lambda: any(job.state is State.FAILED for job in places.jobs.model.rows))
    table.setFocus()
    table.setCurrentIndex(places.jobs.model.index(4, 1))
    QTest.keyClick(table, Qt.Key.Key_Space)
    QTest.qWait(900)
    camera.take("job")
    for name, opened in (("palette", places.shell.open_palette), ("keys", places.shell.open_keys)):
        dialog = opened()
        QTest.qWait(200)
        camera.take(name, dialog)
        dialog.close()


def main() -> None:
    """One dress."""
    folder, dress = Path(sys.argv[1]), sys.argv[2]
    app = QApplication(sys.argv[:1])
    appearance = Appearance(app, "dark" if dress == "dark" else "light")
    profile = os.environ["OCR_SCREENS_PROFILE"]
    speaking = Speaking(app, right_to_left=dress == "mirrored") if dress in {"pseudo", "mirrored"} else nullcontext()
    with speaking:
        console = Console(load(profile, os.environ, folder), folder / f".window-{dress}", None)
        if dress == "small":
            console.frame.resize(*SMALL)
        console.frame.show()
        console.open()
        photograph(console, Camera(console, folder, dress))
        console.frame.may_close = lambda: True
        console.frame.close()
        console.close()
    del appearance


if __name__ == "__main__":
    main()
