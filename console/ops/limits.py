"""What bounds the tasks of each name on a worker, as it says itself: how many in a time, and how long one may take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from worker.core.control import Control

QUESTION = "registered"
ASKED = {"taskinfoitems": ["rate_limit", "soft_time_limit", "time_limit"]}
_ANSWER = re.compile(r"(?P<name>\S+)(?: \[(?P<limits>.*)\])?")  # ocr.run_job [rate_limit=10/m time_limit=600]


@dataclass(frozen=True, slots=True)
class Limits:
    """Of the tasks of one name; a worker may have others for all tasks together."""

    rate: str = ""  # such as 10/m; "": as many as there are
    soft_s: float | None = None  # a task is told to end after so many seconds
    hard_s: float | None = None  # and ended after so many


def limits(control: Control, worker: str) -> Mapping[str, Limits]:
    """By the tasks' names; empty where it does not answer. Raises NetworkError or AccessRefused."""
    return parsed(control.look(QUESTION, [worker], **ASKED).get(worker))


def parsed(answer: object) -> Mapping[str, Limits]:
    """The same out of a worker's answer."""
    found = (_ANSWER.fullmatch(one) for one in (answer if isinstance(answer, list) else ()) if isinstance(one, str))
    return {match["name"]: _limits((match["limits"] or "").split()) for match in found if match}


def _limits(words: Iterable[str]) -> Limits:
    values = dict(word.split("=", 1) for word in words if "=" in word)
    rate = values.get("rate_limit", "")
    soft_s, hard_s = _seconds(values.get("soft_time_limit")), _seconds(values.get("time_limit"))
    return Limits("" if rate == "0" else rate, soft_s, hard_s)


def _seconds(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
