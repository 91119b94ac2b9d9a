"""Which jobs are meant, in which order, from where on: as data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from worker.core.jobs import Job, Priority, State
from worker.core.rows import composed
from worker.core.spans import ANY_TIME, Span, is_moment

_TOKEN = re.compile(r'(-?)(?:"((?:[^"]|"")*)(?:"|$)|(\S+))')


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Jobs that meet all of these, unless they meet one of those; what is left out does not matter.

    Of what is a set, any of its members will do; an empty one is left out.
    """

    states: frozenset[State] = frozenset()
    error_classes: frozenset[str] = frozenset()  # why they failed; one that is done has none
    batch_ids: frozenset[UUID] = frozenset()
    batches: frozenset[str] = frozenset()  # their names
    queues: frozenset[str] = frozenset()
    workers: frozenset[str] = frozenset()  # that hold one of its tasks now
    submitters: frozenset[str] = frozenset()  # "user@host"
    priorities: frozenset[Priority] = frozenset()
    text: str = ""  # words that all stand in the name or the error; "a phrase", -not, in any case of letters
    created: Span = ANY_TIME
    updated: Span = ANY_TIME
    finished: Span = ANY_TIME
    confidence_from: float | None = None
    confidence_below: float | None = None
    pages_failed: bool = False  # some of its pages could not be read
    ids: tuple[UUID, ...] | None = None
    unless: JobFilter | None = None  # what it says in its own `unless` does not count

    @property
    def asks_for_tasks(self) -> bool:
        """Whether a job's row alone does not tell if it meets this."""
        return bool(self.workers or (self.unless and self.unless.workers))

    @property
    def meant_states(self) -> frozenset[State]:
        """The states that are left of all."""
        gone = self.unless.states if self.unless else frozenset()
        return (self.states or frozenset(State)) - (gone | {State.DONE} if self.error_classes else gone)

    @property
    def in_any_state(self) -> JobFilter:
        """The same without what it says of states."""
        unless = replace(self.unless, states=frozenset()) if self.unless else None
        return replace(self, states=frozenset(), unless=None if unless == JobFilter() else unless)

    @property
    def means_all(self) -> bool:
        """Whether it leaves no job out: of what was typed nothing may be left but spaces and quotes."""
        return (self if any(wanted_words(self.text)) else replace(self, text="")) == JobFilter()

    def matches(self, job: Job, now: datetime | None = None) -> bool:
        """Whether a job meets it, as far as its row tells: who holds its tasks is left out."""
        now = now or datetime.now(UTC)
        if job.state not in self.meant_states or not all(_answers(self, job, now)):
            return False
        return self.unless is None or not any(_answers(self.unless, job, now))

    def as_dict(self) -> dict[str, Any]:
        """What is set, as JSON knows it."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: _plain(value) for name, value in values if value != _DEFAULTS[name]}

    @classmethod
    def from_dict(cls, values: object) -> JobFilter:
        """From what was kept, perhaps by another version: what is unknown or of another kind is left out."""
        given = values if isinstance(values, Mapping) else {}
        read = {name: _READ[name](given[name]) for name in _READ if name in given}
        return cls(**{name: value for name, value in read.items() if value is not None})


def wanted_words(text: str) -> tuple[list[str], list[str]]:
    """The words and phrases that are to be there, and those that are not, composed as names are stored."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for no, phrase, word in _TOKEN.findall(text):
        if meant := composed(phrase.replace('""', '"') if phrase else word).strip():
            (unwanted if no else wanted).append(meant)
    return wanted, unwanted


def _answers(chosen: JobFilter, job: Job, now: datetime) -> Iterator[bool]:
    """Of each condition that is set, whether the job meets it. The same as SQL is in `filter_sql`."""
    members: tuple[tuple[frozenset[Any], object], ...] = (
        (chosen.states, job.state),
        (chosen.error_classes, job.error_class),
        (chosen.batch_ids, job.batch_id),
        (frozenset(map(composed, chosen.batches)), job.batch),
        (chosen.queues, job.queue),
        (chosen.submitters, job.submitted_by),
        (chosen.priorities, job.priority),
    )
    yield from (value in allowed for allowed, value in members if allowed)
    if chosen.text.strip():
        yield _says(job, chosen.text)
    spans = ((chosen.created, job.created), (chosen.updated, job.updated), (chosen.finished, job.finished))
    yield from (span.holds(when, now) for span, when in spans if span)
    if chosen.confidence_from is not None or chosen.confidence_below is not None:
        yield _is_between(job.mean_confidence, chosen.confidence_from, chosen.confidence_below)
    if chosen.pages_failed:
        yield job.pages_failed > 0
    if chosen.ids is not None:
        yield job.id in chosen.ids


