"""The real window on an invented deployment, every page photographed: `python -m tests.screens.window FOLDER DRESS`.

The profile comes from OCR_SCREENS_PROFILE; what the dresses are is said in `tests.screens`.
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

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.app import Console
from console.ops.profiles import load
from console.ui.going import ACTIVITY, BATCHES, DOCTOR, HISTORY, JOBS, OVERVIEW, QUEUES, START_WORKER
from console.ui.kit.paint import painting
from console.ui.theme import Appearance
from tests.gui.pseudo import Speaking
from tests.opened import opened
from tests.screens.deployment import beat
from worker.core.filters import JobFilter
from worker.core.jobs import State

PAGES = (OVERVIEW, JOBS, BATCHES, QUEUES, START_WORKER, DOCTOR, ACTIVITY, HISTORY)
SMALL = (1024, 640)
PATIENCE_S = 30.0
OPENS_MS = 700


class Camera:
    """Photographs one window: what a display shows in its place, or all that it would show."""

    def __init__(self, console: Console, folder: Path, dress: str) -> None:
        self._frame, self._folder, self._dress = console.frame, folder, dress

    def take(self, name: str) -> None:
        """The window now, with what is open over it."""
        QApplication.processEvents()
        on_display = QGuiApplication.platformName() != "offscreen"
        picture = self._of_display() if on_display else self._of_widgets()
        file = self._folder / f"{name}-{self._dress}.png"
        picture.save(str(file))
        print(file, flush=True)

    def take_over(self, name: str, opening: Callable[[], object]) -> None:
        """What this opens over the window, whether it comes back at once or when that is closed again."""
        taken: list[str] = []

        def take() -> None:
            self.take(name)
            taken.append(name)
            _close_what_is_over()

        QTimer.singleShot(OPENS_MS, take)
        opening()
        settle(lambda: bool(taken))

    def _of_display(self) -> QPixmap:
        place = self._frame.geometry()
        return self._frame.screen().grabWindow(0, place.x(), place.y(), place.width(), place.height())

    def _of_widgets(self) -> QPixmap:
        picture = self._frame.grab()
        if over := _over():
            with painting(picture) as painter:
                painter.drawPixmap(over.pos() - self._frame.pos(), over.grab())
        return picture


def _over() -> QWidget | None:
    return QApplication.activePopupWidget() or QApplication.activeModalWidget()


def _close_what_is_over() -> None:
    while over := _over():
        over.close()
        QApplication.processEvents()


def work(ms: int) -> None:
    """Let the window work for so long. `QTest.qWait` would keep the interpreter from the threads behind it."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def settle(fact: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    """Let the window work until something is so, or for so long."""
    end = time.monotonic() + seconds
    while not fact() and time.monotonic() < end:
        work(30)


def photograph(console: Console, camera: Camera) -> None:
    """Every page, then what opens over them."""
    frame, places = console.frame, console.places
    settle(lambda: console.snapshot is not None and console.snapshot.facts.at is not None)
    for page in PAGES:
        beat(console.services.engine)
        frame.show_page(page)
        before = console.snapshot
        settle(lambda before=before: console.snapshot is not before)  # type: ignore[misc]
        settle(lambda page=page: page != DOCTOR or places.doctor.checkup.report is not None)  # type: ignore[misc]
        work(1500)  # questions of the page have no common sign
        camera.take(page)
    if dress_has_jobs(console):
        photograph_jobs(console, camera)
        photograph_asking(console, camera)
    over: tuple[tuple[str, Callable[[], object]], ...] = (
        ("palette", places.shell.open_palette),
        ("keys", places.shell.open_keys),
        ("profiles", console.profiles.choosing.open_menu),
        ("new-profile", console.profiles.ask_new),
    )
    for name, opening in over:
        camera.take_over(name, opening)
    console.profiles.show_profile(console.profiles.feed.used)
    work(1500)
    camera.take("profile")


def dress_has_jobs(console: Console) -> bool:
    """Whether there is anything to choose."""
    return console.snapshot is not None and bool(sum(console.snapshot.counts.values()))


def photograph_jobs(console: Console, camera: Camera) -> None:
    """Jobs that are chosen, and what is open beside and over them."""
    page = console.jobs
    console.places.going.to_jobs.emit(JobFilter(states=frozenset({State.FAILED, State.RUNNING})))
    settle(lambda: any(job.state is State.FAILED for job in page.model.rows))
    page.table.setFocus()
    page.table.setCurrentIndex(page.model.index(4, 1))
    QTest.keyClick(page.table, Qt.Key.Key_Space)
    work(900)
    camera.take("job")
    QTest.keyClick(page.table, Qt.Key.Key_Space)
    beat(console.services.engine)
    failed = next(place for place, job in enumerate(page.model.rows) if job.state is State.FAILED)
    for place in (failed - 1, failed, failed + 1):
        page.table.setCurrentIndex(page.model.index(place, 1))
        QTest.keyClick(page.table, Qt.Key.Key_X)
    console.frame.notices.tell("128 jobs cancelled.", "3 were already done.", undo=lambda: None)
    camera.take("chosen")
    camera.take_over("priority", page.acting.priority_action.trigger)
    camera.take_over("reprocess", page.acting.reprocess_action.trigger)
    camera.take_over("delete", page.acting.delete_action.trigger)
    camera.take_over("columns", lambda: page.table.columns.open_panel(page.table.mapToGlobal(QPoint(600, 40))))
    camera.take_over("save-filter", console.places.saving.save)
    page.filter.field.setText("state:failed nothing-is-called-so")
    page.filter.field.setFocus()
    settle(lambda: not page.model.rows)
    camera.take("no-hits")
    page.filter.clear()


def photograph_asking(console: Console, camera: Camera) -> None:
    """What the other pages ask, and what they show beside themselves."""
    places = console.places
    for page in (BATCHES, ACTIVITY, QUEUES):
        beat(console.services.engine)
        console.frame.show_page(page)
        table = places.queues.queues.table if page == QUEUES else getattr(places, page).table
        table.setFocus()
        table.setCurrentIndex(table.model().index(0, 1))
        QTest.keyClick(table, Qt.Key.Key_Space)
        work(900)
        camera.take(f"{page}-beside")
    camera.take_over("purge", places.queues.queues.purge_action.trigger)
    console.frame.show_page(HISTORY)
    camera.take_over("mark", places.history.mark_action.trigger)
    if console.lock.locked:
        camera.take_over("unlock", console.lock.ask_to_unlock)


def main() -> None:
    """One dress."""
    folder, dress = Path(sys.argv[1]), sys.argv[2]
    app = QApplication(sys.argv[:1])
    appearance = Appearance(app, "dark" if dress.endswith("dark") else "light")
    profile = os.environ["OCR_SCREENS_PROFILE"]
    speaking = Speaking(app, right_to_left=dress == "mirrored") if dress in {"pseudo", "mirrored"} else nullcontext()
    with speaking, opened(load(profile, os.environ, folder), folder / f".window-{dress}") as console:
        if dress.startswith("small"):
            console.frame.resize(*SMALL)
        console.frame.move(40, 40)
        console.frame.show()
        console.open()
        photograph(console, Camera(console, folder, dress))
    del appearance


if __name__ == "__main__":
    main()
