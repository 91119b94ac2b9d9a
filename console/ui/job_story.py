"""What happened to a job, newest first, and what of it is under way: a task log in a few lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from console.ui import counts, words
from console.ui.kit.occurrences import Occurrence
from console.ui.kit.states import cause
from console.ui.theme import Role
from worker.core.jobs import ACTIVE, Attempt, Task, TaskKind, TaskState

if TYPE_CHECKING:
    from console.ops.closeup import Closeup

translate = QCoreApplication.translate
MOST, TROUBLES = 8, 5  # parts that are listed, and attempts that failed
FAILED, RETRIED, UNDERWAY, WELL = "failed", "retrying", "processing", "success"  # as the task log has it
Told = tuple[datetime | None, Occurrence]  # and when
_TROUBLE: Mapping[str, tuple[str, Role]] = {FAILED: ("circle-x", "bad"), RETRIED: ("circle-alert", "warn")}


def story(closeup: Closeup, now: datetime) -> list[Occurrence]:
    """What happened, newest first; troubles that do not fit are counted."""
    kinds = {task.id: task for task in closeup.tasks}
    troubles = [one for one in reversed(closeup.attempts) if one.status in _TROUBLE]
    left = len(troubles) - TROUBLES if len(troubles) > TROUBLES else 0
    told = [_trouble(one, kinds.get(one.task_id), now) for one in troubles[: len(troubles) - left]]
    told += [one for one in (_underway(closeup.attempts, now), _read(closeup, now)) if one]
    entries = sorted(told, key=lambda one: one[0] or now, reverse=True)
    return [*(entry for _when, entry in entries), *_more(left), *_added(closeup, now)]


def underway(closeup: Closeup) -> list[Occurrence]:
    """The parts of a spread document: those that run, then those that wait; none where it is read in one piece."""
    tasks = closeup.tasks
    if closeup.job.state not in ACTIVE or not any(task.kind is TaskKind.PAGES for task in tasks):
        return []
    left = [task for state in (TaskState.RUNNING, TaskState.QUEUED) for task in tasks if task.state is state]
    entries = [_part(task) for task in left[:MOST]]
    if len(left) > MOST:
        one, many = translate("Story", "{n} more part"), translate("Story", "{n} more parts")
        entries[-1:] = [Occurrence("ellipsis", "text3", words.counted(len(left) - MOST + 1, one, many))]
    return entries


def moment(when: datetime | None, now: datetime) -> str:
    """The time of day; the date of another day."""
    if when is None:
        return ""
    return words.clock(when, seconds=True) if (now - when).total_seconds() < words.DAY else words.date(when)


def part_words(task: Task | None) -> str:
    """What a unit of work is about: "Pages 9–16", "Assembly"; "" for one that reads the whole document."""
    if task is None or task.kind is TaskKind.READ:
        return ""
    if task.kind is TaskKind.ASSEMBLE:
        return translate("Story", "Assembly")
    if task.first_page == task.last_page:
        return translate("Story", "Page {n}").replace("{n}", words.number(task.first_page or 0))
    said = translate("Story", "Pages {first}–{last}").replace("{first}", words.number(task.first_page or 0))
    return said.replace("{last}", words.number(task.last_page or 0))


def _trouble(attempt: Attempt, task: Task | None, now: datetime) -> Told:
    title = translate("Story", "Attempt {n} failed")
    if part := part_words(task):
        title = translate("Story", "{part}, attempt {n} failed").replace("{part}", part)
    icon, role = _TROUBLE[attempt.status]
    why = words.told(attempt.error or "") or cause(attempt.error_class or "")
    detail = ", ".join(one for one in (attempt.worker, why.rstrip("."), _after(attempt)) if one)
    when = attempt.finished or attempt.started
    return when, Occurrence(icon, role, title.replace("{n}", words.number(attempt.attempt)), moment(when, now), detail)


def _after(attempt: Attempt) -> str:
    if attempt.started is None or attempt.finished is None:
        return ""
    taken = words.duration((attempt.finished - attempt.started).total_seconds())
    return translate("Story", "after {time}").replace("{time}", taken)


def _underway(attempts: Iterable[Attempt], now: datetime) -> Told | None:
    running = [one for one in attempts if one.status == UNDERWAY]
    if not running:
        return None
    since = min((one.started for one in running if one.started), default=None)
    title = translate("Story", "Attempt {n} is under way").replace("{n}", words.number(running[0].attempt))
    if len(running) > 1:
        title = translate("Story", "{n} parts are under way").replace("{n}", words.number(len(running)))
    return now, Occurrence("loader-circle", "accent", title, moment(since, now), _workers(running))


def _read(closeup: Closeup, now: datetime) -> Told | None:
    well = [one for one in closeup.attempts if one.status == WELL]
    pages = sum(mark.state != "failed" for mark in closeup.marks)
    ends = [one.finished for one in well if one.finished]
    starts = [one.started for one in well if one.started]
    if not ends or not starts:
        return None
    one, many = translate("Story", "{n} page read"), translate("Story", "{n} pages read")
    title = words.counted(pages, one, many) if pages else translate("Story", "Read")
    taken = words.duration((max(ends) - min(starts)).total_seconds())
    detail = ", ".join((_workers(well), taken))
    return max(ends), Occurrence("circle-check", "ok", title, moment(max(ends), now), detail)


def _workers(attempts: Sequence[Attempt]) -> str:
    """One worker by its name, several as "8 tasks on 3 workers"."""
    names = sorted({one.worker for one in attempts if one.worker})
    if len(attempts) == 1 and names:
        return names[0]
    one, many = translate("Story", "{n} task"), translate("Story", "{n} tasks")
    said = translate("Story", "{tasks} on {workers}").replace("{tasks}", words.counted(len(attempts), one, many))
    return said.replace("{workers}", names[0] if len(names) == 1 else counts.workers(len(names)))


def _added(closeup: Closeup, now: datetime) -> list[Occurrence]:
    job = closeup.job
    if job.created is None:
        return []
    title = translate("Story", "Added")
    if job.submitted_by:
        title = translate("Story", "Added by {who}").replace("{who}", words.isolated(job.submitted_by))
    return [Occurrence("upload", "text3", title, moment(job.created, now))]


def _more(count: int) -> list[Occurrence]:
    one = translate("Story", "{n} more attempt failed, see the log")
    many = translate("Story", "{n} more attempts failed, see the log")
    return [Occurrence("ellipsis", "text3", words.counted(count, one, many))] if count else []


def _part(task: Task) -> Occurrence:
    title = part_words(task) or translate("Story", "A look at the document")
    if task.state is TaskState.RUNNING:
        return Occurrence("loader-circle", "accent", title, task.worker or words.DASH)
    return Occurrence("clock", "text2", title, translate("Story", "waits"))
