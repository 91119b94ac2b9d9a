"""Markdown of a document in reading order: headings by the size of their letters, paragraphs whole, lists as lists."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TextIO

from worker.core.document import POINTS_PER_INCH
from worker.pipeline.lines import Line, lines_of
from worker.pipeline.read import PageReading
from worker.pipeline.words import Row

_HEADINGS = ((1.8, "#"), (1.45, "##"), (1.22, "###"))  # times the size of most letters
_LONGEST_HEADING = 160  # characters
_USUAL_DPI = 300
_BULLET = re.compile(r"[•◦▪▫●○■□►▶‣⁃·*]")
_DASH = re.compile(r"[–—-]")
_MISREAD_BULLET = re.compile(r"[¢©®°eo]")  # what engines take a bullet for; one alone may be just that letter
_NUMBER = re.compile(r"(\d{1,3})[.)]")
_ANYWHERE = re.compile(r"[\\`*\[\]<>~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
_AT_START = re.compile(r"(\d*)([#+=-]|(?<=\d)[.)](?=\s|$))")  # of a paragraph
_HYPHENS = "-\u00ad\u2010"
_ENDS = ".!?:;…。！？؟۔"  # a sentence, or what comes before a list


@dataclass(slots=True)
class _Paragraph:
    """Lines that belong together. `mark`: what the lists of Markdown begin with, "" for what is no list."""

    lines: list[Line] = field(default_factory=list)
    mark: str = ""

    @property
    def size(self) -> float:
        """Height of its letters in pixels."""
        return median(line.size for line in self.lines)


@contextmanager
def markdown(file: TextIO) -> Iterator[Callable[..., None]]:
    """Take the pages that are given one after the other; they are written when it is known how large most letters are.

    Until then their paragraphs lie on disk, beside the file.
    """
    sizes: Counter[int] = Counter()  # half points → characters of that size
    kept = Path(f"{file.name}.paragraphs")
    with kept.open("w+", encoding="utf-8") as paragraphs:
        yield partial(_keep, paragraphs, sizes)
        paragraphs.seek(0)
        usual = max(sizes, key=lambda size: sizes[size], default=0) / 2
        for index, line in enumerate(paragraphs):
            number, failed, found = json.loads(line)
            if failed:
                file.write(f"<!-- page {number} could not be read -->\n\n")
            elif index:
                file.write(f"<!-- page {number} -->\n\n")
            file.write(_page(found, usual))
    kept.unlink()


def _keep(file: TextIO, sizes: Counter[int], reading: PageReading, rows: Sequence[Row]) -> None:
    page = reading.page
    scale = POINTS_PER_INCH / (page.dpi or _USUAL_DPI)
    found = []
    for paragraph in _paragraphs(lines_of(rows)):
        text, points = _joined(paragraph.lines), paragraph.size * scale
        if text:
            sizes[round(points * 2)] += len(text)
            found.append((round(points, 2), paragraph.mark, text))
    file.write(json.dumps([page.number, page.state == "failed", found], ensure_ascii=False) + "\n")


def escaped(text: str) -> str:
    """The text so that Markdown shows it as it is."""
    marked = _ANYWHERE.sub(lambda match: "&amp;" if match[0] == "&" else f"\\{match[0]}", text)
    start = _AT_START.match(marked)
    if start is None:
        return marked
    number, sign = start.groups()
    return f"{number}\\{sign}{marked[start.end() :]}"


def _page(found: Sequence[tuple[float, str, str]], usual: float) -> str:
    parts: list[str] = []
    listing = False
    for points, mark, text in found:
        heading = "" if mark else _heading(points, text, usual)
        begin = mark or heading
        if listing and not mark:
            parts.append("\n")
        parts.append(f"{begin} {escaped(text)}\n" if begin else f"{escaped(text)}\n")
        if not mark:
            parts.append("\n")
        listing = bool(mark)
    return "".join(parts) + ("\n" if listing else "")


def _heading(points: float, text: str, usual: float) -> str:
    """Large letters alone do not make one: short lines of usual print measure large at times."""
    letters = [sign for sign in text if sign.isalpha()]
    if not usual or len(letters) < 3 or len(text) > _LONGEST_HEADING or text[-1] in ".,;":
        return ""
    least = _HEADINGS[0][0] if letters[0].islower() else 0.0
    return next((mark for times, mark in _HEADINGS if points >= max(times, least) * usual), "")


def _paragraphs(found: Iterator[list[Line]]) -> Iterator[_Paragraph]:
    """The engine's own, cut and joined where the print shows that a sentence ends or goes on."""
    whole = list(found)
    bullets = sum(_is_item(lines[0]) for lines in whole)
    paragraph = _Paragraph()
    for lines in whole:
        room, gap = _Room.of(lines), median([below.y - above.bottom for above, below in pairwise(lines)] or [0])
        for index, line in enumerate(lines):
            above = paragraph.lines[-1] if paragraph.lines else None
            mark = _mark(line, above if index else None, bullets)
            apart = above is None or (room.ends(above, line, gap) if index else not _goes_on(above, line))
            if mark or apart:
                if paragraph.lines:
                    yield paragraph
                paragraph = _Paragraph(mark=mark)
            paragraph.lines.append(line.without_first() if mark else line)
    if paragraph.lines:
        yield paragraph


