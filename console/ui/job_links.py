"""Jobs by name, one under the other, each a way to it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from console.ui import theme
from console.ui.job_icons import job_icon
from console.ui.kit import paint
from console.ui.kit.states import job_look
from worker.core.jobs import Job

HEIGHT = 28


class JobLink(QAbstractButton):
    """A job's name, and at the end what it is now."""

    def __init__(self, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._look = job_icon(job.name), job_look(job)
        self.setText(job.name)
        self.setToolTip(job.name)
        self.setAccessibleName(f"{job.name}, {self._look.word}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(120, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect = theme.tokens(self), QRectF(self.rect())
        with paint.painting(self) as painter:
            paint.icon(painter, 0, rect.center().y() - 8, self._icon, tokens["text3"])
            font = theme.font(12)
            taken = paint.text(painter, rect.adjusted(0, 0, -6, 0), self._look.word, tokens["text2"], font, align="end")
            colour = tokens["accent" if self.underMouse() else "text"]
            middle = Qt.TextElideMode.ElideMiddle
            paint.text(painter, rect.adjusted(24, 0, -taken - 18, 0), self.text(), colour, elide=middle)
            if self.hasFocus():
                paint.focus_ring(painter, rect, tokens["accent"])


class JobLinks(QWidget):
    """The first of some jobs."""

    job_asked = Signal(object)  # UUID

    def __init__(self, *, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most = most
        self._jobs: tuple[Job, ...] = ()
        self.links: list[JobLink] = []
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)

    def show_jobs(self, jobs: Sequence[Job]) -> None:
        """Become these."""
        if tuple(jobs) == self._jobs:
            return
        self._jobs = tuple(jobs)
        for old in self.links:
            self._lines.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.links = [JobLink(job) for job in self._jobs[: self._most]]
        for link, job in zip(self.links, self._jobs, strict=False):
            link.clicked.connect(partial(self.job_asked.emit, job.id))
            self._lines.addWidget(link)
