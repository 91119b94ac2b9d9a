"""What stands over a job's pages: its name and state, the page and the zoom, and why it failed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.ui import counts, theme, words
from console.ui.actions import Action
from console.ui.kit import paint
from console.ui.kit.boxes import column, row, set_margins
from console.ui.kit.buttons import Button
from console.ui.kit.fields import Field
from console.ui.kit.labels import Label, Paragraph
from console.ui.kit.pictures import Picture
from console.ui.kit.states import cause, confidence_role, job_look
from console.ui.languages import language_name
from worker.core.errors import NeedsPassword
from worker.core.jobs import Job, Page, State

translate = QCoreApplication.translate
HEIGHT, BAR = 52, 46


class JobHead(QWidget):
    """The job's line, with the ways out of it."""

    def __init__(self, close: Action, pdf: Action, save: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self._name = Label(size=16, weight=600, elide=Qt.TextElideMode.ElideMiddle)
        self._icon = Picture("clock", 14)
        self._state = Label(weight=500)
        self._facts = Label(role="text2")
        lines = QHBoxLayout(self)
        set_margins(lines, 14, 0, 16, 0)
        lines.setSpacing(theme.GAP)
        for widget in (close.button("ghost"), self._name, self._icon, self._state):
            lines.addWidget(widget)
        lines.addWidget(self._facts, 1)
        lines.addWidget(pdf.button("ghost"))
        lines.addWidget(save.button("primary"))

    def show_name(self, name: str) -> None:
        """All that is known while the job is loaded."""
        self._name.setText(name)
        self._icon.hide()
        self._state.setText("")
        self._facts.setText("")

    def show_job(self, job: Job) -> None:
        """Show what it is and how far it is."""
        look = job_look(job)
        self._name.setText(job.name)
        self._icon.show_icon(look.icon, look.role)
        self._icon.show()
        self._state.setText(look.word)
        self._state.set_role(look.role)
        self._state.setMinimumWidth(self._state.sizeHint().width())
        self._facts.setText(", ".join(_facts(job)))


def _facts(job: Job) -> list[str]:
    said = []
    if job.state is State.RUNNING and job.pages:
        said.append(counts.part_of(words.number(job.pages_done), counts.pages(job.pages)))
    elif job.pages:
        said.append(counts.pages(job.pages))
    if job.mean_confidence is not None:
        mean = translate("Viewer", "mean confidence {n}").replace("{n}", words.decimal(job.mean_confidence))
        said.append(mean)
    said.append(", ".join(language_name(code) for code in job.options.languages.split("+")))
    return said


class PageBar(QWidget):
    """Which page, how sure, and how large."""

    def __init__(self, previous: Action, following: Action, out: Action, larger: Action, fit: Action) -> None:
        super().__init__()
        self.setFixedHeight(BAR)
        self._page = Label(weight=500)
        self._sure = Label()
        self._zoom = Label(weight=500, align="centre")
        self._zoom.setFixedWidth(48)
        lines = QHBoxLayout(self)
        set_margins(lines, 8, 0, 12, 0)
        lines.setSpacing(6)
        lines.addWidget(icon_button(previous, "chevron-left"))
        lines.addWidget(self._page)
        lines.addWidget(icon_button(following, "chevron-right"))
        lines.addSpacing(8)
        lines.addWidget(self._sure, 1)
        lines.addWidget(icon_button(out, "zoom-out"))
        lines.addWidget(self._zoom)
        lines.addWidget(icon_button(larger, "zoom-in"))
        lines.addWidget(fit.button("ghost", height=28))

    def show_page(self, number: int, count: int, page: Page | None) -> None:
        """Name the page, from 1, of how many."""
        said = translate("Viewer", "Page {n} of {all}").replace("{n}", words.number(number))
        self._page.setText(said.replace("{all}", words.number(count)) if count else "")
        self._page.setMinimumWidth(self._page.sizeHint().width())
        sure = page.confidence if page else None
        if page is None or sure is None:
            self._sure.setText("")
        else:
            self._sure.setText(translate("Viewer", "confidence {n}").replace("{n}", words.decimal(sure)))
            self._sure.set_role(confidence_role(sure))

    def show_zoom(self, zoom: float) -> None:
        """1.0 is 100 %."""
        self._zoom.setText(f"{round(zoom * 100)} %")


class TroubleBand(QWidget):
    """Why a job was not read, what to do, and the button that tries again. It hides where there is no trouble."""

    retry = Signal(str)  # a password, or ""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role_bad = True
        self._icon = Picture("circle-x", 16, "bad")
        self._sentence = Paragraph(weight=500, role="text")
        self._advice = Paragraph()
        name, hint = translate("Viewer", "Password of the document"), translate("Viewer", "Password")
        self.password = Field(name=name, hint=hint, secret=True, icon="key-round", keeps_esc=True)
        self.password.setFixedWidth(200)
        self.password.returnPressed.connect(self._ask)
        self.button = Button(translate("Viewer", "Retry"), icon="rotate-ccw", changes=True)
        self.button.clicked.connect(self._ask)
        lines = QHBoxLayout(self)
        set_margins(lines, theme.MARGIN, 12, 16, 12)
        lines.setSpacing(12)
        top = Qt.AlignmentFlag.AlignTop
        lines.addWidget(self._icon, 0, top)
        lines.addWidget(column(self._sentence, 4, self._advice), 1)
        lines.addWidget(row(self.password, self.button), 0, top)
        self.hide()

    def show_job(self, job: Job) -> None:
        """Show its trouble, if it has any."""
        self.setVisible(job.state in {State.FAILED, State.CANCELLED})
        self.button.set_busy(False)
        locked = job.error_class == NeedsPassword.error_class
        self.password.setVisible(locked)
        self.password.clear()
        self._role_bad = job.state is State.FAILED
        if self._role_bad:
            self._icon.show_icon("circle-x", "bad")
            self._sentence.setText(words.told(job.error or "") or cause(job.error_class or ""))
            self._advice.setText(words.told(job.advice or ""))
        else:
            self._icon.show_icon("ban", "text3")
            self._sentence.setText(translate("Viewer", "This job was cancelled."))
            self._advice.setText(translate("Viewer", "Retry puts it back into the queue."))
        self._advice.setVisible(bool(self._advice.text()))
        self.setAccessibleName(f"{self._sentence.text()} {self._advice.text()}".strip())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        with paint.painting(self) as painter:
            painter.fillRect(self.rect(), tokens["bad_soft" if self._role_bad else "sunken"])

    def _ask(self) -> None:
        if self.password.isVisibleTo(self) and not self.password.text():
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.retry.emit(self.password.text() if self.password.isVisibleTo(self) else "")
        self.button.set_busy(True)


def icon_button(action: Action, icon: str) -> Button:
    """A small button for an action, without words; its name and key are its tool tip."""
    made = Button(icon=icon, kind="ghost", height=28, name=f"{action.text()} ({action.key})")
    made.clicked.connect(action.trigger)
    made.setEnabled(action.isEnabled())
    action.enabledChanged.connect(made.setEnabled)
    return made