@dataclass(frozen=True, slots=True)
class _Room:
    """Where the lines of a column begin and end."""

    left: int
    right: int

    @classmethod
    def of(cls, lines: Sequence[Line]) -> _Room:
        return cls(min(line.x for line in lines), max(line.right for line in lines))

    def ends(self, above: Line, below: Line, gap: float) -> bool:
        """Whether a paragraph ends between two lines: room above, other letters, or a word that would have fitted."""
        smaller = max(min(above.size, below.size), 1)
        left = above.x - self.left if above.leftwards else self.right - above.right
        return (
            _jumps(above, below)
            or max(above.size, below.size) / smaller > _HEADINGS[-1][0]
            or below.y - above.bottom > gap + 0.5 * smaller
            or left > below.first + 1.5 * smaller
        )


def _jumps(above: Line, below: Line) -> bool:
    return below.y < above.y - above.size or below.x > above.right or below.right < above.x


def _goes_on(above: Line, below: Line) -> bool:
    """Whether the engine cut a sentence in two paragraphs."""
    near = below.y - above.bottom < 1.5 * max(above.size, below.size)
    return near and not _jumps(above, below) and above.words[-1][-1] not in _ENDS and below.words[0][0].islower()


def _is_item(line: Line) -> bool:
    first, *others = line.words
    if not others:
        return False
    return bool(_BULLET.fullmatch(first) or (_MISREAD_BULLET.fullmatch(first) and others[0][0].isupper()))


def _mark(line: Line, above: Line | None, bullets: int) -> str:
    """What an item of a list begins with in Markdown.

    A bullet that was misread needs others beside it. A dash or a number in the middle of a sentence begins none;
    `above` is the line before it in its paragraph.
    """
    first, *others = line.words
    if not others:
        return ""
    if _BULLET.fullmatch(first) or (bullets > 1 and _is_item(line)):
        return "-"
    if above is not None and above.words[-1][-1] not in f"{_ENDS},":
        return ""
    number = _NUMBER.fullmatch(first)
    return f"{int(number[1])}." if number else "-" if _DASH.fullmatch(first) else ""


def _joined(lines: Sequence[Line]) -> str:
    """The lines as one; a word that was hyphenated at the end of a line is whole again."""
    text = ""
    for line in lines:
        more = " ".join(line.words)
        text = _with(text, more) if text and more else text or more
    return text


def _with(text: str, more: str) -> str:
    last = text.rpartition(" ")[2]
    stem = last[:-1]
    if last[-1] in _HYPHENS and stem[-1:].isalpha():
        hyphenated = more[0].islower() and not any(sign in _HYPHENS for sign in stem)
        return (text[:-1] if hyphenated or last[-1] == "\u00ad" else text) + more
    return f"{text}{more}" if _is_wide(text[-1]) and _is_wide(more[0]) else f"{text} {more}"


def _is_wide(sign: str) -> bool:
    """Chinese and Japanese know no spaces."""
    return unicodedata.east_asian_width(sign) in "WF"
