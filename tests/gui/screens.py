"""Write pictures of the window in every state, light and dark: `python -m tests.gui.screens FOLDER`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import cast

if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QItemSelectionModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.bridge.background import Background
from console.ui.frame import Frame
from console.ui.jobs import JobsPage
from console.ui.kit.dialogs import Question
from console.ui.kit.paint import painting
from console.ui.theme import Appearance, Choice
from tests.gui.invented import MemoryStore, an_ordinary_day, job, lamps, picture, worker

THEMES: tuple[Choice, ...] = ("light", "dark")


def until(fact: Callable[[], bool]) -> None:
    """Let the window work until something is so."""
    deadline = time.monotonic() + 10
    while not fact():
        assert time.monotonic() < deadline
        QApplication.processEvents()


def is_laid_out(window: Window) -> bool:
    """Whether the last label to grow has its room."""
    age = window.frame.strip.age
    return age.width() >= age.sizeHint().width()


class Window:
    """The window with its jobs page, on a store in memory."""

    def __init__(self, store: MemoryStore, *, production: bool = False) -> None:
        profile = "production" if production else "This machine"
        self.store, self.background = store, Background()
        self.frame = Frame(profile, production=production)
        self.jobs = JobsPage(self.background, profile=profile)
        self.frame.add_page("jobs", self.jobs, text="Jobs", icon="files", key="G, J")
        self.jobs.open_source(store)
        self.jobs.pane.open_source(store)
        self.frame.show()
        self.frame.show_page("jobs")
        until(lambda: self.jobs.feed.complete or bool(self.jobs.model.rows))
        self.show_picture()

    def show_picture(self, **values) -> None:
        workers = (worker("ocr1@scan-01"), worker("ocr2@scan-01"))
        shown = {"pages_waiting": 5392, "pages_per_minute": 164, "failed_today": 57, "workers": workers, **values}
        for _ in range(3):
            snapshot = picture(self.store, **shown)
            self.frame.show_snapshot(snapshot, 4)
            self.jobs.show_snapshot(snapshot)
        self.frame.set_count("jobs", f"{sum(snapshot.counts.values()):,}")

    def close(self) -> None:
        self.frame.close()
        self.background.close()
        self.frame.deleteLater()
        QCoreApplication.sendPostedEvents(self.frame, QEvent.Type.DeferredDelete)


def live() -> Window:
    window = Window(MemoryStore(an_ordinary_day()))
    window.frame.side_bar.remember("Started 1 worker", "14:02")
    window.frame.side_bar.remember("Retried 64 jobs", "14:19")
    window.jobs.table.go_to(window.jobs.model.row(10).id)
    return window


def empty() -> Window:
    window = Window(MemoryStore())
    window.show_picture(pages_waiting=0, pages_per_minute=0, failed_today=0, workers=(worker("ocr1@here"),))
    return window


def checked() -> Window:
    window = live()
    flags = QItemSelectionModel.SelectionFlag
    for place in (6, 9, 13):
        window.jobs.table.selectionModel().select(window.jobs.model.index(place, 0), flags.Select | flags.Rows)
    window.frame.notices.tell("128 jobs cancelled.", "3 were already done and stay as they are.", undo=lambda: None)
    return window


def filtered() -> Window:
    window = live()
    window.jobs.filter.field.setText("state:failed rechnung")
    window.jobs.filter.field.setFocus()
    until(lambda: window.jobs.feed.complete and not window.jobs.model.rows)
    return window


def many() -> Window:
    window = Window(MemoryStore(job(place, ago_s=place) for place in range(1000)))
    window.jobs.table.verticalScrollBar().setValue(900)
    window.show_picture(changed=[job(2000 + place) for place in range(12)])
    return window


def away() -> Window:
    window = live()
    window.show_picture(health=lamps(postgres="PostgreSQL at 127.0.0.1:5432 does not answer."))
    return window


def production() -> Window:
    return Window(MemoryStore(an_ordinary_day()), production=True)


def dropping() -> Window:
    window = live()
    window.frame.drops.overlay.offer(["/usr/share", "/usr/lib", "/tmp/发票_2026.pdf", "/tmp/b.pdf"])
    return window


def small() -> Window:
    window = live()
    window.frame.resize(1024, 640)
    return window


def question() -> Window:
    window = live()
    asked = Question(
        window.frame,
        title="Close while 3 uploads run?",
        sentence="What has arrived is read anyway. The rest is offered again at the next start.",
        facts=(("Uploaded", "148 of 355 files"), ("Left", "about 30 s")),
        safe="Keep uploading",
        act="Close now",
    )
    asked.show()
    QApplication.processEvents()
    both, sheet = window.frame.grab(), asked.grab()  # two windows, of which no screen takes a picture here
    with painting(both) as painter:
        painter.drawPixmap(asked.pos() - window.frame.pos(), sheet)
    asked.close()
    window.frame.setProperty("overlay", both)
    return window


SCREENS: tuple[Callable[[], Window], ...] = (
    live, empty, checked, filtered, many, away, production, dropping, small, question,
)  # fmt: skip


def write(folder: Path) -> list[Path]:
    """Draw every screen in both themes; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    app = cast("QApplication", QApplication.instance() or QApplication([]))
    written = []
    for theme in THEMES:
        appearance = Appearance(app, theme)
        for screen in SCREENS:
            window = screen()
            QTest.qWait(50)
            until(partial(is_laid_out, window))
            overlay = window.frame.property("overlay")
            shown = overlay if overlay is not None else window.frame.grab()
            written.append(folder / f"jobs-{screen.__name__}-{theme}.png")
            shown.save(str(written[-1]))
            window.close()
        appearance.deleteLater()
    return written


if __name__ == "__main__":
    for file in write(Path(sys.argv[1])):
        print(file)
