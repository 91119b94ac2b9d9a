"""What a worker lacks, by what it and the others say of themselves: an engine, a language, room, a version, time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from console.ui import words
from console.ui.languages import NOT_LANGUAGES, language_name

if TYPE_CHECKING:
    from console.ops.fleet import Worker

translate = QCoreApplication.translate
LITTLE_MB = 2_000  # of disk
APART_S = 5.0  # between two clocks; what NTP keeps is a hundred times better
MEGABYTE = 1e6
Needs = Mapping[str, Collection[str]]  # the languages of what is next in a queue, by the queue


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing."""

    word: str  # for a table
    sentence: str
    bad: bool = False  # what it takes fails


def missing(worker: Worker, fleet: Sequence[Worker], needs: Needs | None = None, ours: str = "") -> tuple[Missing, ...]:
    """What it lacks, the worst first; nothing is known of one that is lost, or of another program's.

    Args:
        worker: One of the fleet.
        fleet: All, to compare it with those that are online.
        needs: What waits, for the queues that it serves.
        ours: The version of this console.
    """
    if worker.state == "lost" or not worker.ours:
        return ()
    others = [one for one in fleet if one.ours and one.state == "online" and one.name != worker.name]
    found = (*_ability(worker, others, needs or {}), *_room(worker), *_version(worker, others, ours), *_clock(worker))
    return (*(one for one in found if one.bad), *(one for one in found if not one.bad))


def missing_words(found: Sequence[Missing]) -> str:
    """All of it in short."""
    return words.clauses(*(one.word for one in found)) or words.DASH


def _ability(worker: Worker, others: Sequence[Worker], needs: Needs) -> Iterator[Missing]:
    if not worker.report.tools:
        sentence = translate("Workers", "It cannot read: tesseract, or what draws the pages of a PDF, is not there.")
        yield Missing(translate("Workers", "tesseract"), sentence, bad=True)
        return
    here = set(worker.report.languages)
    wanted = {code for queue in worker.serves for code in needs.get(queue, ())} - here
    elsewhere = {code for one in others for code in one.report.languages} - here - wanted - NOT_LANGUAGES
    if wanted:
        sentence = translate("Workers", "What waits needs {languages}: it leaves such a job to others.")
        yield Missing(_codes(wanted), sentence.format(languages=_names(wanted)))
    if elsewhere:
        sentence = translate("Workers", "Other workers can read {languages}, and it cannot.")
        yield Missing(_codes(elsewhere), sentence.format(languages=_names(elsewhere)))


def _room(worker: Worker) -> Iterator[Missing]:
    free = worker.report.disk_free_mb
    if free is not None and free < LITTLE_MB:
        size = words.size(free * MEGABYTE)
        word = translate("Workers", "disk: {size}").format(size=size)
        yield Missing(word, translate("Workers", "Its disk has {size} left.").format(size=size))


def _version(worker: Worker, others: Sequence[Worker], ours: str) -> Iterator[Missing]:
    newest = max((ours, *(one.report.version for one in others)), key=_numbers)
    if _numbers(worker.report.version) < _numbers(newest):
        word = translate("Workers", "version {version}").format(version=worker.report.version)
        sentence = translate("Workers", "It is of version {version}, and {newest} is in use: update it.")
        yield Missing(word, sentence.format(version=worker.report.version, newest=newest))


def _clock(worker: Worker) -> Iterator[Missing]:
    ahead = worker.report.ahead_s
    if ahead is None or abs(ahead) < APART_S:
        return
    before, behind = (
        translate("Workers", "Its clock is {time} before that of the database: set it by NTP."),
        translate("Workers", "Its clock is {time} behind that of the database: set it by NTP."),
    )
    time = words.about(abs(ahead))
    yield Missing(
        translate("Workers", "clock: {time}").format(time=time), (before if ahead > 0 else behind).format(time=time)
    )


def _codes(languages: Collection[str]) -> str:
    return ", ".join(sorted(languages))


def _names(languages: Collection[str]) -> str:
    return ", ".join(sorted(map(language_name, languages)))


def _numbers(version: str) -> tuple[int, ...]:
    """What it is compared by; 1.2 and 1.2.0 are one."""
    numbers = [int(part) for part in version.split(".") if part.isdecimal()]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
