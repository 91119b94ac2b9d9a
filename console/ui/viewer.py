"""A job and its pages: the picture, and beside it what was read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.bridge.background import Background, Latest
from console.ui import words
from console.ui.actions import Action
from console.ui.kit.bars import Underway
from console.ui.kit.boxes import Box, column
from console.ui.kit.labels import Hairline
from console.ui.page_tiles import Tile
from console.ui.viewer_head import JobHead, PageBar, TroubleBand
from console.ui.viewer_sheet import Sheet
from console.ui.viewer_strip import PAPER, PageStrip
from console.ui.viewer_text import NARROW, WIDTH, TextPane
from worker.core.errors import OcrConsoleError
from worker.core.jobs import ACTIVE, Job, Page, State

if TYPE_CHECKING:
    from console.ops.previews import Picture

translate = QCoreApplication.translate
Opened = tuple[Job, Sequence[Page]]


Load = Callable[[UUID], Opened]
Render = Callable[[Job, int, int, int], "Picture"]


class ViewerPage(QWidget):
    """Shows one job. `load` and `render` block; they run in the background.

    Args:
        background: Where they run.
        load: A job's id to the job and its pages.
        render: A job, a page's number from 1, and the pixels across and down that its picture has to fit into.
    """

    closed = Signal()
    pdf_asked = Signal(object)  # Job: show its PDF in the system's viewer
    save_asked = Signal(object)  # Job
    retry_asked = Signal(object, str)  # Job, and a password or ""

    def __init__(self, background: Background, *, load: Load, render: Render, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background, self._load, self._render = background, load, render
        self._loading, self._drawing = Latest(background), Latest(background)
        self._job: Job | None = None
        self._job_id: UUID | None = None
        self._pages: dict[int, Page] = {}
        self._number = 1
        self._small: list[int] = []  # pages whose small pictures are wanted; the newest wish first
        self._small_underway = False
        self._stale = False  # it changed while nobody saw it
        self.sheet = Sheet()
        self._make_actions()
        self.head = JobHead(self._close, self._pdf, self._save)
        self.bar = PageBar(self._previous, self._next, self._out, self._in, self._fit)
        self.trouble = TroubleBand()
        self.strip = PageStrip()
        self.text = TextPane()
        self._underway = Underway()
        self._connect()
        self._lay_out()

    @property
    def job(self) -> Job | None:
        """The job that is shown, None while it is loaded."""
        return self._job

    @property
    def number(self) -> int:
        """The page that is shown, from 1."""
        return self._number

    def open(self, job_id: UUID, name: str = "", *, number: int = 1) -> None:
        """Show a job at a page; its name, if known, stands there at once."""
        self._job_id, self._job, self._pages, self._number = job_id, None, {}, number
        self._small.clear()
        self._drawing.drop()
        self.strip.forget_pictures()
        self.strip.tiles.set_tiles(())
        self.head.show_name(name)
        self.trouble.hide()
        self.text.show_page(None)
        self.bar.show_page(number, 0, None)
        self.sheet.say(translate("Viewer", "Opening"))
        self._tell_actions()
        self._fetch()

    def show_jobs(self, jobs: Iterable[Job]) -> None:
        """Take what became of jobs; if the one that is shown has changed, it is loaded again, once it is seen."""
        shown = self._job
        self._stale |= shown is not None and any(job.id == shown.id and job.updated != shown.updated for job in jobs)
        if self._stale and self.isVisible():
            self._fetch()

    def settle(self) -> None:
        """What was asked for is done or was refused: it can be asked for again."""
        self.trouble.button.set_busy(False)

    def turn(self, number: int) -> None:
        """Show another page, from 1; there is none before the first and behind the last."""
        number = min(max(number, 1), max(self._count(), 1))
        if number != self._number:
            self._number = number
            self._show_page()

    def panes(self) -> list[QWidget]:
        """What F6 goes through."""
        return [self.head, self.strip, self.bar, self.sheet, self.text]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._fetch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.text.setFixedWidth(WIDTH if self.width() > 1000 else NARROW)

    def _fetch(self) -> None:
        self._stale = False
        self._underway.set_running(True)
        self._loading.submit(self._load, self._job_id, done=self._loaded, failed=self._not_loaded)

    def _loaded(self, opened: Opened) -> None:
        self._underway.set_running(False)
        before = self._job
        self._job, pages = opened
        self._pages = {page.number: page for page in pages}
        fresh = before is None or before.outputs.get("pdf") != self._job.outputs.get("pdf")
        if fresh:
            self.strip.forget_pictures()
        self.strip.tiles.set_tiles([Tile(n, self._pages.get(n)) for n in range(1, self._count() + 1)])
        self.strip.setVisible(self._count() > 0)
        self.head.show_job(self._job)
        self.trouble.show_job(self._job)
        self._tell_actions()
        self._show_page(draw=fresh)

    def _not_loaded(self, error: OcrConsoleError) -> None:
        self._underway.set_running(False)
        if self._job is None:
            self.sheet.say(words.told(error.sentence), words.told(error.advice))

    def _count(self) -> int:
        return max((self._job.pages if self._job else None) or 0, *self._pages, 0)

    def _show_page(self, *, draw: bool = True) -> None:
        self.strip.turn_to(self._number)
        page = self._pages.get(self._number)
        self.text.show_page(page)
        self.bar.show_page(self._number, self._count(), page)
        self._previous.setEnabled(self._number > 1)
        self._next.setEnabled(self._number < self._count())
        why_not = self._why_no_picture()
        if why_not:
            self._drawing.drop()
            self.sheet.say(*why_not)
        elif draw:
            if not self.sheet.showing:
                self.sheet.say(translate("Viewer", "The page is drawn"))
            self.sheet.to_top()
            self.sheet.ask()

    def _why_no_picture(self) -> tuple[str, str] | None:
        job = self._job
        if job is None:
            return translate("Viewer", "Opening"), ""
        if "pdf" in job.outputs:
            return None
        if job.state in ACTIVE:
            page = self._pages.get(self._number)
            read = translate("Viewer", "This page is read") if page else translate("Viewer", "Not read yet")
            return read, translate("Viewer", "Its picture comes with the finished PDF.")
        if job.state is State.DONE:
            return translate("Viewer", "No picture"), translate("Viewer", "No searchable PDF was asked for.")
        return translate("Viewer", "No picture"), translate("Viewer", "The document was not read to its end.")

    def _draw(self, width: int, height: int) -> None:
        if self._job is not None and "pdf" in self._job.outputs:
            self._drawing.submit(
                self._render, self._job, self._number, width, height, done=self._drawn, failed=self._not_drawn
            )

    def _drawn(self, picture: Picture) -> None:
        self.sheet.show_picture(_image(picture), picture.scale)

    def _not_drawn(self, error: OcrConsoleError) -> None:
        self.sheet.say(words.told(error.sentence), words.told(error.advice))

    def _want_small(self, number: int) -> None:
        if number not in self._small:
            self._small.insert(0, number)
        del self._small[20:]  # scrolled past: asked for again when they come into view
        self._draw_small()

    def _draw_small(self) -> None:
        job = self._job
        if self._small_underway or not self._small or job is None or "pdf" not in job.outputs:
            return
        number, self._small_underway = self._small.pop(0), True
        ratio = self.devicePixelRatioF()

        def done(picture: Picture) -> None:
            self._small_underway = False
            if job.id == self._job_id:
                image = _image(picture)
                image.setDevicePixelRatio(ratio)
                self.strip.show_picture(number, image)
            self._draw_small()

        def failed(_error: OcrConsoleError) -> None:
            self._small_underway = False
            self._small.clear()  # the large picture says why

        size = PAPER * ratio
        self._background.submit(self._render, job, number, size.width(), size.height(), done=done, failed=failed)

    def _tell_actions(self) -> None:
        job = self._job
        self._pdf.setEnabled(job is not None and "pdf" in job.outputs)
        self._save.setEnabled(job is not None and bool(job.outputs))

    def _ask_pdf(self) -> None:
        self.pdf_asked.emit(self._job)

    def _ask_save(self) -> None:
        self.save_asked.emit(self._job)

    def _retry(self, password: str) -> None:
        if self._job is not None:
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # the band that has it will go
            self.retry_asked.emit(self._job, password)

    def _make_actions(self) -> None:
        self._close = Action(self, translate("Viewer", "Jobs"), self.closed.emit, icon="chevron-left", key="Escape")
        self._pdf = Action(self, translate("Viewer", "Open PDF"), self._ask_pdf, icon="external-link", key="O")
        self._save = Action(self, translate("Viewer", "Save outputs…"), self._ask_save, icon="download", key="Ctrl+S")
        self._previous = Action(
            self, translate("Viewer", "Page before"), lambda: self.turn(self._number - 1), key="Left"
        )
        self._next = Action(self, translate("Viewer", "Next page"), lambda: self.turn(self._number + 1), key="Right")
        self._out = Action(self, translate("Viewer", "Smaller"), self.sheet.zoom_out, key="-")
        self._in = Action(self, translate("Viewer", "Larger"), self.sheet.zoom_in, key="+")
        Action(self, translate("Viewer", "Larger"), self.sheet.zoom_in, key="=")
        self._fit = Action(self, translate("Viewer", "Fit"), self.sheet.fit, key="F")

    def _connect(self) -> None:
        self.sheet.wanted.connect(self._draw)
        self.sheet.zoomed.connect(self.bar.show_zoom)
        self.strip.turned.connect(self.turn)
        self.strip.wanted.connect(self._want_small, Qt.ConnectionType.QueuedConnection)
        self.trouble.retry.connect(self._retry)
        self.trouble.password.left.connect(self._close.trigger)

    def _lay_out(self) -> None:
        middle = QWidget()
        across = QHBoxLayout(middle)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.strip)
        across.addWidget(Hairline(vertical=True))
        across.addWidget(self._pages_column(), 1)
        across.addWidget(Hairline(vertical=True))
        across.addWidget(self.text)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        for widget in (self.head, Hairline(), self._underway, self.trouble):
            lines.addWidget(widget)
        lines.addWidget(middle, 1)

    def _pages_column(self) -> Box:
        return column(self.bar, Hairline()).add(self.sheet, stretch=1)


def _image(picture: Picture) -> QImage:
    """A copy: QImage only borrows the bytes it is made of."""
    return QImage(picture.data, picture.width, picture.height, picture.stride, QImage.Format.Format_RGB888).copy()
