"""What each rule sees in a picture: pure functions of what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.ops.backlog import THEIRS, waiting, waits
from console.ops.condition import UNHEARD
from console.ops.contradictions import Mend
from console.ops.facts import Snapshot
from console.ops.findings import Remedy, Severity, Way
from console.ops.fleet import Condition, Presence, Queue, Worker
from console.ops.health import TITLES
from console.ops.remedies import cure_of, remedy_of, sentence_of, title_of
from console.ops.rules import LATELY_S, LEAST_ENDED, Rule
from worker.core.filters import JobFilter
from worker.core.history import Lately
from worker.core.jobs import State
from worker.core.said import Moment, Said, Value, said, sentences

MEGABYTES = 1_000  # in a gigabyte
UNSERVED, PAUSED = "No worker serves {queue}", "{queue} is paused"
LOST, SILENT = "{worker} is lost", "{worker} is silent"
NOBODY_KEEPS_HOUSE = "Nobody keeps house"
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something that is so now, or nearly."""

    subject: str
    title: str
    sentence: str
    remedy: Remedy
    count: int = 1  # of what the title counts
    begun: datetime | None = None  # as far as the facts tell
    firm: bool = True  # False: not so bad that it is told, yet too bad for what was told to be over
    severity: Severity | None = None  # None: the rule's


Seer = Callable[[Snapshot, Rule, Lately], Iterator[Sighting]]


def _services_away(seen: Snapshot, _rule: Rule, _lately: Lately) -> Iterator[Sighting]:
    for one in seen.health:
        if not one.ok:
            title = said("{service} does not answer", service=said(TITLES[one.service]))
            sentence = sentences(one.sentence, one.advice)
            remedy = Remedy(Way.SHOW_SERVICE, one.service)
            yield Sighting(one.service, title, sentence, remedy, begun=one.since, firm=one.state == "down")


def _queues_without_worker(seen: Snapshot, _rule: Rule, _lately: Lately) -> Iterator[Sighting]:
    for queue in seen.queues:
        if waits(queue) and not queue.paused and not _served(seen, queue):
            title = said(UNSERVED, queue=queue.queue)
            ours = bool(queue.pages)
            sentence = sentences(waiting(queue), "Start a worker on this queue." if ours else THEIRS)
            remedy = Remedy(Way.START_WORKER if ours else Way.SHOW_QUEUE, queue.queue)
            begun = seen.at - timedelta(seconds=queue.oldest_s or 0)
            severity = None if ours else Severity.WARN
            yield Sighting(queue.queue, title, sentence, remedy, queue.pages, begun, severity=severity)


def _old_queues(seen: Snapshot, rule: Rule, _lately: Lately) -> Iterator[Sighting]:
    most = (rule.threshold or 0) * MINUTE
    for queue in seen.queues:
        age = queue.oldest_s or 0
        if age < most * rule.ease or queue.paused or not waits(queue) or not _served(seen, queue):
            continue
        sentence = sentences(waiting(queue), "Start another worker, or move to the front what is urgent.")
        remedy, begun = Remedy(Way.SHOW_QUEUE, queue.queue), seen.at - timedelta(seconds=max(0.0, age - most))
        title = said("Work waits too long in {queue}", queue=queue.queue)
        yield Sighting(queue.queue, title, sentence, remedy, queue.pages, begun, firm=age >= most)


def _paused_queues(seen: Snapshot, _rule: Rule, _lately: Lately) -> Iterator[Sighting]:
    for queue in seen.queues:
        if queue.paused and waits(queue):
            remedy = Remedy(Way.RESUME_QUEUE, queue.queue)
            title = said(PAUSED, queue=queue.queue)
            yield Sighting(queue.queue, title, waiting(queue), remedy, queue.pages)


def _lost_workers(seen: Snapshot, _rule: Rule, _lately: Lately) -> Iterator[Sighting]:
    for worker in seen.workers:
        if worker.state is Presence.LOST:
            sentence = heard_of(worker, seen.at)
            title = said(LOST, worker=worker.name)
            yield Sighting(worker.name, title, sentence, _shown(worker.name), begun=worker.report.seen)


def _silent_workers(seen: Snapshot, rule: Rule, _lately: Lately) -> Iterator[Sighting]:
    """One whose work keeps it from speaking is well; the threshold is there for one that is late once."""
    for worker in seen.workers:
        if worker.state is Presence.SILENT and worker.condition is not Condition.BUSY:
            firm = worker.report.silent_s >= (rule.threshold or 0)
            sentence = heard_of(worker, seen.at)
            title, remedy = said(SILENT, worker=worker.name), _shown(worker.name)
            yield Sighting(worker.name, title, sentence, remedy, begun=worker.report.seen, firm=firm)