def _says(job: Job, text: str) -> bool:
    words = f"{job.name} {job.error or ''}".lower()  # as ILIKE does; folding would make ß and ss the same
    wanted, unwanted = wanted_words(text)
    return all(word.lower() in words for word in wanted) and not any(word.lower() in words for word in unwanted)


def _is_between(value: float | None, least: float | None, below: float | None) -> bool:
    return value is not None and (least is None or value >= least) and (below is None or value < below)


def _plain(value: object) -> object:
    match value:
        case JobFilter():
            return value.as_dict()
        case Span():
            return {"since": value.since, "until": value.until}
        case frozenset():
            return sorted(
                (str(one) if isinstance(one, UUID) else one.value if isinstance(one, Enum) else one) for one in value
            )
        case tuple():
            return [str(one) for one in value]
    return value


def _set_of(kind: Callable[[Any], Any]) -> Callable[[object], frozenset[Any] | None]:
    def read(value: object) -> frozenset[Any] | None:
        ids = _list_of(kind)(value)
        return None if ids is None else frozenset(ids)

    return read


def _list_of(kind: Callable[[Any], Any]) -> Callable[[object], tuple[Any, ...] | None]:
    def read(value: object) -> tuple[Any, ...] | None:
        if not isinstance(value, list):
            return None
        try:
            return tuple(kind(one) for one in value)
        except (ValueError, TypeError, AttributeError):
            return None

    return read


def _span(value: object) -> Span | None:
    given = value if isinstance(value, Mapping) else {}
    known = {name: given[name] for name in ("since", "until") if is_moment(given.get(name))}
    return Span(**known)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _unless(value: object) -> JobFilter | None:
    meant = JobFilter.from_dict(value)
    return None if meant == JobFilter() else meant


_READ: Mapping[str, Callable[[object], Any]] = {
    "states": _set_of(State),
    "batch_ids": _set_of(UUID),
    "priorities": _set_of(Priority),
    **dict.fromkeys(("error_classes", "batches", "queues", "workers", "submitters"), _set_of(_word)),
    "text": _text,
    **dict.fromkeys(("created", "updated", "finished"), _span),
    **dict.fromkeys(("confidence_from", "confidence_below"), _number),
    "pages_failed": lambda value: value is True,
    "ids": _list_of(UUID),
    "unless": _unless,
}
_DEFAULTS: Mapping[str, Any] = {field.name: field.default for field in fields(JobFilter)}


@dataclass(frozen=True, slots=True)
class Order:
    """A column to sort by, and how to read its value off a job."""

    column: str
    attribute: str
    nullable: bool = False


# The step of Redis that a row's number falls in, as `rows.priority_of` has it: other senders write any number.
STEP = "case when j.priority <= 0 then 0 when j.priority <= 3 then 3 when j.priority <= 6 then 6 else 9 end"
ORDERS: Mapping[str, Order] = {
    "updated": Order("j.updated_at", "updated"),
    "created": Order("j.created_at", "created"),
    "name": Order("j.name", "name"),
    "path": Order("j.path", "path"),
    "state": Order("j.state", "state"),
    "queue": Order("j.queue", "queue"),
    "priority": Order(STEP, "priority"),
    "attempts": Order("j.attempts", "attempts"),
    "pages_done": Order("j.pages_done", "pages_done"),
    "pages_failed": Order("j.pages_failed", "pages_failed"),
    "pages": Order("j.pages", "pages", nullable=True),
    "mean_confidence": Order("j.mean_confidence", "mean_confidence", nullable=True),
    "seconds": Order("j.seconds", "seconds", nullable=True),
    "source_bytes": Order("j.source_bytes", "source_bytes", nullable=True),
    "error_class": Order("j.error_class", "error_class", nullable=True),
    "batch": Order("b.name", "batch", nullable=True),
    "submitted_by": Order("j.submitted_by", "submitted_by", nullable=True),
    "started": Order("j.started_at", "started", nullable=True),
    "finished": Order("j.finished_at", "finished", nullable=True),
}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of jobs ended: the next one starts behind it, whatever was added or taken away in between."""

    value: Any
    id: UUID


@dataclass(frozen=True, slots=True)
class Tally:
    """What the jobs of a list are."""

    states: Mapping[State, int]  # of those that are still there; states of none are left out
    locked: int = 0  # that failed for want of a password


@dataclass(frozen=True, slots=True)
class JobPage:
    """A page of jobs and where the next one starts; `next` is None after the last."""

    rows: tuple[Job, ...]
    next: Cursor | None
