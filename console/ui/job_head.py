"""The head of a job's pane: its name, its state, its measures, and where it comes from."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui import counts, words
from console.ui.jobs_columns import shown_state
from console.ui.kit.boxes import row, set_margins
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Label
from console.ui.kit.pictures import Picture
from worker.core.jobs import Job

translate = QCoreApplication.translate


class JobHead(QWidget):
    """Three lines and two buttons."""

    open_asked = Signal()
    close_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = Label(size=15, weight=600, elide=Qt.TextElideMode.ElideMiddle)
        self._icon = Picture("clock", 14)
        self._state, self._facts = Label(weight=500), Label(size=12, role="text2")
        self._origin = Label(size=12, role="text3")
        self.open_button = Button(icon="external-link", kind="ghost", name=translate("Pane", "Open the job"), height=28)
        self.open_button.clicked.connect(self.open_asked)
        close = Button(icon="x", kind="ghost", name=translate("Pane", "Close the pane"), height=28)
        close.clicked.connect(self.close_asked)
        lines = QVBoxLayout(self)
        set_margins(lines, 20, 14, 10, 12)
        lines.setSpacing(2)
        lines.addWidget(row(height=28, spacing=0).add(self._name, stretch=1).add(self.open_button, close))
        lines.addWidget(row(self._icon, self._state, 4, spacing=6, height=20).add(self._facts, stretch=1))
        lines.addWidget(self._origin)

    def show_job(self, job: Job) -> None:
        """Show this one."""
        look = shown_state(job)
        self._name.setText(job.name)
        self._icon.show_icon(look.icon, look.role)
        self._icon.show()
        self._state.setText(look.word)
        self._state.set_role(look.role)
        self._state.setMinimumWidth(self._state.sizeHint().width())
        self._facts.setText(", ".join(_facts(job)))
        self._origin.setText(_origin(job))
        self._origin.setVisible(bool(self._origin.text()))
        self.open_button.show()

    def show_nothing(self) -> None:
        """There is no job; the pane can still be closed."""
        for label in (self._name, self._state, self._facts):
            label.setText("")
        for part in (self._icon, self._origin, self.open_button):
            part.hide()


def _facts(job: Job) -> list[str]:
    said = []
    read = job.pages_done - job.pages_failed
    if job.pages and read < job.pages:
        said.append(counts.part_of(words.number(read), counts.pages(job.pages)))
    elif job.pages:
        said.append(counts.pages(job.pages))
    if job.source_bytes is not None:
        said.append(words.size(job.source_bytes))
    return [*said, job.options.languages]


def _origin(job: Job) -> str:
    if job.batch and job.submitted_by:
        said = translate("Pane", "In {batch}, added by {who}")
    elif job.batch:
        said = translate("Pane", "In {batch}")
    else:
        said = translate("Pane", "Added by {who}") if job.submitted_by else ""
    values = {"batch": words.isolated(job.batch or ""), "who": words.isolated(job.submitted_by or "")}
    return said.format_map(values)
