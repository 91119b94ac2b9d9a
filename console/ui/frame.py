"""The window: top bar, side bar, a stack of pages, notices and the status strip."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console.ui import theme
from console.ui.act_progress import ActProgress
from console.ui.actions import Action
from console.ui.away import AwayBand, away_words, switch
from console.ui.dropping import DropTarget
from console.ui.kit import paint, reading
from console.ui.kit.later import Later
from console.ui.notices import NoticeStrip
from console.ui.side_bar import SideBar
from console.ui.status_strip import StatusStrip, strip_figures
from console.ui.top_bar import TopBar

if TYPE_CHECKING:
    from console.ops.snapshot import Snapshot

translate = QCoreApplication.translate
EDGE = 3  # the red frame of a production profile
SIZE, SMALLEST = (1440, 900), (1024, 640)


class Frame(QWidget):
    """The window around the pages. It knows no service: it is given pictures to show, and tells what is wanted.

    `may_close` is asked before the window closes; set it to hold the window while something is unfinished.
    """

    files_dropped = Signal(list)  # list[str]: dropped, pasted or chosen files and folders
    refresh_asked = Signal()
    undo_asked = Signal()  # of the last act that can be taken back
    page_shown = Signal(str)
    closed = Signal()

    def __init__(self, profile: str, *, production: bool = False, spoken: str = "", colour: str = "") -> None:
        """Make the window.

        Args:
            profile: Its name, for the badge.
            production: Frame the window in red.
            colour: Of the badge; "" for none of its own.
            spoken: Its name in a sentence, where that is another: "this machine".
        """
        super().__init__()
        self._pages: dict[str, QWidget] = {}
        self._titles: dict[str, str] = {}
        self._production = production
        self.may_close: Callable[[], bool] = lambda: True
        self.setWindowTitle(translate("Frame", "OCR Console"))
        self.setMinimumSize(*SMALLEST)
        self.resize(*SIZE)
        self._make_actions()
        self.drops = DropTarget(self, spoken or profile)
        self.drops.dropped.connect(self.files_dropped)
        self.top_bar = TopBar(profile, self.add_files.button("primary"), production=production, colour=colour)
        self.side_bar = SideBar()
        self.side_bar.chosen.connect(self.show_page)
        self.away = AwayBand()
        self.away.try_now.connect(self.refresh_asked)
        self.progress = ActProgress()
        self.notices = NoticeStrip()
        self.strip = StatusStrip()
        self._stack = QStackedWidget()
        self._lay_out()
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        self._tick()

    @property
    def current_page(self) -> str:
        """The name of the page that is shown, "" before the first."""
        shown = self._stack.currentWidget()
        return next((name for name, page in self._pages.items() if page is shown), "")

    @property
    def page(self) -> QWidget | None:
        """The page that is shown."""
        shown = self._stack.currentWidget()
        return shown.page if isinstance(shown, Later) else shown

    @property
    def page_title(self) -> str:
        """What people call the page that is shown."""
        return self._titles.get(self.current_page, "")

    @property
    def pages(self) -> Mapping[str, QWidget]:
        """All pages by their names."""
        return self._pages

    def panes(self) -> list[QWidget]:
        """What F6 goes through: the bar, the places, and the parts of the page that is shown."""
        page = self.page
        parts = getattr(page, "panes", None)
        return [self.top_bar, self.side_bar, *(parts() if parts else [page] if page else []), self.notices]

    def add_page(
        self, name: str, page: QWidget, *, text: str, icon: str, key: str = "", place: bool = True, listed: bool = True
    ) -> None:
        """Put a page on the stack.

        Args:
            name: What `show_page` calls it.
            page: The widget.
            text: Its entry in the side bar.
            icon: The entry's icon.
            key: Keys that lead there, "G, J".
            place: Whether it has an entry at all; a job that is opened has none.
            listed: Whether the entry is visible from the start.
        """
        self._pages[name] = page
        self._titles[name] = text
        self._stack.addWidget(page)
        if place:
            self.side_bar.add_place(name, text, icon)
            self.side_bar.list_place(name, listed)
        if key:
            Action(self, text, lambda: self.show_page(name), icon=icon, key=key)
        if len(self._pages) == 1:
            self.side_bar.show_current(name)

    def show_page(self, name: str) -> None:
        """Bring a page to the front and give it the focus."""
        page = self._pages[name]
        self._stack.setCurrentWidget(page)
        self.side_bar.show_current(name)
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        self.page_shown.emit(name)

    def add_band(self, band: QWidget) -> None:
        """Put something over every page, under the band of what is away."""
        self._content.insertWidget(1, band)

    def list_page(self, name: str, listed: bool = True) -> None:
        """Show or hide a page's entry in the side bar: it stands there while the page has something to show."""
        self.side_bar.list_place(name, listed)

    def set_count(self, name: str, count: str, role: theme.Role = "text3") -> None:
        """Show a figure beside a page's entry; "" for none."""
        self.side_bar.set_count(name, count, role)

    def show_snapshot(self, snapshot: Snapshot, next_s: float) -> None:
        """Show the lamps and figures, and the band while a service is away; without its database nothing is changed."""
        self.top_bar.show_health(snapshot.health)
        if snapshot.facts.at is not None:
            self.strip.show_figures(strip_figures(snapshot, snapshot.facts.at))
            self._tick()
        self.strip.set_stale(any(one.service == "postgres" and one.state == "down" for one in snapshot.health))
        switch(self, away=any(one.service == "postgres" and not one.ok for one in snapshot.health))
        said = away_words(snapshot, next_s)
        if said is None:
            self.away.hide()
        else:
            self.away.tell(*said)

    def choose_files(self) -> None:
        """Ask for files with the system's dialog."""
        paths, _ = QFileDialog.getOpenFileNames(self, translate("Frame", "Add files"))
        if paths:
            self.files_dropped.emit(paths)

    def paste_files(self) -> None:
        """Take the files that were copied in a file manager."""
        self.drops.take(QGuiApplication.clipboard().mimeData())

    def undo(self) -> None:
        """Take back what the notice tells of, while it stands; else the last act that can be is asked for."""
        if not self.notices.undo():
            self.undo_asked.emit()

    def focusNextPrevChild(self, forward: bool) -> bool:
        return reading.step(self, forward=forward)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self._clock.stop()
        event.accept()
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < theme.NARROW
        self.top_bar.set_narrow(narrow=narrow)
        self.side_bar.set_narrow(narrow=narrow)
        self.strip.set_narrow(narrow=narrow)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        with paint.painting(self) as painter:
            painter.fillRect(self.rect(), tokens["bad_fill"] if self._production else tokens["surface"])
            painter.fillRect(self.contentsRect(), tokens["surface"])

    def _make_actions(self) -> None:
        add, paste = translate("Frame", "Add files…"), translate("Frame", "Paste files")
        self.add_files = Action(self, add, self.choose_files, icon="plus", key="Ctrl+O", changes=True)
        Action(self, paste, self.paste_files, key="Ctrl+V", changes=True)
        Action(self, translate("Frame", "Refresh now"), self.refresh_asked.emit, key="F5")
        Action(self, translate("Frame", "Undo"), self.undo, key="Ctrl+Z", changes=True)

    def _lay_out(self) -> None:
        content = self._content = QVBoxLayout()
        content.setSpacing(0)
        content.addWidget(self.away)
        content.addWidget(self._stack, 1)
        content.addWidget(self.progress)
        content.addWidget(self.notices)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.side_bar)
        middle.addLayout(content, 1)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        edge = EDGE if self._production else 0
        self.setContentsMargins(edge, edge, edge, edge)
        lines.setSpacing(0)
        lines.addWidget(self.top_bar)
        lines.addLayout(middle, 1)
        lines.addWidget(self.strip)

    def _tick(self) -> None:
        self.strip.tick(datetime.now(UTC))
