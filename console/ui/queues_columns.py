"""The columns of the table of queues, as data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from console.bridge.table import Column
from console.ui import words
from console.ui.kit import paint
from console.ui.kit.cells import Measured, Named, Words
from console.ui.kit.live_cells import Trend
from console.ui.kit.row_acts import MENU, RowAct, RowActs

if TYPE_CHECKING:
    from console.ops.fleet import Queue

translate = QCoreApplication.translate
EXACT_S = 600.0  # what waits for longer is told in whole minutes
OLD_S = 1800.0  # what waits for longer is shown loud
PAUSE, PURGE = "pause", "purge"
TREND, ACTS = "trend", "acts"
LEFT_OUT = frozenset({TREND, "delayed"})  # where there is little room
SQUEEZED = {ACTS: 108, "utilisation": 112, "rates": 126}


def queue_columns(
    trend: Callable[[str], tuple[float, ...]], *, locked: Callable[[], bool], brief: Callable[[], bool]
) -> tuple[Column[Queue], ...]:
    """The columns.

    Args:
        trend: The last hour of a queue, its waiting pages.
        locked: Whether nothing may be changed now.
        brief: Whether there is little room: the small buttons are icons then.
    """

    def count(key: str, title: str, value: Callable[[Queue], int], width: int, tip: str = "") -> Column[Queue]:
        return Column(
            key, title, lambda queue: words.number(value(queue)), width=width, end=True, value=value,
            look=lambda queue: counted_look(value(queue)),
            tip=lambda queue: f"{tip}. {near}" if tip and queue.estimated else tip,
        )  # fmt: skip

    near = translate("Queues", "About: more messages are held than are looked through.")
    held = translate("Queues", "Delivered to a worker and not begun yet")
    delayed = translate(
        "Queues", "Held by a worker until their time comes, or set aside for one that has their languages"
    )
    return (
        Column("queue", translate("Queues", "Queue"), lambda queue: queue.queue, look=_named, tip=_tip),
        Column(
            "pages", translate("Queues", "Pages"), lambda queue: words.number(queue.pages), width=68, end=True,
            look=lambda queue: Words(words.number(queue.pages), "text" if queue.pages else "text3", 600),
            value=lambda queue: queue.pages,
        ),
        count("ready", translate("Queues", "Ready"), lambda queue: queue.ready, 64),
        count("held", translate("Queues", "Held"), lambda queue: queue.held, 56, held),
        count("running", translate("Queues", "Running"), lambda queue: queue.running, 72),
        count("delayed", translate("Queues", "Delayed"), lambda queue: queue.delayed, 72, delayed),
        Column("oldest", translate("Queues", "Oldest"), oldest, width=96, end=True, look=_old),
        Column("rates", translate("Queues", "Pages/min in, out"), rates, width=132, end=True),
        Column(
            TREND, translate("Queues", "Last hour"), lambda queue: _spoken(trend(queue.queue)), width=132,
            look=lambda queue: Trend(trend(queue.queue), "warn" if queue.paused else "accent"),
        ),
        Column("utilisation", translate("Queues", "Utilisation"), utilisation, width=132, look=_used),
        Column(
            ACTS, "", lambda _queue: translate("Queues", "Pause, purge, more"), width=212, end=True,
            look=lambda queue: _acts(queue.paused, locked=locked(), brief=brief()),
        ),
    )  # fmt: skip


def counted_look(count: int) -> Words:
    """A number; 0 is quiet."""
    return Words(words.number(count), "text2" if count else "text3")


def oldest(queue: Queue) -> str:
    """How long the oldest message waits."""
    return words.DASH if queue.oldest_s is None else waited(queue.oldest_s)


def waited(seconds: float) -> str:
    """How long something waits: after some minutes nobody asks for seconds."""
    return words.duration(seconds) if seconds < EXACT_S else words.about(seconds)


def rates(queue: Queue) -> str:
    """Pages a minute that come in and go out."""
    come, go = words.number(queue.pages_in), words.number(queue.pages_out)
    return translate("Queues", "{come}, {go}").format(come=come, go=go)


def utilisation(queue: Queue) -> str:
    """The share of its workers' slots that are busy."""
    if queue.paused:
        return translate("Queues", "Paused")
    if not queue.workers:
        return translate("Queues", "No worker")
    return translate("Queues", "{n} %").format(n=round(100 * queue.utilisation))


def _named(queue: Queue) -> Named:
    return Named(queue.queue, "circle-pause", "warn") if queue.paused else Named(queue.queue, "inbox")


def _tip(queue: Queue) -> str:
    return translate("Queues", "Paused: workers take nothing from it.") if queue.paused else ""


def _old(queue: Queue) -> Words:
    if queue.oldest_s is None:
        return Words(words.DASH, "text3")
    loud = queue.oldest_s > OLD_S or queue.paused
    return Words(oldest(queue), "warn" if loud else "text2", 600 if loud else 400)


def _used(queue: Queue) -> object:
    text = utilisation(queue)
    room = max(paint.width(text), 44)
    if queue.paused:
        return Measured(0.0, text, room)
    if not queue.workers:
        return Words(text, "warn" if queue.ready else "text3", 500)
    return Measured(queue.utilisation, text, room)


def _acts(paused: bool, *, locked: bool, brief: bool) -> RowActs:
    pause = translate("Queues", "Resume") if paused else translate("Queues", "Pause")
    purge = translate("Queues", "Purge…")
    return RowActs(
        (
            RowAct(PAUSE, "play" if paused else "pause", "" if brief else pause, changes=True),
            RowAct(PURGE, "trash", "" if brief else purge, changes=True),
            RowAct(MENU, "ellipsis"),
        ),
        locked=locked,
    )


def _spoken(values: tuple[float, ...]) -> str:
    """The line in words: from the first to the last figure."""
    if not values:
        return words.DASH
    first, last = words.number(round(values[0])), words.number(round(values[-1]))
    return translate("Queues", "from {first} to {last} pages").format(first=first, last=last)
