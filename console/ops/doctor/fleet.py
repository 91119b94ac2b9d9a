"""Whether workers are there, on our broker and our database, and take what waits."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from console.ops.backlog import THEIRS, lasting, waiting, waits
from console.ops.contradictions import IDLE_S, LISTENED_S, elsewhere, has_room, idle, what_it_did
from console.ops.doctor.clocks import worker_reports
from console.ops.doctor.fleet_seen import Answerer, answerers, fleet, flow, living, queues, some
from console.ops.doctor.lines import ocr_console
from console.ops.doctor.mended import contrary
from console.ops.doctor.patient import Look, Patient, look
from console.ops.doctor.verdicts import Remedy, Seen, failed, good, warned
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from console.ops.fleet import Condition, Presence, Queue, Worker
from console.ops.heard import Heard
from console.ops.presence import workers
from console.ops.sightings import LOST, SILENT, UNSERVED, heard_of
from worker.core.jobs import LEGACY_QUEUE, QUEUE, TASK_NAME
from worker.core.said import Moment, listed, said, said_counted, sentences

if TYPE_CHECKING:
    from worker.core.workers import WorkerReport

LOOK_AGAIN_S = 2.5  # a worker says what it does every two


@look("worker", "A worker", needs=("postgres",), quick=True)
def worker(patient: Patient) -> Seen:
    """One is enough for work to go on."""
    alive = patient.known(living)
    if alive:
        slots, heard_s = sum(one.slots for one in alive), min(one.silent_s for one in alive)
        one, many = "1 process, heard {s} s ago", "{n} processes, heard {s} s ago"
        title = said_counted(len(alive), "A worker is alive", "{n} workers are alive")
        return good(title, said_counted(slots, one, many, s=heard_s))
    known, ever = patient.known(fleet), patient.known(worker_reports)
    fact, quiet = _last_heard(ever), [one for one in known if one.state is Presence.SILENT]
    if quiet:
        remedy = Remedy("Look at it.", button=_show(quiet[0].name))
        return warned("No worker says that it is alive", fact, heard_of(quiet[0], datetime.now(UTC)), remedy)
    cause = "Nothing that waits is read, and nothing that was lost is found again."
    start = Remedy("Start a worker.", ocr_console(patient.profile, "worker", "start"), Button(Way.START_WORKER))
    return failed("No worker is alive", fact, cause, start)


@look("worker-silent", "Workers that say nothing", needs=("postgres",))
def silent(patient: Patient) -> tuple[Seen, ...]:
    """Frozen, gone, or cut off from the database; what works and is silent for that is well."""
    found = patient.known(fleet)
    quiet = [one for one in found if one.state is not Presence.ONLINE and one.condition is not Condition.BUSY]
    if not quiet:
        return (good("All workers are heard", said_counted(len(found), "{n} worker", "{n} workers")),) if found else ()
    return tuple(_quiet(patient, one) for one in quiet[:5])


@look("no-worker", "Workers for each queue", needs=("postgres", "redis"))
def unserved(patient: Patient) -> tuple[Seen, ...]:
    """A queue in which something waits and that nobody takes from."""
    full = [one for one in patient.known(queues) if waits(one) and not one.paused]
    if not full:
        return (good("No queue waits for a worker", "nothing waits"),)
    served = {name for one in patient.known(fleet) if one.state is not Presence.LOST for name in one.serves}
    if lacking := [one for one in full if one.queue not in served]:
        served |= {name for one in patient.known(answerers) for name in one.queues}
    if missing := [one for one in lacking if one.queue not in served]:
        ours = {QUEUE, LEGACY_QUEUE, *patient.known(flow).waiting}
        return tuple(_unserved(patient, one) if one.queue in ours else _theirs(one) for one in missing[:5])
    return (good("Every queue with work has a worker", some([one.queue for one in full])),)


@look("worker-elsewhere", "Workers on another broker", needs=("postgres", "redis"))
def on_another_broker(patient: Patient) -> tuple[Seen, ...]:
    """They report to our database, and do not answer on our broker."""
    found, answered = patient.known(fleet), {one.name for one in patient.known(answerers)}
    if dumb := [one.name for one in found if one.state is Presence.ONLINE and one.name not in answered]:
        answered |= set(patient.services.broker.control.look("ping", dumb))
        found = fleet(patient.services)  # a worker without a pool answers nobody while it works: it may have begun
    now = time.monotonic()
    away = list(elsewhere(found, {name: Heard(name, now) for name in answered}, LISTENED_S, now))
    here = [one for one in found if one.name in answered]
    if not away:
        return (good("Workers answer on our broker", some([one.name for one in here])),) if here else ()
    terms = {one.name: one.report.terms.get("broker", "") for one in found}
    place = patient.services.broker.place
    make = warned if here else failed
    facts = [said("it: {there}; this profile: {here}", there=terms[one.subject] or "?", here=place) for one in away]
    return tuple(contrary(one, fact, make) for one, fact in zip(away[:5], facts, strict=False))


@look("worker-stranger", "Workers on another database", needs=("postgres", "redis"))
def on_another_database(patient: Patient) -> Seen | None:
    """They take our messages, and are in no row of ours."""
    known = patient.known(fleet)
    rows, work = {one.name for one in known}, {QUEUE, LEGACY_QUEUE, *(name for one in known for name in one.serves)}
    ours = [one.name for one in patient.known(answerers) if TASK_NAME in one.tasks and one.queues & work]
    if not ours:
        return None
    strange = sorted(set(ours) - rows)
    if strange:  # one that has just started answers before it reports
        _wait(patient)
        strange = sorted(set(strange) - {one.name for one in fleet(patient.services)})
    if not strange:
        return good("Who takes our messages is in our database", said_counted(len(ours), "{n} worker", "{n} workers"))
    names = some(strange)
    cause = sentences(
        said("{workers} takes messages of ours from this broker and does not report to this database.", workers=names),
        "What it takes is not found in its own, and is rung for again and again.",
    )
    line = ocr_console(patient.profile, "worker", "end", *strange[:3])
    remedy = Remedy("Start it with the DATABASE_URL of this profile, or give it a broker of its own.", line)
    return failed("A worker takes our messages for another database", names, cause, remedy)


@look("worker-names", "Names of workers", needs=("postgres", "redis"))
def names(patient: Patient) -> Seen | None:
    """Two that live must not have one."""
    alive, answered = patient.known(living), patient.known(answerers)
    shared = dict(_shared(alive, answered))
    if not shared:
        every = {one.name for one in alive} | {one.name for one in answered}
        if not every:
            return None
        return good("No two workers share a name", said_counted(len(every), "{n} name", "{n} names"))
    name, who = next(iter(shared.items()))
    cause = said(
        "Both are told what is meant for one, their figures take turns, and when the one stops, "
        "what the other has is begun anew.",
    )
    remedy = Remedy(
        "Start one of them anew with another name.", ocr_console(patient.profile, "worker", "start", "--name", "NAME")
    )
    title = said("Two workers are called {name}", name=name)
    return warned(title, listed(sorted(who)), cause, Remedy(remedy.text, remedy.copy, _show(name)))


@look("worker-stuck", "Workers that take nothing", needs=("postgres", "redis"))
def stuck(patient: Patient) -> tuple[Seen, ...]:
    """Alive, with room, and nothing is taken of what waits: looked at twice."""
    old = {one.queue: one for one in patient.known(queues) if one.ready and (one.oldest_s or 0) > IDLE_S}
    known = patient.known(fleet)
    first = {one.name: one for one in known if has_room(one) and _waiting_for(one, old)}
    if not known:
        return ()
    if not first:
        return (good("Workers take what waits"),)
    _wait(patient)
    again = {one.queue: one for one in queues(patient.services) if one.queue in old and one.ready}
    idlers = [one for one in workers(patient.services) if has_room(one) and _did_nothing(one, first.get(one.name))]
    found = [(one, _waiting_for(one, again)) for one in idlers if _waiting_for(one, again)]
    if not found:
        return (good("Workers take what waits"),)
    return tuple(_stuck(one, again, ready) for one, ready in found[:5])


def _wait(patient: Patient) -> None:
    """Until every worker has spoken again, as far as there is time."""
    time.sleep(max(0.0, min(LOOK_AGAIN_S, patient.left_s - 1)))


def _quiet(patient: Patient, one: Worker) -> Seen:
    title, cause = said(SILENT, worker=one.name), heard_of(one, datetime.now(UTC))
    remedy = Remedy("Look at it, and restart it.", button=_show(one.name))
    if one.state is Presence.LOST:
        line = ocr_console(patient.profile, "worker", "forget", one.name)
        title = said(LOST, worker=one.name)
        remedy = Remedy("If it does not come back, forget it.", line, Button(Way.FORGET_WORKER, one.name))
    return warned(title, _last_heard([one.report]), cause, remedy, about=one.name)


def _last_heard(found: Sequence[WorkerReport]) -> str:
    last = max((one.seen for one in found if one.seen), default=None)
    return said("heard of at {clock}", clock=Moment(last, datetime.now(UTC))) if last else said("none was ever here")


def _unserved(patient: Patient, queue: Queue) -> Seen:
    there = [one for one in patient.known(fleet) if one.state is Presence.ONLINE]
    left = said(
        "{workers} is there and does not take from it.",
        workers=some([one.name for one in there]),
    )
    words = ("worker", "start", "--queues", queue.queue)
    if there:
        words = ("worker", "consume", there[0].name, queue.queue)
    remedy = Remedy(
        "Start a worker on this queue, or have one take from it, too." if there else "Start a worker on this queue.",
        ocr_console(patient.profile, *words),
        Button(Way.START_WORKER, queue.queue),
    )
    title = said(UNSERVED, queue=queue.queue)
    cause = left if there else "No worker is alive at all."
    return failed(title, waiting(queue), cause, remedy, about=queue.queue)


def _theirs(queue: Queue) -> Seen:
    """No row of ours waits in it: a worker of ours could only put aside what is there."""
    title = said(UNSERVED, queue=queue.queue)
    remedy = Remedy("Start that program, if it is to read them.", button=Button(Way.SHOW_QUEUE, queue.queue))
    return warned(title, waiting(queue), THEIRS, remedy, about=queue.queue)


def _shared(alive: list[WorkerReport], answered: list[Answerer]) -> Iterator[tuple[str, set[str]]]:
    """Names that two have, with who they are: as they found out themselves, or as both answered."""
    template = "process {pid} on {host}"
    for one in alive:
        if one.rival is not None:
            other = said(template, pid=str(one.rival.get("pid")), host=str(one.rival.get("host")))
            yield one.name, {said(template, pid=str(one.pid), host=one.host), other}
    by_name = defaultdict[str, list[int]](list)
    for answer in answered:
        by_name[answer.name].append(answer.pid)
    for name, pids in by_name.items():
        if len(pids) > 1 and name not in {one.name for one in alive if one.rival}:
            yield name, {said("process {pid}", pid=str(pid)) for pid in pids}


def _waiting_for(one: Worker, full: dict[str, Queue]) -> dict[str, int]:
    return {name: full[name].ready for name in one.report.queues if name in full and not full[name].paused}


def _did_nothing(now: Worker, before: Worker | None) -> bool:
    """Whether it spoke again since, and has begun nothing."""
    if before is None or now.report.pid != before.report.pid or now.report.seen == before.report.seen:
        return False
    return what_it_did(now) == what_it_did(before)


def _stuck(one: Worker, full: dict[str, Queue], ready: dict[str, int]) -> Seen:
    found = idle(one, ready, LOOK_AGAIN_S)
    oldest = max((full[name].oldest_s or 0.0 for name in ready), default=0.0)
    return contrary(found, said("the oldest waits for {age}", age=lasting(oldest)), failed)


def _show(name: str) -> Button:
    return Button(Way.SHOW_WORKER, name)


FLEET: tuple[Look, ...] = (
    worker,
    silent,
    unserved,
    on_another_broker,
    on_another_database,
    names,
    stuck,
)
