"""The characters of an open page of a PDF, all of them at once, and the words and lines that they stand in."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Container, Iterator
from typing import Any

import pypdfium2.raw as c

Span = tuple[int, int]  # of characters: the first, and the one after the last
HYPHENS = frozenset({0x02, 0xFFFE})  # how PDFium writes a hyphen at the end of a line
_LEFT_OUT = "\0"
_WORD_OR_END = re.compile(r"[^ \t\xa0\r\n\f\x0b\0]+|[\r\n\f\x0b]")
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


def lines(found: str) -> Iterator[list[Span]]:
    """The words of each line, in PDFium's own order."""
    line: list[Span] = []
    for part in _WORD_OR_END.finditer(found):
        if part[0] not in _ENDS:
            line.append(part.span())
        elif line:
            yield line
            line = []
    if line:
        yield line


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
