"""What is asked before workers are stopped: how, and what each way costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ops.worker_state import Stop
from console.ui import counts, words
from console.ui.job_acts import Asked
from console.ui.kit.boxes import row
from console.ui.kit.choices import Radio
from console.ui.kit.labels import Paragraph
from console.ui.notices import ask
from console.ui.workers_columns import slots, work
from console.ui.workers_local_words import GAVE_UP

if TYPE_CHECKING:
    from console.ops.fleet import Worker
    from console.ops.worker_state import LocalWorker

translate = QCoreApplication.translate


def stop_question(worker: Worker) -> Asked | None:
    """The question; None for one that has nothing to do."""
    if not is_busy(worker):
        return None
    return {
        "title": translate("Workers", "Stop {worker}, which is busy?").format(worker=words.isolated(worker.name)),
        "sentence": translate(
            "Workers", "It takes nothing new and ends what it has begun. What it cannot end in time is read by others."
        ),
        "facts": _facts(worker),
        "safe": translate("Workers", "Let it work"),
        "act": translate("Workers", "Stop after the pages in work"),
    }


def is_busy(worker: Worker) -> bool:
    """Whether a stop costs anything."""
    return bool(worker.doing or worker.report.busy)


class HowToStop(QWidget):
    """Three ways, each with what it costs. It has the focus where its chosen one has it."""

    def __init__(self, costs: Mapping[Stop, str]) -> None:
        super().__init__()
        self._ways = {
            Stop.WARM: Radio(translate("Workers", "After the pages in work")),
            Stop.SOFT: Radio(translate("Workers", "Soon: give pages back that take too long")),
            Stop.NOW: Radio(translate("Workers", "Now: give all pages back")),
        }
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(2)
        for how, way in self._ways.items():
            cost = words.told(costs.get(how, ""))
            way.setAccessibleDescription(cost)
            lines.addWidget(way)
            lines.addWidget(row(Paragraph(cost, size=12), margins=(26, 0, 0, 6)))
        self._ways[Stop.WARM].setChecked(True)
        self.setFocusProxy(self._ways[Stop.WARM])

    @property
    def chosen(self) -> Stop:
        """Which way."""
        return next(how for how, way in self._ways.items() if way.isChecked())

    def choose(self, how: Stop) -> None:
        """Choose a way."""
        self._ways[how].setChecked(True)


def how_to_stop(
    parent: QWidget, local: Sequence[LocalWorker], busy: Sequence[Worker], costs: Callable[[int], Mapping[Stop, str]]
) -> Stop | None:
    """How workers of this machine are to be stopped: softly where that costs nothing, else it is asked.

    Args:
        parent: Over which it is asked.
        local: The workers.
        busy: Of the whole fleet those that do something.
        costs: What each way costs where so many tasks are under way.

    Returns:
        None: they are not stopped.
    """
    names = {one.name for one in local if one.state != GAVE_UP}
    mine = [worker for worker in busy if worker.name in names]
    if not mine:
        return Stop.SOFT
    tasks = sum(max(worker.report.busy, len(worker.doing)) for worker in mine)
    return _asked(parent, mine, len(local), costs(tasks))


def _asked(parent: QWidget, workers: Sequence[Worker], of: int, costs: Mapping[Stop, str]) -> Stop | None:
    one = of == 1
    name = words.isolated(workers[0].name)
    title, act = translate("Workers", "Stop {worker}, which is busy?"), translate("Workers", "Stop {worker}")
    all_title = translate("Workers", "Stop {workers} on this machine?").replace("{workers}", counts.workers(of))
    busy = sum(worker.report.busy for worker in workers), sum(worker.report.slots for worker in workers)
    busy_of = translate("Workers", "{busy} of {slots}")
    told = busy_of.format(busy=words.number(busy[0]), slots=words.number(busy[1]))
    body = HowToStop(costs)
    agreed = ask(
        parent,
        title=title.format(worker=name) if one else all_title,
        facts=_facts(workers[0]) if one else [(translate("Workers", "Busy slots"), told)],
        safe=translate("Workers", "Let it work") if one else translate("Workers", "Let them work"),
        act=act.format(worker=name) if one else translate("Workers", "Stop all"),
        body=body,
    )
    return body.chosen if agreed else None


def _facts(worker: Worker) -> list[tuple[str, str]]:
    facts = [(translate("Workers", "Busy slots"), slots(worker))]
    if worker.doing:
        facts.append((translate("Workers", "In work"), work(worker.doing[0])))
    return facts
