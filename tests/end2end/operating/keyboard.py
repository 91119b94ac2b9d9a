"""Everything by keyboard; the pointer lies in a corner."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QApplication, QWidget

from console.ui.going import DOCTOR, JOBS, QUEUES
from console.ui.keys import KeySheet
from console.ui.kit.dialogs import Question
from console.ui.kit.table import Table
from console.ui.palette import Palette
from tests.end2end.operating.other_program import OtherProgram
from tests.end2end.operating.ways import Way
from tests.end2end.operating.window import over, profile_row

KEYS = {DOCTOR: ("g", "d"), JOBS: ("g", "j"), QUEUES: ("g", "w")}
TABS = 30  # until whatever stands on a page has been reached


class Keyboard(Way):
    """Presses keys, and sees to it that the focus is where it is said to be."""

    def fidget(self) -> None:
        self._ready()
        self.seat.key("ctrl+z", "Delete", "r", "c", "p", "x", "ctrl+k")
        self._wait_for_palette()  # all keys before have been pressed
        self.seat.key("Escape")

    def bring(self, other: OtherProgram) -> None:
        self.seat.point((0, 0))
        self.seat.raise_up(other.window)
        self.seat.key("ctrl+c")
        assert other.said() == "copied"
        self.seat.raise_up(self.seat.window("OCR Console"))
        self._ready()
        self.seat.key("ctrl+v")

    def start(self) -> None:
        self.seat.key("ctrl+Return")

    def go_to(self, page: str) -> None:
        self._ready()
        self.seat.key(*KEYS[page])
        self.window.until(lambda: self.window.page() == page, f"the page {page}")

    def check(self, names: Iterable[str]) -> None:
        for name in sorted(names):
            self._go_to_row(self.window.jobs.table, name)
            self.seat.key("x")

    def uncheck(self) -> None:
        self.seat.key("Escape")

    def cancel(self) -> None:
        self.seat.key("c")

    def retry(self) -> None:
        self._focus_on(lambda: self.window.jobs.table, "the table of jobs")
        self.seat.key("r")

    def make_urgent(self, name: str) -> None:
        self._go_to_row(self.window.jobs.table, name)
        self.seat.key("p")
        self.window.until(QApplication.activePopupWidget, "the menu of priorities")
        self.picture("priorities")
        self.seat.key("h")

    def undo(self) -> None:
        self._ready()
        self.seat.key("ctrl+z")

    def purge(self, queue: str) -> None:
        self._go_to_queue(queue)
        self.seat.key("Delete")
        self.window.until(lambda: (asked := over(Question)) and asked.safe.hasFocus(), "the focus on the safe button")
        self.picture("asked-to-purge")
        self.seat.key("Tab")
        self.window.until(lambda: (asked := over(Question)) and asked.act.hasFocus(), "the focus on the red button")
        self.seat.key("Return")

    def pause(self, queue: str) -> None:
        self._go_to_queue(queue)
        self.seat.key("p")

    def start_worker(self) -> None:
        """On the page where all can be chosen: with a name of its own, and one slot."""
        self._ready()
        self.seat.key("g", "n")
        page = self.window.start_worker
        self._focus_on(lambda: page.form.name, "the name of the worker")
        self.seat.key("ctrl+a")
        self.seat.type("night")
        self._tab_to(page.form.slots, "its slots")
        while (self.window.ask(lambda: page.form.slots.value) or 1) > 1:
            before = self.window.ask(lambda: page.form.slots.value)
            self.seat.key("minus")
            self.window.until(lambda before=before: page.form.slots.value != before, "a slot less")  # type: ignore[misc]
        self._tab_to(page.form.stop_too, "what is when the console closes")
        self.seat.key("Down")
        self.window.until(page.form.keep.isChecked, "a worker that keeps running")
        self.seat.key("Up")
        self.window.until(page.form.stop_too.isChecked, "a worker that ends with this window")
        self.window.until(lambda: "--hostname night@" in page.side.recipe.text, "the command that does the same")
        self.picture("start-a-worker")
        self.seat.key("ctrl+Return")
        self.window.until(lambda: self.window.page() == QUEUES, "the workers")

    def restart_workers(self) -> None:
        self._tab_to(self.window.queues.strip.table, "the workers of this machine")
        self.seat.key("shift+r")

    def stop_workers(self) -> None:
        self._tab_to(self.window.queues.strip.table, "the workers of this machine")
        self.seat.key("shift+s")

    def show_failed(self) -> None:
        field, typed = self.window.jobs.filter.field, "state:fai"
        self.seat.key("slash")
        self._focus_on(lambda: field, "the field of the filter")
        self.seat.type(typed)
        self.window.until(lambda: field.text() == typed and field.is_offering, "what the filter may go on with")
        self.picture("offered")
        self.seat.key("Tab")
        self.window.until(lambda: field.text().strip() == "state:failed", "what was offered")
        self.seat.key("Return")

    def show_all(self) -> None:
        self.seat.key("slash")
        self._focus_on(lambda: self.window.jobs.filter.field, "the field of the filter")
        self.seat.key("Escape", "Escape")
        self._focus_on(lambda: self.window.jobs.table, "the table of jobs")

    def open_job(self, name: str) -> None:
        self._ready()
        self.seat.key("ctrl+k")
        self._wait_for_palette()
        self.seat.type(name)
        self.window.until(lambda: self._hit() == name, f"{name} in the palette")
        self.picture("palette")
        self.seat.key("Return")

    def enlarge(self) -> None:
        self.seat.key("plus")

    def leave_job(self) -> None:
        self.seat.key("Escape")

    def open_keys(self) -> None:
        self._ready()
        self.seat.key("question")

    def close_keys(self) -> None:
        self.window.until(lambda: (sheet := over(KeySheet)) and sheet.field.hasFocus(), "the focus in the sheet")
        self.seat.key("Escape")

    def switch(self, profile: str) -> None:
        self._ready()
        self.seat.key("g", "p")
        self.window.until(lambda: profile_row(profile), f"“{profile}” in the menu")
        self.picture("profiles")
        while not self.window.ask(lambda: (row := profile_row(profile)) and row.hasFocus()):
            before = self.window.ask(_focus)
            self.seat.key("Down")
            self.window.until(lambda before=before: _focus() is not before, "another row")  # type: ignore[misc]
        self.seat.key("Return")

    def close(self) -> None:
        self._ready()
        self.seat.key("alt+F4")

    def _tab_to(self, widget: QWidget, what: str) -> None:
        for _ in range(TABS):
            before = self.window.ask(self.window.focus)
            if before is widget:
                break
            self.seat.key("Tab")
            self.window.until(lambda before=before: self.window.focus() is not before, "another focus")  # type: ignore[misc]
        self._focus_on(lambda: widget, what)

    def _hit(self) -> str:
        """What Enter would choose in the palette."""
        palette = over(Palette)
        return palette.list.current.text if palette and palette.list.current else ""

    def _wait_for_palette(self) -> None:
        self.window.until(lambda: (palette := over(Palette)) and palette.field.hasFocus(), "the focus in the palette")

    def _ready(self) -> None:
        self.window.until(self.window.frame.isActiveWindow, "the keyboard at the window")

    def _go_to_queue(self, queue: str) -> None:
        self._go_to_row(self.window.queues.queues.table, queue)

    def _go_to_row(self, table: Table, words: str) -> None:
        self._focus_on(lambda: table, f"the table “{table.accessibleName()}”")
        self.seat.key("Home")
        self.window.until(lambda: table.currentIndex().row() == 0, "the first row under the cursor")
        row = 0
        while self.window.ask(lambda: self.window.under_cursor(table)) != words:
            self.seat.key("j")
            self.window.until(lambda row=row: table.currentIndex().row() == row + 1, "the next row")  # type: ignore[misc]
            row += 1

    def _focus_on(self, find: Callable[[], QWidget], what: str) -> None:
        self.window.until(lambda: find().hasFocus(), f"the focus on {what}")


def _focus() -> QWidget | None:
    """What has the focus in the menu that is open."""
    menu = QApplication.activePopupWidget()
    return menu.focusWidget() if menu is not None else None
