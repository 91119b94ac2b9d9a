"""What is looked at before a worker starts: each a sentence with its figure, and whether it is well."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui import words
from console.ui.kit.boxes import Box, row
from console.ui.kit.labels import Label
from console.ui.kit.pictures import Picture
from console.ui.languages import NOT_LANGUAGES
from console.ui.theme import Role

if TYPE_CHECKING:
    from console.ops.fleet import Worker
    from console.ops.snapshot import Snapshot
    from console.ops.worker_start import Machine

translate = QCoreApplication.translate
LITTLE_B = 2e9  # of disk
LINE = 28
MOST_NAMES = 4  # languages that are told by name


@dataclass(frozen=True, slots=True)
class Look:
    """One line."""

    said: str
    figure: str = ""
    verdict: str = "ok"  # ok, warn or unknown


_LOOKS: Final[dict[str, tuple[str, Role, Role]]] = {  # icon, its colour, that of the figure
    "ok": ("circle-check", "ok", "text2"),
    "warn": ("circle-alert", "warn", "warn"),
    "unknown": ("circle-question-mark", "text3", "text3"),
}


def looks(snapshot: Snapshot, machine: Machine | None, slots: int) -> Iterator[Look]:
    """The lines; `slots` are those that are to be started."""
    yield _services(snapshot)
    yield _languages([worker for worker in snapshot.workers if worker.ours])
    if machine is None:
        return
    free = words.size(machine.disk_free_b)
    if machine.disk_free_b < LITTLE_B:
        yield Look(translate("StartWorker", "Little room on the disk"), free, "warn")
    else:
        yield Look(translate("StartWorker", "Room on the disk"), free)
    yield _cores(machine.slots, slots)


def _services(snapshot: Snapshot) -> Look:
    silent = [one.service for one in snapshot.health if not one.ok]
    if not silent:
        latencies = [words.latency(one.latency_s) for one in snapshot.health if one.latency_s is not None]
        said = translate("StartWorker", "Broker, database and storage answer")
        return Look(said, translate("StartWorker", ", ").join(latencies))
    names = {
        "redis": translate("StartWorker", "Redis"),
        "postgres": translate("StartWorker", "Postgres"),
        "s3": translate("StartWorker", "S3"),
    }
    said = translate("StartWorker", "It waits until these answer")
    return Look(said, translate("StartWorker", ", ").join(names[one] for one in silent), "warn")


def _languages(workers: Sequence[Worker]) -> Look:
    """Known of this machine once a worker runs here, or did."""
    here = next((_readable(one) for one in workers if one.local and one.report.languages), None)
    others = {code for one in workers if not one.local and one.state == "online" for code in _readable(one)}
    if here is None:
        return Look(translate("StartWorker", "Languages are known when one has run here"), verdict="unknown")
    if missing := sorted(others - here):
        return Look(translate("StartWorker", "Other workers have more languages"), _some(missing), "warn")
    if others:
        return Look(translate("StartWorker", "Same languages as the others"), _some(sorted(here)))
    return Look(translate("StartWorker", "Languages of this machine"), _some(sorted(here)))


def _cores(taken: int, wanted: int) -> Look:
    cores = os.cpu_count() or 1
    text = translate("StartWorker", "{slots} slots on {cores} cores")
    figure = text.format(slots=words.number(taken + wanted), cores=words.number(cores))
    if taken + wanted <= cores:
        return Look(translate("StartWorker", "A core for every slot"), figure)
    return Look(translate("StartWorker", "Slots share cores"), figure, "warn")


def _readable(worker: Worker) -> set[str]:
    return set(worker.report.languages) - NOT_LANGUAGES


def _some(codes: Sequence[str]) -> str:
    if len(codes) <= MOST_NAMES:
        return ", ".join(codes)
    more = translate("StartWorker", "{names} and {n} more")
    return more.format(names=", ".join(codes[:MOST_NAMES]), n=words.number(len(codes) - MOST_NAMES))


class LookList(QWidget):
    """The lines, changed where they stand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[Box, Picture, Label, Label]] = []
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)
        self.shown: Sequence[Look] = ()

    def show_looks(self, shown: Sequence[Look]) -> None:
        """Show these and no others."""
        if shown == self.shown:
            return
        self.shown = shown
        while len(self._rows) < len(shown):
            self._add_row()
        for place, (line, picture, said, figure) in enumerate(self._rows):
            line.setVisible(place < len(shown))
            if place < len(shown):
                one = shown[place]
                icon, role, figure_role = _LOOKS[one.verdict]
                picture.show_icon(icon, role)
                said.setText(one.said)
                said.setMinimumWidth(said.sizeHint().width())
                figure.setText(one.figure)
                figure.set_role(figure_role)
                line.setAccessibleName(f"{one.said}, {one.figure}" if one.figure else one.said)

    def _add_row(self) -> None:
        picture, said, figure = Picture("circle-question-mark"), Label(weight=500), Label(size=12, align="end")
        line = row(picture, said, spacing=10, height=LINE).add(figure, stretch=1)
        self._lines.addWidget(line)
        self._rows.append((line, picture, said, figure))
