"""One worker from close by: what it is, what it does, and what can be set on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from console.ui import theme, words
from console.ui.kit.boxes import row
from console.ui.kit.buttons import Button
from console.ui.kit.facts import FactList
from console.ui.kit.labels import Hairline, Label, Paragraph
from console.ui.kit.pictures import Picture
from console.ui.workers_columns import doing, state_look, work_since
from console.ui.workers_controls import WorkerControls
from console.ui.workers_facts import facts
from console.ui.workers_missing import Missing
from console.ui.workers_wishes import WorkerWishes

if TYPE_CHECKING:
    from console.ops.fleet import Queue, Worker
    from console.ops.inspecting import Inspected

translate = QCoreApplication.translate
MOST_WORK = 8  # lines of what it is doing


class WorkerPane(QWidget):
    """What stands in the pane beside the tables."""

    closed = Signal()

    def __init__(self, wishes: WorkerWishes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = Label(size=17, weight=600, elide=Qt.TextElideMode.ElideMiddle)
        self._picture, self.state = Picture("circle-check", 16, "ok"), Label(weight=500)
        self.cause, self.lacks = Paragraph(role="warn"), Paragraph(role="warn")
        self.facts = FactList()
        self.work = Paragraph(role="text")
        self.controls = WorkerControls(wishes)
        self._lay_out()

    def show_worker(
        self, worker: Worker, queues: Sequence[Queue], inspected: Inspected | None, lacks: Sequence[Missing] = ()
    ) -> None:
        """Show a worker.

        Args:
            worker: As the last picture has it.
            queues: All that there are.
            inspected: What it answered when it was asked last.
            lacks: What it does not have.
        """
        look = state_look(worker)
        self.name.setText(worker.name)
        self._picture.show_icon(look.icon, look.role)
        self.state.setText(look.word)
        self.state.set_role(look.role)
        self.cause.setText(words.told(worker.cause))
        self.cause.setVisible(bool(worker.cause))
        self.lacks.setText("\n".join(one.sentence for one in lacks))
        self.lacks.set_role("bad" if any(one.bad for one in lacks) else "warn")
        self.lacks.setVisible(bool(lacks))
        self.facts.show_facts(facts(worker, inspected))
        self.work.setText("\n".join(map(work_since, worker.doing[:MOST_WORK])) or doing(worker))
        pool = (inspected.pool.kind if inspected is not None else "") or worker.report.pool
        self.controls.show_worker(worker, queues, pool)

    def _lay_out(self) -> None:
        close = Button(icon="x", kind="ghost", name=translate("Workers", "Close the details"), key="Esc", height=28)
        close.clicked.connect(self.closed)
        head = row(height=theme.TITLE, margins=(theme.MARGIN, 0, 12, 0)).add(self.name, stretch=1).add(close)
        inner = QWidget()
        lines = QVBoxLayout(inner)
        lines.setContentsMargins(theme.MARGIN, 0, theme.MARGIN, theme.GROUP)
        lines.setSpacing(8)
        lines.addWidget(row(self._picture, self.state, "stretch"))
        for part in (
            self.cause, self.lacks, self.facts, Hairline(), _title(translate("Workers", "What it is doing")), self.work,
            Hairline(), _title(translate("Workers", "What can be set")), self.controls,
        ):  # fmt: skip
            lines.addWidget(part)
        lines.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(head)
        whole.addWidget(area, 1)


def _title(text: str) -> Label:
    return Label(text, size=14, weight=600)
