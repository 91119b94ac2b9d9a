"""Why a job, or some of its pages, could not be read, what to do about it, and the one button that does it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.ui import theme, words
from console.ui.job_acts import may_retry
from console.ui.kit import paint
from console.ui.kit.boxes import STRETCH, column, row, set_margins
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Paragraph
from console.ui.kit.pictures import Picture
from console.ui.kit.states import cause
from worker.core.errors import BY_CLASS, DocumentError, NeedsPassword, OutOfMemory, PageTimedOut
from worker.core.jobs import ENDED, Job, PageMark, State

translate = QCoreApplication.translate
SCALED = 150  # dpi: a quarter of the memory and of the time of 300
TOO_MUCH = frozenset({OutOfMemory.error_class, PageTimedOut.error_class})  # what a smaller picture helps against


class Remedy(Enum):
    """The way out that is offered."""

    RETRY = "retry"
    PASSWORD = "password"  # noqa: S105 - the name of a way out
    SCALE = "scale"
    LOG = "log"


def remedy(job: Job, marks: Sequence[PageMark]) -> Remedy:
    """The one that can help: with a document that is what it is, only a look at why."""
    failed = next((mark.error_class for mark in marks if mark.state == "failed"), None)
    why = job.error_class or failed or ""
    if why == NeedsPassword.error_class:
        return Remedy.PASSWORD
    if why in TOO_MUCH and job.state in ENDED and job.options.dpi > SCALED:
        return Remedy.SCALE
    if not may_retry(job) or issubclass(BY_CLASS.get(why, Exception), DocumentError):
        return Remedy.LOG
    return Remedy.RETRY


class JobTrouble(QWidget):
    """The block. It hides where there is no trouble."""

    remedied = Signal(object)  # Remedy

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._remedy = Remedy.RETRY
        self._bad = True
        self._icon = Picture("circle-alert", 16, "bad")
        self._sentence = Paragraph(weight=600, role="text")
        self._advice = Paragraph(size=12)
        self.button = Button(kind="primary", height=28, name=translate("Trouble", "Retry"), changes=True)
        self.button.clicked.connect(self._press)
        self.log_button = Button(translate("Trouble", "Show log"), height=28)
        self.log_button.clicked.connect(lambda: self.remedied.emit(Remedy.LOG))
        lines = QHBoxLayout(self)
        set_margins(lines, 20, 12, 16, 12)
        lines.setSpacing(10)
        lines.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        buttons = row(self.button, self.log_button, STRETCH)
        lines.addWidget(column(self._sentence, 3, self._advice, 10, buttons), 1)
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._sentence.text()

    def show_job(self, job: Job, marks: Sequence[PageMark]) -> None:
        """Show its trouble, if it has any."""
        failed = [mark for mark in marks if mark.state == "failed"]
        self.setVisible(job.state in {State.FAILED, State.CANCELLED} or bool(job.pages_failed or failed))
        self._bad = job.state is not State.CANCELLED
        sentence, advice = _said(job, failed)
        self._sentence.setText(sentence)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        self._icon.show_icon("circle-alert" if self._bad else "ban", "bad" if self._bad else "text3")
        self._remedy = remedy(job, marks)
        self.button.setVisible(self._remedy is not Remedy.LOG)
        self.log_button.setVisible(self._remedy is Remedy.LOG)
        self.button.setText(_remedy_words(self._remedy))
        self.button.setEnabled(job.state in ENDED)
        self.setAccessibleName(f"{sentence} {advice}".strip())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self) as painter:
            painter.fillRect(self.rect(), theme.tokens(self)["bad_soft" if self._bad else "sunken"])

    def _press(self) -> None:
        self.remedied.emit(self._remedy)


def _remedy_words(which: Remedy) -> str:
    return {
        Remedy.RETRY: translate("Trouble", "Retry"),
        Remedy.PASSWORD: translate("Trouble", "Enter password…"),
        Remedy.SCALE: translate("Trouble", "Read scaled down"),
        Remedy.LOG: translate("Trouble", "Show log"),
    }[which]


def _said(job: Job, failed: Sequence[PageMark]) -> tuple[str, str]:
    """The sentence and the advice."""
    if job.state is State.CANCELLED:
        return translate("Trouble", "This job was cancelled"), translate("Trouble", "Retry puts it back in the queue.")
    if job.state is State.FAILED or not failed:
        return words.told(job.error or "") or cause(job.error_class or ""), words.told(job.advice or "")
    if len(failed) == 1:
        sentence = translate("Trouble", "Page {n} could not be read").replace("{n}", words.number(failed[0].number))
    else:
        many = translate("Trouble", "{n} pages could not be read")
        sentence = many.replace("{n}", words.number(len(failed)))
    kind = BY_CLASS.get(failed[0].error_class or "")
    rest = translate("Trouble", "The other pages are done.") if job.state is State.DONE else ""
    why = words.told(failed[0].error or "", kind.default_advice if kind else "")
    return sentence, " ".join(filter(None, (why, rest)))
