"""What is on a page of a PDF: how much text, seen and unseen, how much of it is broken, how much is pictures.

From it follows whether a page must be read or has good text already. A scan with a stamped number must be read though
it has text; so must text whose characters mean nothing, and drawings of letters.
"""

from __future__ import annotations

import ctypes
import unicodedata
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as c

_INVISIBLE = frozenset({c.FPDF_TEXTRENDERMODE_INVISIBLE, c.FPDF_TEXTRENDERMODE_CLIP})
_DEEPEST_FORM = 6
_SCAN = 0.6  # of the page's area: pictures that cover more are the page itself
_STAMP = 400  # characters: on a scan, fewer are a stamp, a page number, a library's footer
_BROKEN = 0.05
_SAMPLE = 400  # characters that are asked one by one whether their font says what they mean
_PRIVATE = range(0xE000, 0xF900)
_SPACES = frozenset(b" \t\r\n\f\x0b")
_HYPHENS = frozenset({0x02, 0xFFFE})  # how PDFium writes a hyphen at the end of a line


@dataclass(frozen=True, slots=True)
class PageContent:
    """Counts are of characters that are not white space."""

    visible: int = 0
    invisible: int = 0
    broken: float = 0.0  # share of characters without meaning
    pictures: float = 0.0  # share of the page's area
    objects: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is drawn."""
        return self.objects == 0

    def must_be_read(self, mode: str) -> bool:
        """Whether the engine has to read this page, in `auto`, `force` or `redo` mode."""
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
        visible, invisible = _characters(text, found)
        broken = _broken(text)
    finally:
        text.close()
    return PageContent(visible, invisible, broken, pictures, objects)


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
                (self.invisible if hidden else self.visible).add(_address(drawn))


def _area(drawn: Any) -> float:  # noqa: ANN401
    """What the unit square becomes: an image's area, a form's factor."""
    matrix = c.FS_MATRIX()
    if not c.FPDFPageObj_GetMatrix(drawn, ctypes.byref(matrix)):
        return 1.0
    return abs(float(matrix.a) * float(matrix.d) - float(matrix.b) * float(matrix.c))


def _address(pointer: Any) -> int:  # noqa: ANN401
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


def _characters(text: Any, found: _Objects) -> tuple[int, int]:  # noqa: ANN401
    """How many characters are seen and unseen. Only a page with both kinds is asked character by character."""
    total = max(text.count_chars(), 0)
    printed = [index for index in range(total) if c.FPDFText_GetUnicode(text.raw, index) not in _SPACES]
    if not found.invisible:
        return len(printed), 0
    if not found.visible:
        return 0, len(printed)
    owners = [_address(c.FPDFText_GetTextObject(text.raw, index)) for index in printed]
    hidden = sum(owner in found.invisible for owner in owners)
    return len(printed) - hidden, hidden


def _broken(text: Any) -> float:  # noqa: ANN401
    """The share of characters that have no meaning, out of an even sample."""
    total = max(text.count_chars(), 0)
    seen: set[str] = set()
    asked = bad = 0
    for index in range(0, total, max(total // _SAMPLE, 1)):
        code = c.FPDFText_GetUnicode(text.raw, index)
        if code in _SPACES:
            continue
        asked += 1
        seen.add(chr(code))
        nameless = code < 32 or code == 0xFFFD or code in _PRIVATE
        bad += (nameless and code not in _HYPHENS) or c.FPDFText_HasUnicodeMapError(text.raw, index) == 1
    if not asked:
        return 0.0
    written = sum(unicodedata.category(sign)[0] in "LNM" for sign in seen)
    # A font without a map gives the numbers of its glyphs: mostly signs, where people write letters and digits.
    return 1.0 if written < len(seen) / 2 else bad / asked
