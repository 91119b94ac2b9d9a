"""What is on a page of a PDF: how much text, seen and unseen, how much of it is broken, how much is pictures.

From it follows whether a page must be read or has good text already. A scan with a stamped number must be read though
it has text; so must text whose characters mean nothing, and drawings of letters.
"""

from __future__ import annotations

import ctypes
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pypdfium2.raw as c

from worker.core.page_text import HYPHENS, address, characters, lines, spelled

_INVISIBLE = frozenset({c.FPDF_TEXTRENDERMODE_INVISIBLE, c.FPDF_TEXTRENDERMODE_CLIP})
_DEEPEST_FORM = 6
_SCAN = 0.6  # of the page's area: pictures that cover more are the page itself
_STAMP = 400  # characters: on a scan, fewer are a stamp, a page number, a library's footer
_BROKEN = 0.05
_SAMPLE = 400  # characters that are asked one by one whether their font says what they mean
_PRIVATE = range(0xE000, 0xF900)
_SPACES = frozenset(" \t\r\n\f\x0b")


class Decision(StrEnum):
    """What becomes of a page."""

    READ = "read"  # by an engine
    TAKE = "take"  # the text that it has, as it is


@dataclass(frozen=True, slots=True)
class PageContent:
    """Counts are of characters that are not white space."""

    visible: int = 0
    invisible: int = 0
    broken: float = 0.0  # share of characters without meaning
    pictures: float = 0.0  # share of the page's area
    objects: int = 0
    text: str = field(default="", repr=False)  # line by line, words with a space between

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is drawn."""
        return self.objects == 0

    def decision(self, mode: str) -> Decision:
        """What becomes of the page in `auto`, `force` or `redo` mode."""
        return Decision.READ if self._must_be_read(mode) else Decision.TAKE

    def _must_be_read(self, mode: str) -> bool:
        if self.is_empty:
            return False
        if mode == "force" or (mode == "redo" and self.invisible):
            return True
        if self.visible == 0 or self.broken > _BROKEN:
            return True
        return self.pictures >= _SCAN and self.visible < _STAMP


def page_content(page: Any) -> PageContent:  # noqa: ANN401 - pypdfium2 has no types
    """Look at an open page of pypdfium2; about 2 ms."""
    found = _Objects()
    found.walk(page.raw, c.FPDFPage_CountObjects, c.FPDFPage_GetObject, 1.0, 0)
    width, height = page.get_size()
    pictures = min(1.0, found.picture_area / max(width * height, 1.0))
    objects = found.count + c.FPDFPage_GetAnnotCount(page.raw)
    if not (found.visible or found.invisible):
        return PageContent(pictures=pictures, objects=objects)
    text = page.get_textpage()
    try:
        return _with_text(text.raw, found, pictures, objects)
    finally:
        text.close()


def _with_text(text: Any, found: _Objects, pictures: float, objects: int) -> PageContent:  # noqa: ANN401
    everything = characters(text)
    printed = _printed(everything)
    unseen = _unseen(text, everything, found)
    return PageContent(
        visible=printed - unseen,
        invisible=unseen,
        broken=_broken(text, everything),
        pictures=pictures,
        objects=objects,
        text="\n".join(" ".join(spelled(everything[a:b]) for a, b in line) for line in lines(everything)),
    )


class _Objects:
    """The objects of a page, forms within forms too."""

    def __init__(self) -> None:
        self.count = 0
        self.picture_area = 0.0
        self.visible: set[int] = set()  # addresses of text objects
        self.invisible: set[int] = set()

    def walk(self, holder: Any, count: Any, get: Any, scale: float, depth: int) -> None:  # noqa: ANN401
        """`scale` is what an area inside the holder is worth on the page."""
        for index in range(max(count(holder), 0)):
            drawn = get(holder, index)
            kind = c.FPDFPageObj_GetType(drawn)
            if kind == c.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
                inner = scale * _area(drawn)
                self.walk(drawn, c.FPDFFormObj_CountObjects, c.FPDFFormObj_GetObject, inner, depth + 1)
                continue
            self.count += 1
            if kind == c.FPDF_PAGEOBJ_IMAGE:
                self.picture_area += scale * _area(drawn)
            elif kind == c.FPDF_PAGEOBJ_TEXT:
                hidden = c.FPDFTextObj_GetTextRenderMode(drawn) in _INVISIBLE
                (self.invisible if hidden else self.visible).add(address(drawn))


def _area(drawn: Any) -> float:  # noqa: ANN401
    """What the unit square becomes: an image's area, a form's factor."""
    matrix = c.FS_MATRIX()
    if not c.FPDFPageObj_GetMatrix(drawn, ctypes.byref(matrix)):
        return 1.0
    return abs(float(matrix.a) * float(matrix.d) - float(matrix.b) * float(matrix.c))


def _printed(found: str) -> int:
    return len(found) - sum(map(found.count, _SPACES))


def _unseen(text: Any, everything: str, found: _Objects) -> int:  # noqa: ANN401
    """How many characters are not seen. Only a page with both kinds is asked character by character."""
    if not found.invisible:
        return 0
    if not found.visible:
        return _printed(everything)
    return _printed(everything) - _printed(characters(text, found.invisible).replace("\0", ""))


def _broken(text: Any, everything: str) -> float:  # noqa: ANN401
    """The share of characters that have no meaning, out of an even sample."""
    places = [
        place
        for place in range(0, len(everything), max(len(everything) // _SAMPLE, 1))
        if everything[place] not in _SPACES
    ]
    if not places:
        return 0.0
    bad = sum(_means_nothing(ord(everything[place])) or _unmapped(text, place) for place in places)
    seen = {everything[place] for place in places}
    written = sum(unicodedata.category(sign)[0] in "LNM" for sign in seen)
    # A font without a map gives the numbers of its glyphs: mostly signs, where people write letters and digits.
    return 1.0 if written < len(seen) / 2 else bad / len(places)


def _means_nothing(code: int) -> bool:
    return (code < 32 or code == 0xFFFD or code in _PRIVATE) and code not in HYPHENS


def _unmapped(text: Any, place: int) -> bool:  # noqa: ANN401
    return bool(c.FPDFText_HasUnicodeMapError(text, place) == 1)
