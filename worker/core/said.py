"""Sentences that keep what they are made of, so that a window can say them in the user's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in a sentence, as it is told at another one."""

    when: datetime
    now: datetime

    def __str__(self) -> str:
        """In this machine's zone: "13:58", of another day "22 Nov 13:58"."""
        local, today = self.when.astimezone(), self.now.astimezone().date()
        return f"{local:%H:%M}" if local.date() == today else f"{local.day} {local:%b %H:%M}"


Value = str | int | float | Moment  # a str may be Said or Joined itself


class Said(str):
    """A sentence in English, and its template with the values that fill it. Make one with `said` or `said_counted`."""

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, Value]

    def __new__(cls, template: str, values: Mapping[str, Value]) -> Said:
        """The sentence, filled in."""
        made = super().__new__(cls, template.format_map({name: _english(value) for name, value in values.items()}))
        made.template, made.values = template, values
        return made

    def __getnewargs__(self) -> tuple[str, Mapping[str, Value]]:  # type: ignore[override]
        """It travels between processes with what it is made of."""
        return self.template, self.values


class Manner(Enum):
    """How texts are strung together; the value is the English way."""

    SENTENCES = " "
    LINES = "\n"
    CLAUSES = ", "
    NAMES = " and "


class Joined(str):
    """Texts strung together in English, and the texts. Make one with `sentences`, `lines`, `clauses` or `listed`."""

    __slots__ = ("manner", "parts")
    parts: tuple[str, ...]
    manner: Manner

    def __new__(cls, parts: tuple[str, ...], manner: Manner) -> Joined:
        """All of them in one."""
        first = [", ".join(parts[:-1]), *parts[-1:]] if manner is Manner.NAMES else parts
        made = super().__new__(cls, manner.value.join(filter(None, first)))
        made.parts, made.manner = parts, manner
        return made

    def __getnewargs__(self) -> tuple[tuple[str, ...], Manner]:  # type: ignore[override]
        """It travels between processes with its texts."""
        return self.parts, self.manner


def said(template: str, /, **values: Value) -> Said:
    """A sentence: `said("{queue} is paused", queue=name)`. Whole numbers are grouped, others have one decimal."""
    return Said(template, values)


def said_counted(n: int, /, one: str, many: str, **values: Value) -> Said:
    """The sentence for one or for many; `{n}` is the number."""
    return Said(one if n == 1 else many, {"n": n, **values})


def sentences(*parts: str) -> str:
    """Whole sentences, one after the other; empty ones are left out."""
    return _joined(parts, Manner.SENTENCES)


def apart(text: str) -> tuple[str, str]:
    """The first sentence, and what follows it; "" where it is the only one."""
    if isinstance(text, Joined) and text.manner is Manner.SENTENCES:
        first, more = apart(text.parts[0])
        return first, sentences(more, *text.parts[1:])
    if isinstance(text, Said):
        return text, ""
    first, stop, rest = text.partition(". ")
    return (f"{first}." if stop else first), rest.strip()


def lines(parts: Iterable[str]) -> str:
    """Whole sentences, a line each."""
    return _joined(parts, Manner.LINES)


def clauses(parts: Iterable[str]) -> str:
    """Parts of a sentence: "2 are done, 1 has failed"."""
    return _joined(parts, Manner.CLAUSES)


def listed(names: Iterable[str]) -> str:
    """Names as a sentence has them: "a, b and c"."""
    return _joined(names, Manner.NAMES)


def _joined(parts: Iterable[str], manner: Manner) -> str:
    there = tuple(part for part in parts if part)
    return there[0] if len(there) == 1 else Joined(there, manner)


def _english(value: Value) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.1f}" if isinstance(value, float) else str(value)
