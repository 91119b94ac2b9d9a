"""Print in two directions, as Hebrew with a Latin name in it: from the order in which it stands to that of reading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import cycle

_KINDS = {"R": "R", "AL": "R", "L": "L", "EN": "N", "AN": "N", "ES": "S", "CS": "S", "ET": "T"}
_LEFT_RUN = re.compile(r"T*[LN](?:[^R]*[LN])?T*")  # among what is read from the right
_RIGHT_RUN = re.compile(r"R(?:[^L]*R)?")  # among what is read from the left
_NUMBER = re.compile(r"T*N(?:[NST]*N)?T*")
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"), ("«", "»"))


def kinds_of(text: str) -> str:
    """A letter a sign: R and L letters of that direction, N digits, S and T what stands in numbers, o all others."""
    return "".join(_KINDS.get(unicodedata.bidirectional(sign), "o") for sign in text)


def goes_both_ways(text: str) -> bool:
    """Whether something in the text is read from the right, and something else is not or can be mirrored."""
    kinds = set(kinds_of(text))
    return "R" in kinds and (bool(kinds & {"L", "N"}) or any(unicodedata.mirrored(sign) for sign in text))


def reading_order(signs: Sequence[str]) -> tuple[list[int], bool]:
    """The places of signs that stand from left to right, in the order in which they are read; whether from the right.

    A sign may have others after it that belong to it, such as accents; its first decides.
    """
    kinds = kinds_of("".join(sign[0] for sign in signs))
    order = list(range(len(signs)))
    if leftwards := _is_leftwards(kinds):
        order.reverse()
        kinds = kinds[::-1]
        for run in _LEFT_RUN.finditer(kinds):
            for start, end in [run.span()] if "L" in run[0] else _numbers(run):
                order[start:end] = order[start:end][::-1]
    else:
        for run in _RIGHT_RUN.finditer(kinds):
            start, end = run.span()
            order[start:end] = order[start:end][::-1]
            for number in _NUMBER.finditer(run[0][::-1]):
                first, last = start + number.start(), start + number.end()
                order[first:last] = order[first:last][::-1]
    return order, leftwards


def with_brackets(text: str) -> str:
    """The text with brackets that open and close in turn: who wrote it may have mirrored some of them."""
    for opening, closing in _BRACKETS:
        parts = re.split(f"[{re.escape(opening + closing)}]", text)
        if len(parts) % 2:
            turns = cycle((opening, closing))
            text = parts[0] + "".join(next(turns) + part for part in parts[1:])
    return text


def _numbers(run: re.Match[str]) -> list[tuple[int, int]]:
    return [(run.start() + one.start(), run.start() + one.end()) for one in _NUMBER.finditer(run[0])]


def _is_leftwards(kinds: str) -> bool:
    """By the letters at both ends; where they disagree, by most of them."""
    letters = kinds.replace("N", "").replace("S", "").replace("T", "").replace("o", "")
    if not letters or letters[0] == letters[-1]:
        return letters[:1] == "R"
    return letters.count("R") >= letters.count("L")
