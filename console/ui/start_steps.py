"""The services of a profile as they come up: one line each, with its state and how long it took."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from PySide6.QtCore import QCoreApplication, QRectF, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from console.ui import theme, words
from console.ui.kit import paint
from console.ui.theme import Role

translate = QCoreApplication.translate
HEIGHT = 38
TICK_MS = 100
READY: Final = frozenset({"ok", "adopted"})
UNDERWAY: Final = frozenset({"starting", "waiting"})


@dataclass(frozen=True, slots=True)
class Step:
    """One service: `state` is next, waiting, starting, ok, adopted or failed."""

    key: str
    title: str
    detail: str = ""
    state: str = "next"
    seconds: float | None = None


def getting_ready() -> tuple[str, str, tuple[Step, ...]]:
    """The title, the note and the steps of the embedded servers' start."""
    return (
        translate("Start", "Getting ready on this machine"),
        translate(
            "Start", "OCR Console brings its own servers. They run under your account and listen on this machine only."
        ),
        (
            Step("postgres", translate("Start", "Postgres"), translate("Start", "jobs, pages and what was done")),
            Step("redis", translate("Start", "Redis"), translate("Start", "the queue, kept on disk every second")),
            Step("s3", translate("Start", "S3"), translate("Start", "your files and the results")),
            Step("worker", translate("Start", "Worker"), translate("Start", "reads the pages, one on each core")),
        ),
    )


def good_to_know(home: str) -> tuple[tuple[str, str], ...]:
    """Icons and sentences for a newcomer; `home` is the folder of the data."""
    return (
        ("lock", translate("Start", "Nothing leaves this machine. There is no account and no telemetry.")),
        ("hard-drive", translate("Start", "Jobs, files and results are kept in {folder}").format(folder=home)),
    )


class Look(NamedTuple):
    """An icon, a colour and a word."""

    icon: str
    role: Role
    word: str


def step_look(state: str) -> Look:
    """How a state of a step looks."""
    looks = {
        "ok": Look("circle-check", "ok", translate("Start", "Ready")),
        "adopted": Look("circle-check", "ok", translate("Start", "Was running")),
        "starting": Look("loader-circle", "accent", translate("Start", "Starting")),
        "waiting": Look("loader-circle", "accent", translate("Start", "Waiting")),
        "failed": Look("circle-x", "bad", translate("Start", "Failed")),
    }
    return looks.get(state, Look("clock", "text3", translate("Start", "Next")))


class StepLine(QWidget):
    """The line of one step."""

    def __init__(self, step: Step, *, last: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step, self._last = step, last
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_step(step)

    def show_step(self, step: Step) -> None:
        """Show it as it is now."""
        self._step = step
        seconds = "" if step.seconds is None else words.duration(step.seconds)
        self.setAccessibleName(", ".join(filter(None, (step.title, step_look(step.state).word, seconds, step.detail))))
        self.setToolTip(step.detail)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect, step = theme.tokens(self), QRectF(self.rect()), self._step
        look = step_look(step.state)
        late, running = step.state == "next", step.state in UNDERWAY
        right = rect.right()
        with paint.painting(self) as painter:
            if not self._last:
                painter.fillRect(QRectF(8, HEIGHT / 2 + 11, 1, HEIGHT - 22), tokens["line2"])
            paint.icon(painter, 0, HEIGHT / 2 - 8, look.icon, tokens[look.role])
            place = QRectF(30, 0, 78, HEIGHT)
            paint.text(painter, place, step.title, tokens["text2" if late else "text"], theme.font(13, 600))
            place = QRectF(112, 0, right - 112 - 156, HEIGHT)
            paint.text(painter, place, step.detail, tokens["text3" if late else "text2"])
            place = QRectF(right - 148, 0, 90, HEIGHT)
            paint.text(painter, place, look.word, tokens[look.role], theme.font(13, 500))
            if step.seconds is not None:
                place = QRectF(right - 60, 0, 60, HEIGHT)
                colour, font = tokens["text" if running else "text2"], theme.font(13, 500 if running else 400)
                paint.text(painter, place, words.duration(step.seconds), colour, font, align="end")


class Steps(QWidget):
    """All steps; the seconds of those under way go on by themselves."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: dict[str, Step] = {}
        self._begun: dict[str, float] = {}
        self._lines: dict[str, StepLine] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._count)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps as they are now."""
        return tuple(self._steps.values())

    @property
    def ready(self) -> int:
        """How many are ready."""
        return sum(step.state in READY for step in self._steps.values())

    def begin(self, steps: Sequence[Step]) -> None:
        """Show these and forget all before."""
        for line in self._lines.values():
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._begun.clear()
        self._steps = {step.key: step for step in steps}
        self._lines = {step.key: StepLine(step, last=step is steps[-1]) for step in steps}
        for line in self._lines.values():
            self._column.addWidget(line)
            line.show()  # with the first paint, not after it
        self.changed.emit()

    def set_state(self, key: str, state: str, *, detail: str | None = None) -> None:
        """Tell what became of a step; one that is not shown is ignored."""
        step = self._steps.get(key)
        if step is None:
            return
        now = time.monotonic()
        if state in UNDERWAY:
            self._begun.setdefault(key, now)
        begun = self._begun.get(key)
        seconds = None if begun is None else now - begun
        if state not in UNDERWAY:
            self._begun.pop(key, None)
        self._put(replace(step, state=state, seconds=seconds, detail=step.detail if detail is None else detail))
        self.changed.emit()
        self._run_clock()

    def fail_open(self) -> None:
        """What is under way has failed, and what would come next does not come."""
        for step in self.steps:
            if step.state in UNDERWAY:
                self.set_state(step.key, "failed")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run_clock()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()

    def _run_clock(self) -> None:
        if self._begun and self.isVisible():
            self._tick.start()
        else:
            self._tick.stop()

    def _put(self, step: Step) -> None:
        self._steps[step.key] = step
        self._lines[step.key].show_step(step)

    def _count(self) -> None:
        now = time.monotonic()
        for key, begun in self._begun.items():
            self._put(replace(self._steps[key], seconds=now - begun))
