"""Getting ready: the services as they come up, and what a newcomer can do meanwhile."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from console.ui import theme, words
from console.ui.kit import paint
from console.ui.kit.bars import Bar
from console.ui.kit.boxes import STRETCH, Box, column, row
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Label, Paragraph
from console.ui.kit.pictures import Picture
from console.ui.start_steps import TICK_MS, UNDERWAY, Step, Steps

translate = QCoreApplication.translate
WIDTH: Final = 620
Fact = tuple[str, str]  # an icon and a sentence


class DropPlace(QWidget):
    """A framed invitation to drop something. The drop itself is the window's matter."""

    def __init__(self, buttons: Box, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        centre = Qt.AlignmentFlag.AlignHCenter
        lines = QVBoxLayout(self)
        lines.setContentsMargins(16, 24, 16, 18)
        lines.setSpacing(0)
        lines.addWidget(Picture("folder-open", 32, "accent"), 0, centre)
        lines.addSpacing(10)
        title = translate("Start", "Drop files or folders anywhere in this window")
        lines.addWidget(Label(title, size=16, weight=600, align="centre"))
        lines.addSpacing(6)
        sentence = translate(
            "Start", "You may drop now. A plan comes first, and nothing is read before you press Start."
        )
        lines.addWidget(Label(sentence, role="text2", align="centre"))
        lines.addSpacing(14)
        lines.addWidget(buttons, 0, centre)
        lines.addSpacing(14)
        formats = translate("Start", "Reads PDF, PNG, JPEG, TIFF, WebP, BMP and GIF")
        lines.addWidget(Label(formats, size=12, role="text3", align="centre"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect = theme.tokens(self), QRectF(self.rect())
        with paint.painting(self) as painter:
            paint.rounded(painter, rect, theme.DIALOG, fill=tokens["canvas"])
            paint.dashed(painter, rect, theme.DIALOG, tokens["text3"])


class Trouble(QWidget):
    """Why it did not start, what to do, and a button to try again."""

    again = Signal()
    doctor_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = Paragraph(weight=500, role="text")
        self._advice = Paragraph(role="text2")
        button = Button(translate("Start", "Try again"), icon="refresh-cw", kind="plain")
        button.clicked.connect(self.again)
        self.button = button
        doctor = Button(translate("Start", "Ask the doctor"), icon="stethoscope", kind="ghost")
        doctor.clicked.connect(self.doctor_asked)
        lines = QHBoxLayout(self)
        lines.setContentsMargins(14, 12, 14, 12)
        lines.setSpacing(12)
        lines.addWidget(Picture("circle-x", 16, "bad"), 0, Qt.AlignmentFlag.AlignTop)
        lines.addWidget(column(self._sentence, 4, self._advice, STRETCH), 1)
        lines.addWidget(column(button, doctor, spacing=4), 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def tell(self, sentence: str, advice: str) -> None:
        """Show it."""
        self._sentence.setText(sentence)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        self.setAccessibleName(f"{sentence} {advice}".strip())
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self) as painter:
            paint.rounded(painter, QRectF(self.rect()), theme.MENU, fill=theme.tokens(self)["bad_soft"])


class FirstRunPage(QWidget):
    """What is shown from the first paint until the first batch."""

    files_asked = Signal()
    samples_asked = Signal()
    again_asked = Signal()
    doctor_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._begun: float | None = None
        self._took = ""
        self._title = Label(size=20, weight=600)
        self._note = Paragraph()
        self._bar = Bar(name=translate("Start", "Services that are ready"))
        self._steps = Steps()
        self._count = Label(size=12, role="text3")
        self._so_far = Label(size=12, weight=500, role="text2", align="end")
        self._trouble = Trouble()
        self._trouble.again.connect(self._try_again)
        self._trouble.doctor_asked.connect(self.doctor_asked)
        self._facts = column()
        self._clock = QTimer(self, interval=TICK_MS)
        self._clock.timeout.connect(self._tell)
        self._steps.changed.connect(self._tell)
        self._lay_out()

    def begin(self, title: str, note: str, steps: Sequence[Step]) -> None:
        """Show the services that are to come up: "Getting ready on this machine"."""
        self._title.setText(title)
        self._note.setText(note)
        self._trouble.hide()
        self._begun = time.monotonic()
        self._steps.begin(steps)
        self._clock.start()

    def set_step(self, key: str, state: str, detail: str | None = None) -> None:
        """Tell what became of a service: waiting, starting, ok, adopted or failed."""
        self._steps.set_state(key, state, detail=detail)

    def show_ready(self, title: str, note: str = "") -> None:
        """Everything is up."""
        self._clock.stop()
        self._title.setText(title)
        self._note.setText(note)
        self._tell()

    def show_failure(self, sentence: str, advice: str) -> None:
        """It did not start. The steps under way are marked as failed."""
        self._clock.stop()
        self._begun = None
        self._so_far.setText("")
        self._steps.fail_open()
        self._trouble.button.set_busy(False)
        self._trouble.tell(words.told(sentence), words.told(advice))
        self._trouble.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Sentences under the drop place: how many samples there are, where the data lies."""
        for icon, sentence in facts:
            self._facts.add(row(Picture(icon, 16, "text3"), 4, Label(sentence, role="text2"), STRETCH, height=26))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The services as they are shown."""
        return self._steps.steps

    def _try_again(self) -> None:
        self._trouble.button.set_busy(True)  # until it is known how that went
        self.again_asked.emit()

    def _tell(self) -> None:
        steps = self._steps.steps
        ready = self._steps.ready
        self._bar.set_progress(ready / len(steps) if steps else 0.0)
        said = translate("Start", "{n} of {all} ready").replace("{n}", str(ready)).replace("{all}", str(len(steps)))
        self._count.setText(said)
        running = self._clock.isActive() and (ready < len(steps) or any(step.state in UNDERWAY for step in steps))
        if self._begun is not None and running:
            self._took = words.duration(time.monotonic() - self._begun)
            self._so_far.setText(translate("Start", "{time} so far").replace("{time}", self._took))
        elif self._begun is not None and ready == len(steps):
            self._clock.stop()
            self._so_far.setText(self._took)

    def _lay_out(self) -> None:
        words_of_add = translate("Start", "Add files…")
        add = Button(words_of_add, icon="plus", kind="primary", key="Ctrl+O", height=32, changes=True)
        add.clicked.connect(self.files_asked)
        samples = Button(translate("Start", "Read the sample documents"), icon="play", height=32, changes=True)
        samples.clicked.connect(self.samples_asked)
        body = column(margins=(0, 28, 0, 28), width=WIDTH)
        body.add(STRETCH, self._title, 4, self._note, 14, self._bar, 10, self._steps, 4)
        counted = row(height=22)
        counted.add(self._count, stretch=1).add(self._so_far)
        body.add(counted, 6, self._trouble, 14, DropPlace(row(add, samples)), 12, self._facts, STRETCH)
        middle = QWidget()
        across = QHBoxLayout(middle)
        across.setContentsMargins(theme.MARGIN, 0, theme.MARGIN, 0)
        across.addStretch(1)
        across.addWidget(body)
        across.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(middle)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
