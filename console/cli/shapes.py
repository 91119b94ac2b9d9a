"""What `--json` prints, in the shapes of the contract: times ISO 8601 in UTC, durations seconds, missing: null."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from console.ops.commands import Acted, Fetch
from console.ops.exporting import as_iso
from console.ops.found import Skipped
from console.ops.intake import Plan
from worker.core.jobs import Attempt, Job, Page, State, Task
from worker.core.series import FIGURES

if TYPE_CHECKING:
    from console.ops.doctor.verdicts import Check
    from console.ops.findings import Finding
    from console.ops.purge import Purged
    from worker.core.audit_entry import AuditEntry
    from worker.core.batch_figures import BatchFigures
    from worker.core.incidents import Incident
    from worker.core.page_fates import PageCounts
    from worker.core.series import Point

Shape = dict[str, Any]


def moment(when: datetime | None) -> str | None:
    """A time as scripts read it."""
    return None if when is None else as_iso(when)


def job(row: Job) -> Shape:
    """A job."""
    return {
        "id": str(row.id),
        "name": row.name,
        "path": row.path,
        "batch": row.batch,
        "state": row.state.value,
        "priority": row.priority.name.lower(),
        "pages": row.pages,
        "pages_done": row.pages_done,
        "mean_confidence": rounded(row.mean_confidence),
        "error_class": row.error_class,
        "error": row.error,
        "advice": row.advice,
        "attempts": row.attempts,
        "seconds": rounded(row.seconds),
        "created": moment(row.created),
        "updated": moment(row.updated),
        "pages_failed": row.pages_failed,
        "notes": list(row.notes),
        "outputs": {form: output.key for form, output in row.outputs.items()},
    }


def check(made: Check) -> Shape:
    """What the doctor says of one thing."""
    head = f"{made.title.rstrip('.')}: {made.fact}" if made.fact else made.title
    sentences = (f"{part.rstrip('.')}." for part in (head, made.cause) if part)
    remedy = made.remedy
    return {
        "check": made.name,
        "verdict": made.verdict.value,
        "sentence": " ".join(sentences),
        "remedy": remedy.text if remedy else None,
        "copy": remedy.copy or None if remedy else None,
        "title": made.title,
        "fact": made.fact,
        "cause": made.cause,
    }


def names_of_a_job() -> tuple[str, ...]:
    """What `job` gives, in order."""
    return tuple(job(Job(UUID(int=0), "", "", State.QUEUED)))


def whole_job(row: Job, tasks: Iterable[Task], log: Iterable[Attempt], pages: Iterable[Page]) -> Shape:
    """A job with how it is read, its tasks, its attempts, and its pages without their text."""
    return {
        **job(row),
        "options": row.options.as_dict(),
        "tasks": [_task(one) for one in tasks],
        "log": [_attempt(one) for one in log],
        "page_list": [_page(one) for one in pages],
    }


def _task(task: Task) -> Shape:
    return {
        "id": str(task.id),
        "kind": task.kind.value,
        "pages": None if task.first_page is None else [task.first_page, task.last_page],
        "state": task.state.value,
        "attempt": task.attempt,
        "worker": task.worker,
        "error_class": task.error_class,
        "error": task.error,
    }


def _attempt(attempt: Attempt) -> Shape:
    return {
        "task": str(attempt.task_id),
        "attempt": attempt.attempt,
        "worker": attempt.worker,
        "state": attempt.status,
        "error_class": attempt.error_class,
        "error": attempt.error,
        "started": moment(attempt.started),
        "finished": moment(attempt.finished),
    }


def _page(page: Page) -> Shape:
    return {
        "number": page.number,
        "state": page.state,
        "source": page.source,
        "confidence": rounded(page.confidence),
        "words": page.words,
        "chars": page.chars,
        "seconds": rounded(page.seconds),
        "skew": rounded(page.skew),
        "turned": page.turned,
        "tried": page.tried,
        "gain": rounded(page.gain),
        "reused": page.reused,
        "error_class": page.error_class,
        "error": page.error,
    }


def batch(one: BatchFigures) -> Shape:
    """A batch in figures."""
    return {
        "id": str(one.id),
        "name": one.name,
        "state": one.state.value,
        "created": moment(one.created),
        "by": one.created_by,
        "priority": None if one.priority is None else one.priority.name.lower(),
        "jobs": {state.value: count for state, count in one.counts.items()},
        "pages": one.pages,
        "pages_done": one.pages_done,
        "pages_failed": one.pages_failed,
        "mean_confidence": rounded(one.mean_confidence),
        "rate_per_min": rounded(one.rate_per_min),
        "left_s": rounded(one.left_s),
        "done_at": moment(one.done_at),
        "started": moment(one.started),
        "finished": moment(one.finished_at),
    }


def entry(one: AuditEntry) -> Shape:
    """An entry of the audit."""
    return {
        "id": one.id,
        "at": moment(one.at),
        "who": one.who,
        "profile": one.profile,
        "action": one.action,
        "asked": one.asked,
        "done": one.done,
        "result": one.result,
        "details": dict(one.details),
        "undo": one.undo.value,
        "undo_until": moment(one.until),
        "undone": moment(one.undone_at),
    }


def skipped(entries: Iterable[Skipped]) -> list[Shape]:
    """What was not uploaded."""
    return [{"path": entry.path, "class": entry.error_class, "reason": entry.reason} for entry in entries]


def plan(planned: Plan, mode: str) -> Shape:
    """What a submission in that mode would do."""
    files = [
        {
            "path": file.path,
            "media_type": file.media_type,
            "pages": file.chosen_pages,
            **_fates(file.counts(mode)),
            "bytes": file.bytes,
            "needs_password": file.locked,
            "notes": list(file.notes),
        }
        for file in planned.files
    ]
    whole = {"pages": planned.pages, **_fates(planned.counts(mode)), "bytes": planned.bytes}
    return {"files": files, "skipped": skipped(planned.skipped), **whole}


def _fates(found: PageCounts) -> Shape:
    """Pages that were not looked at count as to be read, too."""
    return {
        "pages_to_read": found.read,
        "pages_kept": found.kept,
        "pages_empty": found.empty,
        "pages_refused": found.refused,
        "pages_not_looked_at": found.unknown,
    }


def acted(what: Acted) -> Shape:
    """How many of how many."""
    left = [{"id": str(one.id), "why": one.why} for one in what.refused]
    return {"asked": what.asked, "done": len(what.done), "not": left}


def finding(one: Finding) -> Shape:
    """Something that needs attention."""
    return {
        "rule": one.rule,
        "subject": one.subject,
        "severity": one.severity.value,
        "title": one.title,
        "sentence": one.sentence,
        "since": moment(one.since),
        "count": one.count,
        "remedy": one.remedy.way.value,
    }


def incident(one: Incident) -> Shape:
    """Something that needed attention; without an end it goes on."""
    shape = {name: getattr(one, name) for name in ("rule", "subject", "severity", "title", "sentence")}
    return {**shape, "opened": moment(one.opened), "closed": moment(one.closed)}


def point(at: datetime, one: Point | None) -> Shape:
    """A step of a series; of a gap the moment alone."""
    return {"at": moment(at), **({} if one is None else {name: rounded(getattr(one, name)) for name in FIGURES})}


def purged(what: Purged) -> Shape:
    """What a purge took, and until when it can be undone."""
    until = moment(what.undo_until)
    return {"queue": what.queue, "purged": what.purged, "held": what.held, "undo_until": until}


def fetched(what: Fetch) -> Shape:
    """What was downloaded and what not."""
    files = [{"id": str(one.job_id), "format": one.format, "path": str(one.path)} for one in what.files]
    return {"files": files, "not": [{"id": str(one.id), "why": one.why} for one in what.refused]}


def rounded(value: float | None) -> float | None:
    """Two digits are what a measurement is worth."""
    return None if value is None else round(value, 2)
