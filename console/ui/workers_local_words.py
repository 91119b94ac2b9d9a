"""What is said of a worker of this machine: how it is set, how it does, what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QPainter

from console.ui import theme, words
from console.ui.kit import paint
from console.ui.kit.live_cells import TwoLines
from console.ui.kit.paint import Align
from console.ui.theme import Role, Tokens

if TYPE_CHECKING:
    from console.ops.worker_figures import WorkerFigures
    from console.ops.worker_state import LocalWorker

translate = QCoreApplication.translate
MEGABYTE = 1e6
GAVE_UP, WAITING, STOPPING = "gave up", "waiting", "stopping"  # as the supervisor calls them
IN_TROUBLE = frozenset({GAVE_UP, WAITING})
_LOOKS: dict[str, tuple[str, Role]] = {
    "starting": ("loader-circle", "accent"),
    "running": ("circle-check", "ok"),
    WAITING: ("circle-alert", "warn"),
    STOPPING: ("circle-pause", "warn"),
    GAVE_UP: ("circle-x", "bad"),
}


@dataclass(frozen=True, slots=True)
class Usage:
    """Memory over processor time, at the end of a row."""

    memory: str
    cpu: str

    def paint(self, painter: QPainter, rect: QRectF, tokens: Tokens, _align: Align) -> None:
        """On the lines of the name and of what is said under it."""
        first = QRectF(rect.left(), rect.center().y() - 19, rect.width(), 19)
        paint.text(painter, first, self.memory, tokens["text2"], theme.font(13), align="end")
        paint.text(painter, first.translated(0, 18), self.cpu, tokens["text3"], theme.font(12), align="end")


def usage(figures: WorkerFigures | None) -> Usage:
    """Of all its processes together, of one core; nothing of one that is not running."""
    if figures is None:
        return Usage(words.DASH, "")
    text, cpu = translate("Local", "{n} % CPU"), figures.cpu_percent
    share = "" if cpu is None else text.format(n=words.number(round(cpu)))
    return Usage(words.size(figures.memory_mb * MEGABYTE), share)


def spoken_usage(figures: WorkerFigures | None) -> str:
    """The same, read aloud."""
    told = usage(figures)
    return words.clauses(told.memory, told.cpu)


def stop_words(worker: LocalWorker) -> str:
    """What ends it; one that has ended by itself is only taken off the list."""
    return translate("Local", "Forget") if worker.state == GAVE_UP else translate("Local", "Stop")


def two_lines(worker: LocalWorker, *, adopted: bool, profile: str) -> TwoLines:
    """Its name, and what it is set to do."""
    icon, role = _LOOKS.get(worker.state, _LOOKS[GAVE_UP])
    told = described(worker, adopted=adopted, profile=profile)
    return TwoLines(worker.name, told, icon, role, "warn" if worker.state in IN_TROUBLE else "text2")


def spoken(worker: LocalWorker, *, adopted: bool, profile: str) -> str:
    """The same, read aloud."""
    return words.clauses(worker.name, described(worker, adopted=adopted, profile=profile))


def described(worker: LocalWorker, *, adopted: bool = False, profile: str = "") -> str:
    """How many slots, what it does or how long it stays, what happened, its queues; of one in trouble, why.

    Args:
        worker: One of this machine.
        adopted: An earlier console, or the command line, started it.
        profile: The one that the window shows; "" if that is not known.
    """
    if worker.sentence and worker.state in IN_TROUBLE:
        return words.told(worker.sentence)
    slots = words.counted(worker.concurrency, translate("Local", "{n} slot"), translate("Local", "{n} slots"))
    stays = translate("Local", "stops with the console") if worker.stops_with_console else ""
    ending = {
        "starting": translate("Local", "starts"),
        WAITING: translate("Local", "waits to start again"),
        STOPPING: translate("Local", "stops after the pages in work"),
        GAVE_UP: translate("Local", "gave up"),
    }
    how = ending.get(worker.state) or stays or translate("Local", "keeps running")
    again = translate("Local", "started again once"), translate("Local", "started again {n} times")
    other = translate("Local", "for the profile {name}").format(name=words.isolated(worker.profile))
    return words.clauses(
        slots,
        how,
        translate("Local", "adopted") if adopted else "",
        words.counted(worker.restarts, *again) if worker.restarts else "",
        ", ".join(worker.queues),
        other if profile and worker.profile != profile else "",
    )
