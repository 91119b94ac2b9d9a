"""What workers can do, as they report it themselves: their tools, languages, room and version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from console.ops.doctor.fleet_seen import living, next_work, some
from console.ops.doctor.patient import Look, Patient, look
from console.ops.doctor.verdicts import Remedy, Seen, failed, good, warned
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from console.ops.rules import RULES
from worker.core.bounds import ROOM_BYTES
from worker.core.languages import install_line
from worker.core.said import listed, said, said_counted

if TYPE_CHECKING:
    from worker.core.upcoming import Upcoming
    from worker.core.workers import WorkerReport

GIGABYTE = 1_000.0  # in megabytes
_TOOLS = "apt install tesseract-ocr tesseract-ocr-eng poppler-utils"


@look("worker-tools", "The tools of workers", needs=("postgres",))
def tools(patient: Patient) -> Seen | None:
    """Each has an engine, and all the same ones."""
    alive = patient.known(living)
    if not alive:
        return None
    if bare := [one for one in alive if not one.tools]:
        remedy = Remedy("Install tesseract there, and start the worker anew.", _TOOLS, _show(bare))
        cause = "Whatever it takes fails at once."
        return failed(said("{worker} cannot read: it has no engine", worker=bare[0].name), _names(bare), cause, remedy)
    kits = _by(alive, lambda one: ", ".join(f"{name} {number}" for name, number in sorted(one.tools.items())))
    if len(kits) == 1:
        return good("Workers read with the same tools", next(iter(kits)))
    remedy = Remedy("Install the same on all of them, and start them anew.", _TOOLS, _show(_fewest(kits)))
    return warned("Workers read with different tools", _told(kits), "One page may come out differently.", remedy)


@look("worker-languages", "Languages of what waits", needs=("postgres",))
def languages(patient: Patient) -> Seen | None:
    """Of what is next in each queue: a worker that lacks one leaves the job to another."""
    alive = patient.known(living)
    if not alive:
        return None
    everywhere = set.intersection(*(set(one.languages) for one in alive))
    wanted = [(need, _lacking(need, alive)) for need in patient.known(next_work)]
    nowhere = [(need, lack) for need, lack in wanted if lack and len(lack) == len(_able(need, alive))]
    somewhere = [(need, lack) for need, lack in wanted if lack]
    if not somewhere:
        return good("Workers have the languages of what waits", some(sorted(everywhere)))
    need, lack = (nowhere or somewhere)[0]
    lacks = [sorted(_missing(need, one)) for one in lack]
    missing = min(lacks, key=len) if nowhere else sorted({name for each in lacks for name in each})
    fact = said_counted(need.jobs, "{name} in {queue}: 1 job", "{name} in {queue}: {n} jobs", **_called(need))
    remedy = Remedy("Install it there; it is seen without a restart.", install_line(missing), _show(lack))
    if nowhere:
        title = said_counted(
            len(missing),
            "No worker has the language {languages}",
            "No worker has the languages {languages}",
            languages=listed(missing),
        )
        seconds = patient.services.settings.language_wait_s
        cause = said("Such a job waits for {s} s for a worker that has it, then it fails.", s=seconds)
        return failed(title, fact, cause, remedy)
    title = said_counted(
        len(missing),
        "{workers} lacks the language {languages}",
        "{workers} lacks the languages {languages}",
        workers=_names(lack),
        languages=listed(missing),
    )
    return warned(title, fact, "It leaves such a job to others, which have more to do.", remedy)


@look("worker-disk", "Room on the disks of workers", needs=("postgres",))
def disk(patient: Patient) -> Seen | None:
    """Of each machine what its workers see."""
    known = [one for one in patient.known(living) if one.disk_free_mb is not None]
    if not known:
        return None
    least = min(known, key=lambda one: one.disk_free_mb or 0.0)
    free, enough = (least.disk_free_mb or 0.0) / GIGABYTE, RULES["disk_low"].threshold or 0.0
    fact = said("least {free} GB, {host}", free=free, host=least.host)
    if free >= enough:
        return good("Workers have disk space", fact)
    remedy = Remedy(said("Free some space there: {n} GB are enough.", n=enough), "df -h /tmp", _show([least]))
    if free * 1e9 >= ROOM_BYTES:
        cause = "When it is used up, its jobs fail or wait."
        return warned(said("{host} runs out of disk space", host=least.host), fact, cause, remedy)
    cause = "Where a worker has no room for a document, it takes nothing and waits until there is."
    return failed(said("{host} has no disk space left", host=least.host), fact, cause, remedy)


@look("worker-versions", "Versions of workers", needs=("postgres",))
def versions(patient: Patient) -> Seen | None:
    """One everywhere, which is that of this console."""
    alive, ours = patient.known(living), version("ocr-console")
    found = _by(alive, lambda one: one.version)
    if not alive:
        return None
    if set(found) == {ours}:
        fact = said_counted(len(alive), "{version} on 1 worker", "{version} on {n} workers", version=ours)
        return good("One version everywhere", fact)
    others = [one for one in alive if one.version != ours]
    fact = said("{found}; this console: {ours}", found=_told(found), ours=ours)
    if all(_numbers(one.version) > _numbers(ours) for one in others):
        remedy = Remedy("Update this console.")
        return warned("This console is older than its workers", fact, "It may not know all that they do.", remedy)
    cause = "What this console asks for, an older worker may not do; a newer one may do it otherwise."
    remedy = Remedy("Update them, one after the other.", button=_show(others))
    return warned("Workers of other versions", fact, cause, remedy)


def _able(need: Upcoming, alive: Sequence[WorkerReport]) -> list[WorkerReport]:
    """Those that may take it; one without any engine is told of elsewhere."""
    return [one for one in alive if one.tools and need.queue in {*one.queues, *one.paused}]


def _missing(need: Upcoming, one: WorkerReport) -> set[str]:
    return set(need.languages.split("+")) - {""} - set(one.languages)


def _lacking(need: Upcoming, alive: Sequence[WorkerReport]) -> list[WorkerReport]:
    """Those of them that cannot read it."""
    return [one for one in _able(need, alive) if _missing(need, one)]


def _called(need: Upcoming) -> dict[str, str]:
    return {"name": need.languages, "queue": need.queue}


def _by(alive: Sequence[WorkerReport], key: Callable[[WorkerReport], str]) -> Mapping[str, list[WorkerReport]]:
    groups = defaultdict[str, list["WorkerReport"]](list)
    for one in alive:
        groups[key(one)].append(one)
    return groups


def _told(groups: Mapping[str, Sequence[WorkerReport]]) -> str:
    return "; ".join(f"{what}: {_names(who)}" for what, who in sorted(groups.items()))


def _fewest(groups: Mapping[str, Sequence[WorkerReport]]) -> Sequence[WorkerReport]:
    return min(groups.values(), key=len)


def _names(found: Sequence[WorkerReport]) -> str:
    return some([one.name for one in found])


def _show(found: Sequence[WorkerReport]) -> Button:
    return Button(Way.SHOW_WORKER, found[0].name)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdecimal())


ABILITIES: tuple[Look, ...] = (tools, languages, disk, versions)
