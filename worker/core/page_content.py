"""What is on a page of a PDF: how much text, seen and unseen, how much of it is broken, how much is pictures.

From it follows whether a page must be read or has good text already. A scan with a stamped number must be read though
it has text; so must text whose characters mean nothing, and drawings of letters. What an earlier reading left unseen
is as good as its words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import pypdfium2.raw as c

from worker.core.page_objects import PageObjects, page_objects
from worker.core.page_text import HYPHENS, characters, lines

_SCAN = 0.6  # of the page's area: pictures that cover more are the page itself
_FEW = 100  # objects on a scan: stripes of it, a stamp, a footer
_STAMP = 400  # characters: on a scan, fewer are a stamp, a page number, a library's footer
_PICTURE = 0.25  # of the page's area: a receipt on a sheet, a photo of a page
_DRAWING = 2000  # lines and curves: a hundred letters that were made drawings
_CAPTION = 100  # characters: beside a picture or a drawing, fewer may be a page number
_BROKEN = 0.05
_LAYER = 40  # characters: an earlier reading that found fewer is no reading
_WORDS = 0.85  # of an earlier reading's words have to look like some
_SAMPLE = 200  # characters that are asked one by one whether their font says what they mean
_PRIVATE = range(0xE000, 0xF900)
_SPACES = frozenset(" \t\r\n\f\x0b\0")
_SHOWN = frozenset({c.FPDF_ANNOT_WIDGET, c.FPDF_ANNOT_FREETEXT, c.FPDF_ANNOT_STAMP})  # annotations that hold text
_MARKS = frozenset("-–—•·*&|/§")  # that stand alone between words


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
    segments: int = 0  # of lines and curves
    largest_picture: int = 0  # pixels; of one that lies in the instructions nobody else knows
    wordlike: float = 0.0  # share of what looks like words, in an earlier reading
    text: str = field(default="", repr=False)  # line by line, words with a space between; what may be taken
    left_out: Container[int] = field(default=(), repr=False, compare=False)  # addresses of texts that are not in it

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is drawn."""
        return self.objects == 0

    @property
    def is_a_scan(self) -> bool:
        """Whether the page is a picture and little else."""
        return self.pictures >= _SCAN and self.objects <= _FEW

    @property
    def is_mostly_drawn(self) -> bool:
        """Whether so little text is seen that what there is to read may be in pictures or drawings."""
        if self.pictures >= _SCAN:
            return self.visible < _STAMP
        return self.visible < (_CAPTION if self.pictures >= _PICTURE or self.segments >= _DRAWING else 1)

    def decision(self, mode: str) -> Decision:
        """What becomes of the page in `auto`, `force` or `redo` mode."""
        return Decision.READ if self._must_be_read(mode) else Decision.TAKE

    def _must_be_read(self, mode: str) -> bool:
        if self.is_empty:
            return False
        if mode == "force" or (mode == "redo" and self.invisible) or self.broken > _BROKEN:
            return True
        return self.is_mostly_drawn and (self.invisible < _LAYER or self.wordlike < _WORDS)


@contextmanager
def opened_page(document: Any, number: int) -> Iterator[Any]:  # noqa: ANN401 - pypdfium2 has no types
    """A page of an open document, with what is filled into its forms and written upon it as a part of it.

    Raises:
        PdfiumError, IndexError: there is no such page, or it is damaged.
    """
    page = document[number - 1]
    if _is_written_upon(page.raw):
        c.FPDFPage_Flatten(page.raw, c.FLAT_NORMALDISPLAY)  # in memory only; it shows when the page is opened anew
        page.close()
        page = document[number - 1]
    with closing(page):
        yield page


def _is_written_upon(page: Any) -> bool:  # noqa: ANN401
    for index in range(max(c.FPDFPage_GetAnnotCount(page), 0)):
        annotation = c.FPDFPage_GetAnnot(page, index)
        kind = c.FPDFAnnot_GetSubtype(annotation)
        c.FPDFPage_CloseAnnot(annotation)
        if kind in _SHOWN:
            return True
    return False


def page_content(page: Any) -> PageContent:  # noqa: ANN401
    """Look at an open page of pypdfium2; about 2 ms."""
    return _content(page, page_objects(page.raw))


def left_out(page: Any) -> Container[int]:  # noqa: ANN401
    """Addresses of the texts of a page that is taken which are not in its text: unseen beside others, or outside."""
    found = page_objects(page.raw)
    return _content(page, found).left_out if found.unseen or found.outside else ()


def _content(page: Any, found: PageObjects) -> PageContent:  # noqa: ANN401
    objects = found.count + c.FPDFPage_GetAnnotCount(page.raw)
    bare = PageContent(pictures=found.pictures, objects=objects, segments=found.segments, largest_picture=found.largest)
    if not (found.seen or found.unseen):
        return bare
    with closing(page.get_textpage()) as text:
        return _with_text(text.raw, found, bare)


def _with_text(text: Any, found: PageObjects, bare: PageContent) -> PageContent:  # noqa: ANN401
    everything = characters(text, found.outside)
    seen, unseen = (everything, "") if not found.unseen else ("", everything)
    if found.seen and found.unseen:
        seen = characters(text, found.outside | found.unseen)
        unseen = characters(text, found.outside | found.seen)
    content = replace(bare, visible=_printed(seen), invisible=_printed(unseen), wordlike=_wordlike(unseen))
    whole = content.is_mostly_drawn  # then an earlier reading is what there is to take
    kept = everything if whole else seen
    return replace(
        content,
        broken=_broken(text, kept),
        text="\n".join(" ".join(word.text for word in line) for line in lines(text, kept)),
        left_out=found.outside if whole else found.outside | found.unseen,
    )


def _printed(found: str) -> int:
    return len(found) - sum(map(found.count, _SPACES))


def _wordlike(found: str) -> float:
    """The share of an earlier reading that looks like words or numbers."""
    tokens = found.replace("\0", " ").split()
    good = sum(_is_word(token) for token in tokens)
    return good / len(tokens) if tokens else 0.0


def _is_word(token: str) -> bool:
    if token in _MARKS:
        return True
    bare = token.strip("".join(sign for sign in set(token) if unicodedata.category(sign)[0] in "PSC"))
    kinds = {unicodedata.category(sign)[0] for sign in bare if sign not in "'’.-,:/\u00ad\x02\ufffe"}
    return bool(kinds) and (kinds <= {"L", "M"} or kinds == {"N"})


def _broken(text: Any, kept: str) -> float:  # noqa: ANN401
    """The share of characters that have no meaning, out of an even sample."""
    places = [place for place in range(0, len(kept), max(len(kept) // _SAMPLE, 1)) if kept[place] not in _SPACES]
    if not places:
        return 0.0
    codes = [ord(kept[place]) for place in places]
    seen = set(codes)
    written = sum(unicodedata.category(chr(code))[0] in "LNM" for code in seen)
    swapped = sum(code > 0xFF and code % 0x100 == 0 for code in codes)  # bytes in the wrong order: 䴀甀 for Mu
    # A font without a map gives the numbers of its glyphs: mostly signs, where people write letters and digits.
    if written < len(seen) / 2 or swapped > len(codes) / 2:
        return 1.0
    bad = sum(_means_nothing(code) or _unmapped(text, place) for code, place in zip(codes, places, strict=True))
    return bad / len(places)


def _means_nothing(code: int) -> bool:
    return (code < 32 or code == 0xFFFD or code in _PRIVATE) and code not in HYPHENS


def _unmapped(text: Any, place: int) -> bool:  # noqa: ANN401
    return bool(c.FPDFText_HasUnicodeMapError(text, place) == 1)
