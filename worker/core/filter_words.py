"""A filter as people type it: `state:failed -batch:"Halle 7" conf:<80 since:2h rechnung`, read and written.

A key and its values, parted by commas, any of which will do; several keys all hold; a dash before one says not. What
has no key are words that stand in the name or the error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from worker.core.errors import CLASSES
from worker.core.filters import JobFilter
from worker.core.jobs import Priority, State
from worker.core.spans import Span, is_moment

_TOKEN = re.compile(r'(-?)(?:([a-z][a-z-]*):((?:"(?:[^"]|"")*(?:"|$)|[^\s"])*)|("(?:[^"]|"")*(?:"|$)|\S+))')
_VALUE = re.compile(r'((?:"(?:[^"]|"")*(?:"|$)|[^,"])*)(?:,|$)')
_BETWEEN = re.compile(r"(?:(-?[\d.]+)\.\.(-?\d[\d.]*)|(<|>=)(-?[\d.]+))")
_PLAIN = re.compile(r'[^\s,"]+')


class Fault(StrEnum):
    """What can be wrong with what was typed."""

    KEY = "key"  # there is no such key
    VALUE = "value"  # it is none of those that are known
    TIME = "time"
    NUMBER = "number"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a filter cannot be read."""

    fault: Fault
    word: str  # where it lies
    key: str = ""
    known: tuple[str, ...] = ()  # what would be right

    @property
    def sentence(self) -> str:
        """In English, for the command line."""
        match self.fault:
            case Fault.KEY:
                return f"There is no key {self.word}: in a filter. Keys are {', '.join(self.known)}."
            case Fault.VALUE:
                return f"There is no {self.key} {self.word}. There are {', '.join(self.known)}."
            case Fault.TIME:
                return f"{self.word} is no time. Write 2h, today, 2026-07-01 or 2026-07-01..2026-07-03."
            case Fault.NUMBER:
                return f"{self.word} says no confidence. Write conf:<80, conf:>=90 or conf:80..90."
            case Fault.ID:
                return f"{self.word} is no id."


@dataclass(frozen=True, slots=True)
class Read:
    """What was typed, as far as it could be read, and the first thing that could not."""

    chosen: JobFilter
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """What the end of a text may go on with: each takes the place of what stands from `start` on."""

    start: int
    choices: tuple[str, ...]


