"""The columns of the table of workers, as data, and the words for what a worker is and does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from console.bridge.table import Column
from console.ui import words
from console.ui.kit.cells import Stated, Words
from console.ui.kit.live_cells import Slots
from console.ui.kit.row_acts import MENU, RowAct, RowActs
from console.ui.kit.states import Look
from console.ui.theme import Role
from console.ui.workers_missing import Missing, missing_words

if TYPE_CHECKING:
    from console.ops.fleet import Worker
    from worker.core.pulse import Running

translate = QCoreApplication.translate
LOG, LACKS = "log", "lacks"
LONG_S = 30.0  # how long a part takes is told from then on
LEFT_OUT = frozenset({"queues", "up"})  # where there is little room
_ROLES: dict[str, Role] = {"online": "accent", "silent": "warn", "lost": "bad"}


def worker_columns(
    now: Callable[[], datetime], has_log: Callable[[str], bool], lacks: Callable[[str], Sequence[Missing]]
) -> tuple[Column[Worker], ...]:
    """The columns.

    Args:
        now: Gives the moment that times count from.
        has_log: Whether the log of the worker of that name can be read here.
        lacks: What the worker of that name lacks.
    """

    def up(worker: Worker) -> str:
        started = worker.report.started
        gone = worker.state == "lost" or started is None
        return words.DASH if gone or started is None else words.about((now() - started).total_seconds())

    return (
        Column(
            "worker", translate("Workers", "Worker"), lambda worker: worker.name, width=144,
            look=lambda worker: Words(worker.name, "text", 600), tip=_kind,
        ),
        Column(
            "state", translate("Workers", "State"), state_word, width=112, look=_stated,
            tip=lambda worker: words.told(worker.cause),
        ),
        Column("pool", translate("Workers", "Pool"), slots, width=136, look=_slots),
        Column("doing", translate("Workers", "What it is doing"), doing, look=_doing, tip=all_doing),
        Column(
            LACKS, translate("Workers", "Lacks"), lambda worker: missing_words(lacks(worker.name)), width=136,
            look=lambda worker: _lacking(lacks(worker.name)),
            tip=lambda worker: "\n".join(one.sentence for one in lacks(worker.name)),
        ),
        Column(
            "rate", translate("Workers", "Pages/min"), rate, width=84, end=True, value=lambda w: w.pages_per_minute
        ),
        Column("memory", translate("Workers", "Memory"), memory, width=80, end=True),
        Column("queues", translate("Workers", "Queues"), queues, width=128),
        Column("up", translate("Workers", "Up"), up, width=72, end=True),
        Column(
            "acts", "", lambda _worker: translate("Workers", "More"), width=72, end=True,
            look=lambda worker: _acts(has_log(worker.name)),
        ),
    )  # fmt: skip


def state_look(worker: Worker) -> Look:
    """Icon, colour and word; of one that is not online, since when, and whether it is busy or frozen."""
    silent = words.about(worker.report.silent_s)
    if worker.state == "online":
        return Look("circle-check", "ok", translate("Workers", "Online"))
    if worker.state == "lost":
        return Look("circle-x", "bad", translate("Workers", "Lost {age}").format(age=silent))
    if worker.condition == "busy":
        return Look("hourglass", "accent", translate("Workers", "Busy {age}").format(age=silent))
    if worker.condition == "frozen":
        return Look("snowflake", "warn", translate("Workers", "Frozen {age}").format(age=silent))
    return Look("circle-alert", "warn", translate("Workers", "Silent {age}").format(age=silent))


def state_word(worker: Worker) -> str:
    """The state as it is read aloud."""
    return state_look(worker).word


def slots(worker: Worker) -> str:
    """How many of its slots are taken."""
    if not worker.report.slots:
        return words.DASH
    busy, of = words.number(worker.report.busy), words.number(worker.report.slots)
    return translate("Workers", "{busy} of {slots}").format(busy=busy, slots=of)


def work(one: Running) -> str:
    """A document and its pages."""
    name, first, last = words.isolated(one.name), one.first_page, one.last_page
    if one.kind == "assemble":
        return translate("Workers", "{name}, assembly").format(name=name)
    if first is None or last is None:
        return one.name
    if first == last:
        return translate("Workers", "{name}, page {n}").format(name=name, n=words.number(first))
    text = translate("Workers", "{name}, pages {first}–{last}")
    return text.format(name=name, first=words.number(first), last=words.number(last))


def work_since(one: Running) -> str:
    """The same, and how long that takes already."""
    return translate("Workers", "{work}, for {age}").format(work=work(one), age=words.about(one.for_s))


def doing(worker: Worker) -> str:
    """What it has had in hand for longest, and how many others; of one that is not well, why."""
    if worker.state == "lost" or not worker.doing:
        return words.told(worker.cause) or translate("Workers", "Nothing")
    first, more = worker.doing[0], len(worker.doing) - 1
    told = work_since(first) if first.for_s >= LONG_S else work(first)
    if not more:
        return told
    return translate("Workers", "{work}, and {n} more").format(work=told, n=words.number(more))


def all_doing(worker: Worker) -> str:
    """All of it, a line each."""
    return "\n".join(map(work_since, worker.doing))


def rate(worker: Worker) -> str:
    """Pages in the last minute."""
    return words.number(worker.pages_per_minute) if worker.state == "online" and worker.ours else words.DASH


def memory(worker: Worker) -> str:
    """Of its main process and its children."""
    known = worker.report.memory_mb if worker.state != "lost" else None
    return words.size(None if known is None else known * 1e6)


def queues(worker: Worker) -> str:
    """From which it takes work."""
    return ", ".join(worker.report.queues) or words.DASH


def _kind(worker: Worker) -> str:
    if not worker.ours:
        return translate("Workers", "A worker of another program: seen by its events alone")
    return translate("Workers", "On this machine") if worker.local else ""


def _stated(worker: Worker) -> Stated:
    return Stated(state_look(worker))


def _lacking(found: Sequence[Missing]) -> object:
    if not found:
        return Words(words.DASH, "text3")
    bad = any(one.bad for one in found)
    return Stated(Look("circle-x" if bad else "circle-alert", "bad" if bad else "warn", missing_words(found)))


def _slots(worker: Worker) -> object:
    if not worker.report.slots:
        return Words(words.DASH, "text3")
    return Slots(worker.report.busy, worker.report.slots, slots(worker), _ROLES[worker.state])


def _doing(worker: Worker) -> Words:
    idle = not worker.doing and not worker.cause
    return Words(doing(worker), "text3" if idle else "text" if worker.state == "online" else "text2")


def _acts(log: bool) -> RowActs:
    more = RowAct(MENU, "ellipsis")
    return RowActs((RowAct(LOG, "terminal"), more) if log else (more,))
