"""A job that is opened: its page, its PDF in the system's viewer, its outputs in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QCoreApplication, QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from console.bridge.background import Background
from console.ui.frame import Frame
from console.ui.kit.later import Later

if TYPE_CHECKING:
    from console.ui.viewer import Load, Render, ViewerPage
    from worker.core.jobs import Job

translate = QCoreApplication.translate
JOB = "job"


class Looking(QObject):
    """Leads to a job's page and back.

    Args:
        frame: The window.
        background: Where what blocks runs.
        load: A job's id to the job and its pages.
        render: A page's picture; see ViewerPage.
        pdf: Fetches a job's searchable PDF to this disk.
    """

    retry_asked = Signal(list, str)  # list[UUID], and a password or ""
    save_asked = Signal(list, object, tuple)  # list[UUID], the folder as a Path, the formats; none means all

    def __init__(
        self, frame: Frame, background: Background, *, load: Load, render: Render, pdf: Callable[[Job], Path]
    ) -> None:
        super().__init__(frame)
        self._frame, self._background, self._pdf = frame, background, pdf
        self._back = ""
        self._folder = str(Path.home())
        self._later = Later(partial(self._make, load, render))
        frame.add_page(JOB, self._later, text="", icon="", place=False)

    @property
    def page(self) -> ViewerPage:
        """The page of a job; made when it is wanted first."""
        return self._later.page

    def make_within(self, ms: int) -> None:
        """Make it by then, while nobody waits for it."""
        self._later.make_within(ms)

    def show_jobs(self, jobs: Iterable[Job]) -> None:
        """Take over what changed."""
        if self._later.is_made:
            self.page.show_jobs(jobs)

    def open(self, job_id: UUID, number: int = 1) -> None:
        """Show a job at a page; leaving it leads back to where it was opened."""
        if self._frame.current_page != JOB:
            self._back = self._frame.current_page
        self.page.open(job_id, number=number)
        self._frame.show_page(JOB)

    def save(self, job: Job, formats: tuple[str, ...] = ()) -> None:
        """Ask for a folder, and have outputs saved there: these formats, or all."""
        chosen = QFileDialog.getExistingDirectory(
            self._frame, translate("Looking", "Save the outputs in a folder"), self._folder
        )
        if chosen:
            self._folder = chosen
            self.save_asked.emit([job.id], Path(chosen), formats)

    def settle(self, _outcome: object) -> None:
        """An act has ended, well or not."""
        if self._later.is_made:
            self.page.settle()

    def _make(self, load: Load, render: Render) -> ViewerPage:
        from console.ui.viewer import ViewerPage

        page = ViewerPage(self._background, load=load, render=render)
        page.closed.connect(self._close)
        page.pdf_asked.connect(self._open_pdf)
        page.save_asked.connect(self.save)
        page.retry_asked.connect(lambda job, password: self.retry_asked.emit([job.id], password))
        return page

    def _close(self) -> None:
        self._frame.show_page(self._back)

    def _open_pdf(self, job: Job) -> None:
        self._background.submit(self._pdf, job, done=self._show_pdf)

    def _show_pdf(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            sentence = translate("Looking", "No program on this machine opens PDF files.")
            self._frame.notices.tell(sentence, translate("Looking", "It lies in {path}").format(path=path), bad=True)