class _Wrong(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem


_STATES, _PRIORITIES = (tuple(one.name.lower() for one in kind) for kind in (State, Priority))
_SETS: Mapping[str, str] = {
    "state": "states",
    "class": "error_classes",
    "batch": "batches",
    "batch-id": "batch_ids",
    "queue": "queues",
    "worker": "workers",
    "by": "submitters",
    "priority": "priorities",
    "id": "ids",
}
_SPANS = ("created", "updated", "finished")
BEGUN = 2  # letters of a key before it is offered: most words are just words
KEYS = (*_SETS, *_SPANS, "since", "until", "conf", "pages")
KNOWN: Mapping[str, tuple[str, ...]] = {
    "state": _STATES,
    "class": tuple(sorted(CLASSES)),
    "priority": _PRIORITIES,
    "pages": ("failed",),
    **dict.fromkeys((*_SPANS, "since"), ("1h", "24h", "7d", "today", "yesterday")),
    "conf": ("<80", "<90", ">=90"),
}


def read(text: str) -> Read:
    """What a text says."""
    wanted: dict[str, Any] = {}
    unwanted: dict[str, Any] = {}
    words: list[str] = []
    problem: Problem | None = None
    for no, key, value, word in _TOKEN.findall(text):
        try:
            if key:
                _take(unwanted if no else wanted, key, value)
            elif not no and _is_id(word):
                _take(wanted, "id", word)
            else:
                words.append(no + word)
        except _Wrong as wrong:
            problem = problem or wrong.problem
    chosen = JobFilter(**{**wanted, "text": " ".join(words).strip()})
    return Read(replace(chosen, unless=JobFilter(**unwanted)) if unwanted else chosen, problem)


def written(chosen: JobFilter) -> str:
    """A filter as `read` reads it. What it says in words of what is not meant stands in its text already."""
    parts = [*_written(chosen, ""), *(_written(chosen.unless, "-") if chosen.unless else ())]
    return " ".join([*parts, chosen.text.strip()] if chosen.text.strip() else parts)


def completion(text: str, offered: Mapping[str, Sequence[str]]) -> Completion:
    """How the last thing in a text may go on: a key, or a value of its key.

    Args:
        text: Up to the cursor.
        offered: Values of the keys that have none of their own: batch, queue, worker, by.
    """
    tokens = list(_TOKEN.finditer(text))
    if not tokens or tokens[-1].end() < len(text):
        return Completion(len(text), ())
    no, key, value, word = tokens[-1].groups()
    if key:
        begun = [part.group(1) for part in _VALUE.finditer(value)][: value.count(",") + 1][-1] if value else ""
        return Completion(len(text) - len(begun), _offered(_bare(begun), (*KNOWN.get(key, ()), *offered.get(key, ()))))
    if len(word) < BEGUN or word.startswith('"'):
        return Completion(len(text), ())
    return Completion(tokens[-1].start() + len(no), tuple(f"{one}:" for one in KEYS if one.startswith(word)))


def _take(into: dict[str, Any], key: str, value: str) -> None:
    if key not in KEYS:
        raise _Wrong(Problem(Fault.KEY, key, known=KEYS))
    if key in _SETS:
        given = tuple(_one(key, _bare(part)) for part in _values(value))
        kind = tuple if key == "id" else frozenset
        into[_SETS[key]] = kind([*into.get(_SETS[key], ()), *given])
    elif key == "conf":
        into.update(_between(value))
    elif key == "pages":
        into["pages_failed"] = bool(_one("pages", value))
    else:
        _take_span(into, key, _bare(value))


def _values(value: str) -> Iterable[str]:
    return [part for part in _VALUE.findall(value) if part] or [""]


def _one(key: str, word: str) -> object:
    if key in {"batch-id", "id"}:
        if not _is_id(word):
            raise _Wrong(Problem(Fault.ID, word, key))
        return UUID(word)
    if key in {"state", "priority", "pages"}:
        if word.lower() not in KNOWN[key]:
            raise _Wrong(Problem(Fault.VALUE, word, key, KNOWN[key]))
        named: Mapping[str, object] = {**State.__members__, **Priority.__members__}
        return named.get(word.upper(), True)
    return word


def _is_id(word: str) -> bool:
    try:
        return len(word) == len(str(UUID(word)))
    except ValueError:
        return False


def _between(value: str) -> dict[str, float]:
    wrong = _Wrong(Problem(Fault.NUMBER, value, "conf"))
    found = _BETWEEN.fullmatch(value)
    if found is None:
        raise wrong
    least, below, sign, bound = found.groups()
    named = {"confidence_below": bound} if sign == "<" else {"confidence_from": bound}
    try:
        return {name: float(one) for name, one in (named if sign else _ends(least, below)).items()}
    except ValueError:
        raise wrong from None


def _ends(least: str, below: str) -> dict[str, str]:
    return {"confidence_from": least, "confidence_below": below}


def _take_span(into: dict[str, Any], key: str, value: str) -> None:
    since, parted, until = value.partition("..")
    if key == "until":
        since, until = "", value
    if not (since or until) or not all(is_moment(one) for one in (since, until) if one) or (key == "since" and parted):
        raise _Wrong(Problem(Fault.TIME, value, key))
    name = key if key in _SPANS else "updated"
    before: Span = into.get(name, Span())
    into[name] = Span(since or before.since, until or before.until)


def _written(chosen: JobFilter, sign: str) -> Iterable[str]:
    for key, name in _SETS.items():
        if getattr(chosen, name):
            yield f"{sign}{key}:{','.join(_said(getattr(chosen, name)))}"
    for name in _SPANS:
        span: Span = getattr(chosen, name)
        if span:
            yield f"{sign}{name}:" + _quoted(f"{span.since}..{span.until}" if span.until else span.since)
    least, below = (_number(one) for one in (chosen.confidence_from, chosen.confidence_below))
    if least or below:
        yield f"{sign}conf:" + (f"{least}..{below}" if least and below else f">={least}" if least else f"<{below}")
    if chosen.pages_failed:
        yield f"{sign}pages:failed"


def _said(values: Iterable[object]) -> list[str]:
    if isinstance(values, tuple):
        return [str(one) for one in values]
    return sorted(one.name.lower() if isinstance(one, State | Priority) else _quoted(str(one)) for one in values)


def _number(value: float | None) -> str:
    return "" if value is None else str(value).removesuffix(".0")


def _bare(value: str) -> str:
    """A value without its quotes; one that is not closed goes to the end."""
    return value[1:].removesuffix('"').replace('""', '"') if value.startswith('"') else value


def _quoted(word: str) -> str:
    return word if _PLAIN.fullmatch(word) else '"{}"'.format(word.replace('"', '""'))


def _offered(begun: str, values: Iterable[str]) -> tuple[str, ...]:
    """Those that go on with what was begun, the ones that begin with it first."""
    low = begun.casefold()
    fit = [one for one in dict.fromkeys(values) if low in one.casefold() and one != begun]
    return tuple(map(_quoted, sorted(fit, key=lambda one: not one.casefold().startswith(low))))
