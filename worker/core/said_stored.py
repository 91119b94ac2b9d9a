"""What a sentence is made of as JSON, kept beside its English: whoever reads the row can say it in their language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from math import isfinite
from typing import Any

from worker.core.said import Joined, Manner, Moment, Said, Value

Kept = dict[str, Any]


def kept(text: str | None) -> Kept | None:
    """What the text is made of; None of a plain one, which is all there is to it."""
    if isinstance(text, Said):
        return {"template": text.template, "values": {name: _kept(value) for name, value in text.values.items()}}
    if isinstance(text, Joined):
        return {"manner": text.manner.name, "parts": [kept(part) or str(part) for part in text.parts]}
    return None


def kept_of(texts: Mapping[str, str | None]) -> dict[str, Kept] | None:
    """The same of several columns of a row; None if all are plain."""
    return {name: made_of for name, text in texts.items() if (made_of := kept(text)) is not None} or None


def recalled(text: str, made_of: object) -> str:
    """The text with what it is made of; the plain one where that cannot be read, or says something else.

    A row of another version or program, or a text that has changed since, is never told wrongly that way.
    """
    if not isinstance(made_of, Mapping):
        return text
    try:
        found = _recalled(made_of)
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError):
        return text
    return found if found == text else text


def recalled_in(values: Mapping[str, Any], made_of: object) -> Iterator[tuple[str, str]]:
    """Those columns of a row that are made of something."""
    for name, one in made_of.items() if isinstance(made_of, Mapping) else ():
        if isinstance(text := values.get(name), str):
            yield name, recalled(text, one)


def _kept(value: Value) -> object:
    if isinstance(value, Moment):
        return {"when": value.when.isoformat(), "now": value.now.isoformat()}
    if isinstance(value, str):
        return kept(value) or str(value)
    return value if isfinite(value) else str(value)  # JSON has no NaN


def _recalled(made_of: Mapping[str, Any]) -> Said | Joined:
    if "template" in made_of:
        return Said(made_of["template"], {name: _value(value) for name, value in made_of["values"].items()})
    parts = tuple(_text(part) for part in made_of["parts"])
    return Joined(parts, Manner[made_of["manner"]])


def _text(value: object) -> str:
    return _recalled(value) if isinstance(value, Mapping) else str(value)


def _value(value: object) -> Value:
    if not isinstance(value, Mapping):
        return value if isinstance(value, int | float) else str(value)
    if "when" in value:
        return Moment(datetime.fromisoformat(value["when"]), datetime.fromisoformat(value["now"]))
    return _recalled(value)
