"""What a person sees of the window: where things are, and what they say. Nothing is done here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QListView, QMenu, QWidget

from console.bridge.table import LOOK_ROLE
from console.ui.kit.row_acts import RowActs
from console.ui.kit.table import Table
from console.ui.kit.table_cells import PADDING
from console.ui.profiles_rows import ProfileRow
from tests.waiting import until

if TYPE_CHECKING:
    from console.app import Console
    from console.ops.doctor.verdicts import Verdict
    from console.ui.doctor import DoctorPage
    from console.ui.frame import Frame
    from console.ui.jobs import JobsPage
    from console.ui.plan import PlanPage
    from console.ui.queues import QueuesPage
    from console.ui.viewer import ViewerPage
    from console.ui.worker_start import StartWorkerPage
    from tests.end2end.hand import Hand
    from tests.end2end.seat import Place
    from worker.core.jobs import State

Answer = TypeVar("Answer")
Over = TypeVar("Over", bound=QDialog)
Spot = tuple[QWidget, QRect]  # a part of a widget


class Window:
    """Asked from another thread than the window's, on which pages are made when they are wanted first."""

    def __init__(self, shown: Callable[[], Console], hand: Hand) -> None:
        self._shown, self.ask = shown, hand

    @property
    def frame(self) -> Frame:
        """The window that is shown now."""
        return self._console.frame

    @property
    def profile(self) -> str:
        """The name of its profile."""
        return self._console.profile.name

    @property
    def jobs(self) -> JobsPage:
        """The page of jobs."""
        return self.ask(lambda: self._console.jobs)

    @property
    def queues(self) -> QueuesPage:
        """The page of queues and workers."""
        return self.ask(lambda: self._console.places.queues)

    @property
    def doctor(self) -> DoctorPage:
        """The page of the doctor."""
        return self.ask(lambda: self._console.places.doctor)

    @property
    def start_worker(self) -> StartWorkerPage:
        """The page where workers are started."""
        return self.ask(lambda: self._console.places.start_worker)

    @property
    def plan(self) -> PlanPage:
        """The page of a new batch."""
        return self.ask(lambda: self._console.adding.plan_page)

    @property
    def viewer(self) -> ViewerPage:
        """The page of one job."""
        return self.ask(lambda: self._console.looking.page)

    def until(self, fact: Callable[[], object], what: str, *, seconds: float = 30) -> None:
        """Wait until something is so; the failure tells where the focus is."""
        try:
            until(lambda: self.ask(fact), what, seconds=seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; {self.ask(self._situation)}") from None

    def place(self, find: Callable[[], Spot | None], what: str) -> Place:
        """The middle of what is found, as soon as it stands still there, is on, and is covered by nothing."""
        seen: list[QPoint] = [QPoint()]

        def look() -> bool:
            found = find()
            point = _pressable(*found) if found else None
            still = point is not None and point == seen[-1]
            seen.append(point or QPoint())
            return still

        self.until(look, f"a way to press {what}")
        return seen[-1].x(), seen[-1].y()

    def page(self) -> str:
        """The name of the page that is shown."""
        return self.frame.current_page

    def states(self) -> dict[str, State]:
        """The jobs that the table shows, by their names."""
        return {job.name: job.state for job in self.jobs.model.rows}

    def checked(self) -> set[str]:
        """The names of the checked jobs."""
        return {job.name for job in self.jobs.table.checked()}

    def notice(self) -> str:
        """What the strip at the foot says."""
        return self.frame.notices.accessibleName() if self.frame.notices.isVisible() else ""

    def doctor_says(self, name: str, verdict: Verdict) -> bool:
        """Whether he says that of a check by now; he is asked again where he said what was so a moment ago."""
        said = next((row.check.verdict for row in self.doctor.checkup.list.rows if row.check.name == name), None)
        if said is not verdict and not self.doctor.feed.looking:
            self.doctor.checkup.again.click()
        return said is verdict

    def focus(self) -> QWidget | None:
        """What has the keyboard."""
        return QApplication.focusWidget()

    def under_cursor(self, table: Table) -> str:
        """The first words of the row under the cursor."""
        row = table.currentIndex().row()
        return _words(table, row) if row >= 0 else ""

    @property
    def _console(self) -> Console:
        return self._shown()

    def _situation(self) -> str:
        focus, over = self.focus(), QApplication.activeModalWidget()
        parts = (
            f"the page is “{self.page()}”",
            f"the focus is on {type(focus).__name__} “{focus.accessibleName() if focus else ''}”",
            f"over it stands “{over.accessibleName() if over else ''}”",
            f"the notice is “{self.notice()}”",
        )
        return ", ".join(parts)


def over(kind: type[Over]) -> Over | None:
    """What stands over the window, if it is of this kind."""
    found = QApplication.activeModalWidget()
    return found if isinstance(found, kind) else None


def whole(widget: QWidget) -> Spot:
    """All of it."""
    return widget, widget.rect()


def button(root: QWidget | None, name: str) -> Spot | None:
    """A button, a switch or a chip by the words that are read aloud of it; its value or its key follows."""
    for one in root.findChildren(QAbstractButton) if root is not None else ():
        if one.isVisible() and f"{one.accessibleName()}, ".startswith((f"{name}, ", f"{name} (")):
            return whole(one)
    return None


def cell(table: Table, words: str, column: int) -> Spot | None:
    """A cell of the row whose first words these are."""
    row = _row(table, words)
    return (table.viewport(), table.visualRect(table.model().index(row, column))) if row is not None else None


def row_act(table: Table, words: str, name: str) -> Spot | None:
    """A small button at the end of the row whose first words these are."""
    row = _row(table, words)
    if row is None:
        return None
    for column in range(table.model().columnCount()):
        index = table.model().index(row, column)
        look, rect = index.data(LOOK_ROLE), table.visualRect(index)
        if isinstance(look, RowActs) and (reach := list(_reach(look, rect, name))):
            return table.viewport(), QRect(QPoint(reach[0], rect.top()), QPoint(reach[-1], rect.bottom()))
    return None


def entry(listed: QListView, words: str) -> Spot | None:
    """A line of a list that begins with these words."""
    lines = (listed.model().index(row, 0) for row in range(listed.model().rowCount()))
    found = (line for line in lines if str(line.data()).startswith(words))
    return next(((listed.viewport(), listed.visualRect(line)) for line in found), None)


def menu_entry(words: str) -> Spot | None:
    """An entry of the menu that is open; the letter that chooses it does not count."""
    menu = QApplication.activePopupWidget()
    if not isinstance(menu, QMenu):
        return None
    found = (action for action in menu.actions() if action.text().replace("&", "") == words)
    return next(((menu, menu.actionGeometry(action)) for action in found), None)


def profile_row(name: str) -> ProfileRow | None:
    """The row of a profile in the badge's menu, if that is open."""
    menu = QApplication.activePopupWidget()
    rows = menu.findChildren(ProfileRow) if menu is not None else []
    return next((row for row in rows if row.isVisible() and f"{row.accessibleName()}, ".startswith(f"{name}, ")), None)


def _reach(acts: RowActs, rect: QRect, name: str) -> Iterator[int]:
    within = QRectF(rect).adjusted(PADDING, 0, -PADDING, -1)
    for x in range(rect.left(), rect.right()):
        act = acts.at(within, x)
        if act is not None and act.name == name:
            yield x


def _row(table: Table, words: str) -> int | None:
    return next((row for row in range(table.model().rowCount()) if _words(table, row) == words), None)


def _words(table: Table, row: int) -> str:
    texts = (str(table.model().index(row, column).data()) for column in range(table.model().columnCount()))
    return next((text for text in texts if text), "")


def _pressable(widget: QWidget, part: QRect) -> QPoint | None:
    """Where a press on a part of a widget would reach it."""
    point = widget.mapToGlobal(part.center())
    top = QApplication.widgetAt(point) if widget.isVisible() and widget.isEnabled() else None
    return point if top is not None and (top is widget or widget.isAncestorOf(top)) else None