def _full_disks(seen: Snapshot, rule: Rule, _lately: Lately) -> Iterator[Sighting]:
    """By machine: its workers share the disk."""
    least = rule.threshold or 0
    for host, worker in _fullest(seen).items():
        free = (worker.report.disk_free_mb or 0) / MEGABYTES
        if free < least * rule.ease:
            template = "{free} GB are free. Free some space there: {enough} GB are enough."
            sentence = said(template, free=free, enough=_figure(least))
            title = said("{host} runs out of disk space", host=host)
            yield Sighting(host, title, sentence, _shown(worker.name), firm=free < least)


def _failure_rate(_seen: Snapshot, rule: Rule, lately: Lately) -> Iterator[Sighting]:
    rate, most = 100 * lately.failed / max(1, lately.ended), rule.threshold or 0
    if lately.ended >= LEAST_ENDED and rate > most * rule.ease:
        sentence = said(
            "{failed} of the {ended} jobs that ended in the last {minutes} min. Look what they have in common.",
            failed=lately.failed,
            ended=lately.ended,
            minutes=round(LATELY_S / MINUTE),
        )
        remedy = Remedy(Way.SHOW_JOBS, jobs=JobFilter(states=frozenset({State.FAILED})))
        title = said("{n} % of the jobs fail", n=round(rate))
        yield Sighting("", title, sentence, remedy, lately.failed, firm=rate > most)


def _nobody_keeps_house(seen: Snapshot, _rule: Rule, _lately: Lately) -> Iterator[Sighting]:
    if seen.unkept_s is not None:
        begun = seen.at - timedelta(seconds=seen.unkept_s)
        sentence = unkept_since(begun, seen.at)
        yield Sighting("", NOBODY_KEEPS_HOUSE, sentence, Remedy(Way.START_WORKER), begun=begun)


def _contradictions(seen: Snapshot, _rule: Rule, _lately: Lately) -> Iterator[Sighting]:
    for one in seen.facts.contradictions:
        subject = f"{one.kind.value} {one.subject}"
        way = Way.SHOW_WORKER if one.remedy is Mend.SHOW else Way.MEND
        remedy = Remedy(way, one.subject, contradiction=one)
        yield Sighting(subject, one.title, one.sentence, remedy, one.count)


def _failed_jobs(seen: Snapshot, _rule: Rule, _lately: Lately) -> Iterator[Sighting]:
    for group in seen.facts.failures:
        sentence, remedy, severity = sentence_of(group, seen.at), remedy_of(group), cure_of(group).severity
        title = title_of(group)
        yield Sighting(group.error_class, title, sentence, remedy, group.count, begun=group.since, severity=severity)


SEERS: Mapping[str, Seer] = {
    "service_away": _services_away,
    "no_worker": _queues_without_worker,
    "worker_lost": _lost_workers,
    "disk_low": _full_disks,
    "failure_rate": _failure_rate,
    "worker_silent": _silent_workers,
    "queue_old": _old_queues,
    "contradiction": _contradictions,
    "unkept": _nobody_keeps_house,
    "failed": _failed_jobs,
    "queue_paused": _paused_queues,
}


def _served(seen: Snapshot, queue: Queue) -> bool:
    """One that is silent for a moment still serves it."""
    return any(one.state is not Presence.LOST and queue.queue in one.serves for one in seen.workers)


def unkept_since(begun: datetime, now: datetime) -> Said:
    """What follows from nobody keeping house."""
    template = "Since {clock} nothing that was lost is found again. Start a worker."
    return said(template, clock=Moment(begun, now))


def heard_of(worker: Worker, now: datetime) -> str:
    """Why one that is silent or lost says nothing, since when, and what becomes of what it has."""
    last = worker.report.seen
    heard = said("Not heard of since {clock}.", clock=Moment(last, now)) if last else "Not heard of."
    lost = worker.state is Presence.LOST
    rest = "What it had is read elsewhere." if lost else "If it stays so, its pages are read elsewhere."
    cause = "" if worker.cause == UNHEARD else worker.cause  # it would say the same twice
    return sentences(cause, heard, rest if worker.ours else "")


def _figure(number: float) -> Value:
    """Without a decimal where it is whole."""
    return round(number) if number == round(number) else number


def _shown(worker: str) -> Remedy:
    return Remedy(Way.SHOW_WORKER, worker)


def _fullest(seen: Snapshot) -> dict[str, Worker]:
    """Of each machine the worker that has least room; what a lost one said is past."""
    known = [one for one in seen.workers if one.state is not Presence.LOST and one.report.disk_free_mb is not None]
    known.sort(key=lambda one: one.report.disk_free_mb or 0, reverse=True)
    return {one.report.host: one for one in known}
