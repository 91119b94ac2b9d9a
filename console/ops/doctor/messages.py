"""Whether messages and rows belong together, and nothing lies where nobody takes it up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from console.ops.backlog import waiting, waits
from console.ops.contradictions import stray
from console.ops.doctor.fleet_seen import answerers, fleet, queues, strays
from console.ops.doctor.lines import ocr_console
from console.ops.doctor.mended import contrary
from console.ops.doctor.patient import Look, Patient, look
from console.ops.doctor.verdicts import Remedy, Seen, good, warned
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from console.ops.fleet import Presence, Queue
from console.ops.sightings import PAUSED
from worker.core.jobs import LEGACY_QUEUE, QUEUE
from worker.core.outbox import HELD_S
from worker.core.said import said, said_counted

if TYPE_CHECKING:
    from console.ops.fleet import Worker
    from console.ops.services import Services
    from worker.core.poisoned import Poisoned
    from worker.core.strays import Stray


@look("messages", "Messages and rows", needs=("postgres", "redis"))
def messages(patient: Patient) -> tuple[Seen, ...]:
    """Each row that waits has a message, and none is left of what was cancelled."""
    compared = patient.known(strays)
    found = [contrary(one, _figures(patient, one.subject), warned) for one in stray(compared)]
    found += [_rowless(patient, one) for one in compared.rowless]
    if found:
        return tuple(found[:5])
    ready = sum(one.ready for one in patient.known(queues))
    fact = said_counted(ready, "1 message waits", "{n} messages wait")
    return (good("Nothing is lost between database and queue", fact),)


@look("messages-held", "Messages that workers have", needs=("postgres", "redis"))
def held(patient: Patient) -> Seen | None:
    """More than the workers that are there can have: then some are in dead hands."""
    ours = [one for one in patient.known(queues) if one.queue in {QUEUE, LEGACY_QUEUE}]
    count = sum(one.held for one in ours)
    hands = _hands([one for one in patient.known(fleet) if one.state is not Presence.LOST])
    fact = said_counted(count, "1 message held and not begun", "{n} messages held and not begun")
    if count <= hands or _strangers_take(patient):
        return good("Workers begin what they take", fact) if count or hands else None
    fact = said("{fact}; workers that are there can have {n}", fact=fact, n=hands)
    hours = patient.settings.visibility_timeout_s / 3600
    cause = said("Workers that are gone have them; Redis hands them out again after {n} h.", n=hours)
    text = said("Nothing has to be done: after {s} s their rows are rung for once more.", s=round(HELD_S))
    return warned("Messages are held by workers that are gone", fact, cause, Remedy(text, button=_show(ours[0].queue)))


def _strangers_take(patient: Patient) -> bool:
    """Whether workers of other programs take from our queues: then nobody knows how many messages are in good hands."""
    mine = {one.name for one in patient.known(fleet)}
    return any(one.queues & {QUEUE, LEGACY_QUEUE} for one in patient.known(answerers) if one.name not in mine)


def _rowless(patient: Patient, one: Stray) -> Seen:
    template = "{n} messages name rows that this database does not have"
    fact = said_counted(one.count, "1 message names a row that this database does not have", template)
    cause = "Another deployment sends to this queue, or the database is not the one that it was."
    line = ocr_console(patient.profile, "queues", "--peek", one.queue)
    remedy = Remedy("Look whether another database uses this broker; give it one of its own.", line, _show(one.queue))
    title = said("Messages in {queue} are not of this database", queue=one.queue)
    return warned(title, fact, cause, remedy, about=one.queue)


def _poison(services: Services) -> tuple[int, list[Poisoned]]:
    return services.broker.poison.count(), services.broker.poison.newest(3)


@look("poison", "Messages that no worker can take", needs=("redis",))
def poison(patient: Patient) -> Seen:
    """Workers put them aside."""
    count, newest = patient.known(_poison)
    if not count or not newest:  # they may be dropped meanwhile
        return good("No message is poison")
    first = newest[0]
    where = said("the newest from {queue}: {why}", queue=first.queue or "?", why=first.why or first.message[:60])
    fact = said_counted(count, "1 message, {where}", "{n} messages, {where}", where=where)
    cause = "Whoever sent them speaks another language: what they asked for is not done."
    remedy = Remedy(
        "Look at them, correct their sender, and drop them.",
        ocr_console(patient.profile, "poison"),
        Button(Way.DROP_POISON),
    )
    return warned("Messages were put aside that no worker can take", fact, cause, remedy)


@look("queue-paused", "Queues and batches that are paused", needs=("postgres", "redis"))
def paused(patient: Patient) -> tuple[Seen, ...]:
    """With work in them."""
    found = [one for one in patient.known(queues) if one.paused and waits(one)]
    batches = patient.known(_paused_batches)
    if not found and not batches:
        return (good("Nothing that waits is paused"),)
    return (*_paused_queues(patient, found[:5]), *_of_batches(patient, batches[:5]))


def _paused_batches(services: Services) -> list[tuple[str, str]]:
    """Their ids and names."""
    return [(str(id_), name) for id_, name in services.store.batches_held_back().items()]


def _paused_queues(patient: Patient, found: Sequence[Queue]) -> Iterator[Seen]:
    for one in found:
        line = ocr_console(patient.profile, "resume", one.queue)
        remedy = Remedy("Resume it.", line, Button(Way.RESUME_QUEUE, one.queue))
        cause = "Somebody held it back: nothing more of it is begun."
        yield warned(said(PAUSED, queue=one.queue), waiting(one), cause, remedy, about=one.queue)


def _of_batches(patient: Patient, batches: Sequence[tuple[str, str]]) -> Iterator[Seen]:
    for number, name in batches:
        line = ocr_console(patient.profile, "resume", "--batch", name)
        remedy = Remedy("Resume it.", line, Button(Way.RESUME_BATCH, number))
        title = said("The batch {name} is paused", name=name)
        yield warned(title, said("with jobs that wait"), _HELD_BACK, remedy, about=number)


_HELD_BACK = "Somebody held it back: nothing more of it is begun."


def _hands(there: Sequence[Worker]) -> int:
    """Messages that they may have and not have begun: one for each process, or what each was told to take."""
    return sum(one.report.slots * max(1, int(one.report.terms.get("prefetch", 1))) for one in there)


def _figures(patient: Patient, queue: str) -> str:
    depth = next((one for one in patient.known(queues) if one.queue == queue), Queue(queue))
    return said(
        "{ready} ready, {held} held, {running} running", ready=depth.ready, held=depth.held, running=depth.running
    )


def _show(queue: str) -> Button:
    return Button(Way.SHOW_QUEUE, queue)


MESSAGES: tuple[Look, ...] = (messages, held, poison, paused)
