"""The characters of an open page of a PDF, all of them at once, and the words and lines that they stand in."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Container, Iterator
from itertools import groupby
from typing import Any, NamedTuple

import pypdfium2.raw as c

from worker.core.bidi import goes_both_ways, reading_order, with_brackets

Span = tuple[int, int]  # of characters: the first, and the one after the last
HYPHENS = frozenset({0x02, 0xFFFE})  # how PDFium writes a hyphen at the end of a line
_LEFT_OUT = "\0"
_WORD_OR_END = re.compile(r"[^ \t\xa0\r\n\f\x0b\0]+|[\r\n\f\x0b]")
_FROM_THE_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff]")  # Hebrew, Arabic and kin
_GAP = 0.1  # of the height of letters: a wider one is a space
_HYPHEN = re.compile("[\x02\ufffe]")
_ENDS = frozenset("\r\n\f\x0b")


def characters(text: Any, left_out: Container[int] = ()) -> str:  # noqa: ANN401 - pypdfium2 has no types
    """One sign for each character of a text page, so that a place in it is PDFium's own index.

    Args:
        text: The raw text page.
        left_out: Addresses of text objects whose characters are replaced by NUL.
    """
    count = max(c.FPDFText_CountChars(text), 0)
    found = _at_once(text, count)
    if len(found) != count:  # a character beyond the first plane is two of PDFium's, or it keeps one to itself
        found = "".join(chr(c.FPDFText_GetUnicode(text, index)) for index in range(count))
    if not left_out:
        return found
    return "".join(
        _LEFT_OUT if address(c.FPDFText_GetTextObject(text, index)) in left_out else sign
        for index, sign in enumerate(found)
    )


class TextWord(NamedTuple):
    """A word, and the places of its outermost characters."""

    text: str
    first: int
    last: int


def lines(text: Any, found: str) -> Iterator[list[TextWord]]:  # noqa: ANN401
    """The words of each line in the order in which they are read.

    Args:
        text: The raw text page.
        found: Its characters.
    """
    both_ways = _FROM_THE_RIGHT.search(found) is not None
    for line in _spans(found):
        start, end = line[0][0], line[-1][1]
        if both_ways and goes_both_ways(found[start:end]) and (marks := _marks(text, found, line)):
            yield _read(found, marks, mirrored=_is_mirrored(text, line[0][0]))
        else:
            yield [TextWord(spelled(found[first:after]), first, after - 1) for first, after in line]


def _spans(found: str) -> Iterator[list[Span]]:
    """The words of each line, in PDFium's own order: right for lines in one direction, numbers included."""
    line: list[Span] = []
    for part in _WORD_OR_END.finditer(found):
        if part[0] not in _ENDS:
            line.append(part.span())
        elif line:
            yield line
            line = []
    if line:
        yield line


class _Mark(NamedTuple):
    """What stands in one place: a sign with its accents, or the letters of a ligature."""

    left: float
    right: float
    height: float
    places: tuple[int, ...]


def _marks(text: Any, found: str, line: list[Span]) -> list[_Mark]:  # noqa: ANN401
    """The marks of a line from left to right; none if it does not run across."""
    marks: list[_Mark] = []
    box, middle = c.FS_RECTF(), None
    for place in (place for first, after in line for place in range(first, after)):
        if not c.FPDFText_GetLooseCharBox(text, place, box) or box.top <= box.bottom:
            return []
        height, level = box.top - box.bottom, (box.top + box.bottom) / 2
        middle = level if middle is None else middle
        if abs(level - middle) > height:
            return []
        before = marks[-1] if marks else None
        if before and (unicodedata.combining(found[place]) or (before.left, before.right) == (box.left, box.right)):
            marks[-1] = before._replace(places=(*before.places, place))
        else:
            marks.append(_Mark(box.left, box.right, height, (place,)))
    return sorted(marks, key=lambda mark: mark.left + mark.right)


def _is_mirrored(text: Any, place: int) -> bool:  # noqa: ANN401
    """Whether letters run from the right by themselves: so engines write unseen text, numbers too, as it is read."""
    matrix = c.FS_MATRIX()
    return bool(c.FPDFText_GetMatrix(text, place, matrix)) and matrix.a * matrix.d < 0


def _read(found: str, marks: list[_Mark], *, mirrored: bool) -> list[TextWord]:
    """Words out of marks that stand from left to right."""
    signs, owners = list[str](), list[_Mark | None]()
    for before, mark in zip([None, *marks], marks, strict=False):
        if before is not None and mark.left - before.right > _GAP * mark.height:
            signs.append(" ")
            owners.append(None)
        signs.append("".join(found[place] for place in mark.places))
        owners.append(mark)
    order, leftwards = (list(reversed(range(len(signs)))), False) if mirrored else reading_order(signs)
    words: list[TextWord] = []
    for is_mark, group in groupby(order, key=lambda place: owners[place] is not None):
        if is_mark:
            places = list(group)
            ends = [owners[min(places)], owners[max(places)]]
            first, last = (mark.places[0] if mark else 0 for mark in ends)
            words.append(TextWord(spelled("".join(signs[place] for place in places)), first, last))
    if not leftwards:
        return words
    whole = with_brackets(" ".join(word.text for word in words)).split(" ")
    return [word._replace(text=text) for word, text in zip(words, whole, strict=True)]


def spelled(word: str) -> str:
    """A word with its hyphens written as such, and the halves of characters joined."""
    if word.isprintable():
        return word
    return _HYPHEN.sub("-", word).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def address(pointer: Any) -> int:  # noqa: ANN401
    """By which the same object is known again."""
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


def _at_once(text: Any, count: int) -> str:  # noqa: ANN401
    units = (ctypes.c_ushort * (count + 1))()
    written = c.FPDFText_GetText(text, 0, count, units) - 1 if count else 0
    return bytes(units)[: 2 * max(written, 0)].decode("utf-16-le", "surrogatepass")
