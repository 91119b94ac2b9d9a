"""Everything by mouse; only the name of a job is typed, where the palette asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtWidgets import QWidget

from console.ui.keys import KeySheet
from console.ui.kit.dialogs import Question
from console.ui.palette import Palette
from console.ui.queues_columns import PAUSE, PURGE
from tests.end2end.operating.other_program import OtherProgram
from tests.end2end.operating.ways import Way
from tests.end2end.operating.window import Spot, button, cell, entry, menu_entry, over, profile_row, row_act, whole
from worker.core.jobs import State

CLOSE = (-14, 12)  # of the frame that the window manager draws, from its right upper corner


class Mouse(Way):
    """Presses what can be seen."""

    def fidget(self) -> None:
        self._press(lambda: whole(self.window.jobs), "the middle of the page")
        self._press_button(lambda: self.window.frame.top_bar, "Go to job, worker, command")
        self._press_button(lambda: over(Palette), "Close")

    def bring(self, other: OtherProgram) -> None:
        frame = self.window.frame
        self.seat.drag(other.middle, self.window.place(lambda: whole(frame), "the window"))
        self.window.until(frame.drops.overlay.isVisible, "what a drop would do")
        self.picture("dragged")
        self.seat.drop()
        assert other.said() == "dragged: CopyAction"

    def start(self) -> None:
        self._press(lambda: whole(self.window.plan.settings.start), "Start")

    def go_to(self, page: str) -> None:
        place = self.window.frame.side_bar.place(page)
        self._press(lambda: whole(place), place.text())

    def check(self, names: Iterable[str]) -> None:
        for name in names:
            self._press(partial(cell, self.window.jobs.table, name, 0), f"the box of {name}")

    def uncheck(self) -> None:
        self._press_button(lambda: self.window.jobs.bar, "Uncheck all")

    def cancel(self) -> None:
        self._press_button(lambda: self.window.jobs.bar, "Cancel")

    def retry(self) -> None:
        self._press_button(lambda: self.window.jobs.bar, "Retry")

    def make_urgent(self, name: str) -> None:
        self.check([name])
        self._press_button(lambda: self.window.jobs.bar, "Priority")
        self._press(lambda: menu_entry("High"), "“High” in the menu")
        self.uncheck()

    def undo(self) -> None:
        self._press_button(lambda: self.window.frame.notices, "Undo")

    def purge(self, queue: str) -> None:
        self._press(lambda: row_act(self.window.queues.queues.table, queue, PURGE), "Purge…")
        self.window.until(lambda: over(Question), "the question")
        self.picture("asked-to-purge")
        self._press(lambda: whole(question.act) if (question := over(Question)) else None, "the red button")

    def pause(self, queue: str) -> None:
        self._press(lambda: row_act(self.window.queues.queues.table, queue, PAUSE), "Pause")

    def start_worker(self) -> None:
        self._press_button(lambda: self.window.doctor.checkup.list, "Start a worker")
        self.window.until(lambda: self.window.notice().startswith("Starting"), "word of the worker")

    def restart_workers(self) -> None:
        self._press_button(lambda: self.window.queues.strip, "Restart all")

    def stop_workers(self) -> None:
        self._press_button(lambda: self.window.queues.strip, "Stop all…")

    def show_failed(self) -> None:
        chip = self.window.jobs.filter.chips[State.FAILED]
        self._press(lambda: whole(chip), "the chip of those that failed")

    def show_all(self) -> None:
        self._press_button(lambda: self.window.jobs.filter, "All")

    def open_job(self, name: str) -> None:
        self._go_by_palette(name)

    def enlarge(self) -> None:
        self._press_button(self._page, "Larger")

    def leave_job(self) -> None:
        self._press_button(self._page, "Jobs")

    def open_keys(self) -> None:
        self._go_by_palette("All keys")

    def close_keys(self) -> None:
        self._press_button(lambda: over(KeySheet), "Close")

    def switch(self, profile: str) -> None:
        badge = self.window.ask(lambda: self.window.frame.top_bar.badge)
        self._press(lambda: whole(badge), "the badge")
        self._press(lambda: whole(found) if (found := profile_row(profile)) else None, f"“{profile}” in the menu")

    def close(self) -> None:
        right, top = self.window.ask(lambda: self.window.frame.frameGeometry().topRight().toTuple())
        self.seat.click((right + CLOSE[0], top + CLOSE[1]))

    def _page(self) -> QWidget | None:
        return self.window.frame.page

    def _go_by_palette(self, words: str) -> None:
        self._press_button(lambda: self.window.frame.top_bar, "Go to job, worker, command")
        self.window.until(lambda: over(Palette), "the palette")
        self.seat.type(words)
        self._press(lambda: entry(palette.list, words) if (palette := over(Palette)) else None, words)

    def _press_button(self, root: Callable[[], QWidget | None], name: str) -> None:
        self._press(lambda: button(root(), name), f"“{name}”")

    def _press(self, find: Callable[[], Spot | None], what: str) -> None:
        self.seat.click(self.window.place(find, what))
