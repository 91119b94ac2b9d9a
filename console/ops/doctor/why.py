"""Why is this job not running? One sentence for every state that a job can be in, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from console.ops.doctor.lines import ocr_console
from console.ops.doctor.verdicts import Check, Remedy, Seen, Verdict, failed, good, unknown, warned
from console.ops.doctor.waiting import waits
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from console.ops.fleet import Presence, Worker
from console.ops.presence import workers
from console.ops.remedies import CURES
from console.ops.servers.processes import Mark, find
from console.ops.submission import submitter
from worker.core.errors import ServiceError
from worker.core.filters import JobFilter
from worker.core.jobs import Job, State
from worker.core.said import Moment, Said, Value, listed, said, said_counted, sentences
from worker.core.standing import Standing, Standings, Unit

if TYPE_CHECKING:
    from datetime import datetime

    from console.ops.services import Services

NAME = "why"
CUT_OFF_S = 600.0  # an upload from elsewhere of which nothing was heard for so long


def why_not_running(services: Services, job_id: UUID) -> Check:
    """Look at one job. Raises NotFoundError where there is none; a database that is away makes it unknown."""
    try:
        job = services.store.job(job_id)
        return _seen(services, job).named(NAME)
    except ServiceError as away:
        return unknown("It cannot be looked at", away.sentence, away.advice).named(NAME)


def _seen(services: Services, job: Job) -> Seen:
    standings = Standings(services.engine)
    standing = standings.of(job.id)
    match job.state:
        case State.UPLOADING:
            return _uploading(services, job, standing)
        case State.DONE:
            return _done(job, standing.now)
        case State.FAILED:
            return _failed(services, job, standing.now)
        case State.CANCELLED:
            return _cancelled(services, job, standing.now, standings)
        case _:
            runs = [unit for unit in standing.units if unit.runs]
            return _running(services, job, runs, standing.now) if runs else waits(services, job, standing)


def _uploading(services: Services, job: Job, standing: Standing) -> Seen:
    since = _moment(job.created, standing.now)
    if job.submitted_by == submitter():
        if standing.sender and find(Mark(*standing.sender)):
            return good(said("It is being uploaded since {clock}.", clock=since))
        remedy = Remedy(
            "Add the same file again: it goes on where it stopped.",
            ocr_console(services.profile, "submit", job.source_path or job.path),
        )
        return warned("Its upload was cut off: the program that sent it has ended.", _begun(since), "", remedy)
    who = job.submitted_by or said("Somebody")
    if job.updated and (standing.now - job.updated).total_seconds() < CUT_OFF_S:
        return good(said("{who} uploads it since {clock}.", who=who, clock=since))
    silent = said("{who} began to upload it, and it is not whole for {age}.", who=who, age=_age(job, standing.now))
    days = services.settings.uploads_kept_days
    text = said("Only {who} can go on with it; after {n} days it has failed.", who=who, n=days)
    return warned(silent, _begun(since), "", Remedy(text))


def _running(services: Services, job: Job, runs: list[Unit], now: datetime) -> Seen:
    fleet = {one.name: one for one in workers(services)}
    for unit in runs:
        if (unit.lease_s or 0) < 0:
            return _let_go(services, unit, fleet.get(unit.worker), now)
    for unit in runs:
        worker = fleet.get(unit.worker)
        if worker is None or worker.state is not Presence.ONLINE:
            return _silent(unit, worker, now)
    pages = said("{done} of {n} pages", done=job.pages_done, n=job.pages or 0) if job.pages else said("not counted yet")
    return good(_at_work(runs, now), pages)


def _at_work(runs: list[Unit], now: datetime) -> Said:
    since = _moment(min((unit.started for unit in runs if unit.started), default=now), now)
    names = listed(sorted({unit.worker for unit in runs}))
    if len(runs) == 1 and runs[0].page is not None:
        return said("{worker} reads page {page} of it, since {clock}.", worker=names, page=runs[0].page, clock=since)
    one, many = "It runs on {worker} since {clock}.", "{n} parts of it run on {worker} since {clock}."
    return said_counted(len(runs), one, many, worker=names, clock=since)


def _let_go(services: Services, unit: Unit, worker: Worker | None, now: datetime) -> Seen:
    """Nobody renews its lease: it is taken back within seconds, where somebody keeps house."""
    age = round(-(unit.lease_s or 0))
    title = said("{worker} has it and does not work at it: its lease ran out {s} s ago.", worker=unit.worker, s=age)
    cause = worker.cause if worker else said("{worker} is not there any more.", worker=unit.worker)
    house = services.pulse().house
    if house is not None and house.silent_s < CUT_OFF_S / 20:
        remedy = Remedy(said("Wait: {keeper} takes it back within seconds.", keeper=house.acted_by))
        return warned(title, _since(unit, now), cause, remedy)
    start = Remedy(
        "Nobody keeps house. Start a worker: it takes it back.",
        ocr_console(services.profile, "worker", "start"),
        Button(Way.START_WORKER),
    )
    return failed(title, _since(unit, now), cause, start)


def _silent(unit: Unit, worker: Worker | None, now: datetime) -> Seen:
    title = said("It runs on {worker}, which says nothing just now.", worker=unit.worker)
    why = worker.cause if worker else ""
    rest = said("Its lease is good for {s} s more; then the job is given to another.", s=round(unit.lease_s or 0))
    button = Button(Way.SHOW_WORKER, unit.worker)
    return warned(title, _since(unit, now), sentences(why, rest), Remedy("Look at the worker.", button=button))


def _done(job: Job, now: datetime) -> Seen:
    read = job.pages_done - job.pages_failed
    one, many = "It was done at {clock}: 1 page was read.", "It was done at {clock}: {n} pages were read."
    title = said_counted(read, one, many, clock=_moment(job.finished, now))
    if not job.pages_failed:
        return good(title)
    lost = said_counted(job.pages_failed, "1 page could not be read.", "{n} pages could not be read.")
    chosen = JobFilter(ids=(job.id,))
    return warned(title, lost, "", Remedy("Retry it: they are read once more.", button=Button(Way.RETRY, jobs=chosen)))


def _failed(services: Services, job: Job, now: datetime) -> Seen:
    fact = said(
        "{kind}, at {clock}, attempt {n}",
        kind=job.error_class or "internal",
        clock=_moment(job.finished, now),
        n=job.attempts,
    )
    cure = CURES.get(job.error_class or "")
    way = Way.RETRY if cure is None else cure.way
    chosen = JobFilter(states=frozenset({State.FAILED}), ids=(job.id,))
    button = None if way is Way.SHOW_JOBS else Button(way, job.error_class or "", chosen, cure.change if cure else {})
    words = {Way.RETRY: ("retry",), Way.UNLOCK: ("retry", "--password-file", "FILE")}.get(way)
    line = ocr_console(services.profile, *words, str(job.id)) if words else ""
    text = job.advice or (cure.advice if cure else "Look into its log.")
    return failed(job.error or "It has failed.", fact, "", Remedy(text, line, button))


def _cancelled(services: Services, job: Job, now: datetime, standings: Standings) -> Seen:
    clock = _moment(job.finished, now)
    who = standings.cancelled_by(job.id, job.queue, job.finished or now)
    title = (
        said("{who} cancelled it at {clock}.", who=who, clock=clock)
        if who
        else said("It was cancelled at {clock}; the activity does not say by whom.", clock=clock)
    )
    remedy = Remedy(
        "Retry it, to have it read after all.",
        ocr_console(services.profile, "retry", str(job.id)),
        Button(Way.RETRY, jobs=JobFilter(states=frozenset({State.CANCELLED}), ids=(job.id,))),
    )
    return Seen(title, Verdict.OK, said("{done} pages were read", done=job.pages_done), remedy=remedy)


def _since(unit: Unit, now: datetime) -> Said:
    return _begun(_moment(unit.started, now))


def _begun(clock: Value) -> Said:
    return said("begun at {clock}", clock=clock)


def _moment(when: datetime | None, now: datetime) -> Moment:
    return Moment(when or now, now)


def _age(job: Job, now: datetime) -> Said:
    minutes = (now - (job.updated or now)).total_seconds() / 60
    return said("{n} min", n=round(minutes)) if minutes < 120 else said("{n} h", n=round(minutes / 60))
