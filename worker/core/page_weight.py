"""What a page of a PDF asks for when it is drawn, by the headers of what it names: no picture of it is decoded.

A page of a few kilobytes can name a picture of a billion pixels, in places that are easily overlooked: a mask, a
pattern, a letter of a font, a note. The dictionary of a picture may tell of fewer pixels than the picture has itself.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pikepdf

MANY_BYTES = 8 << 20  # of instructions: less is not looked at, since no bound is so low
MOST_BYTES = 256 << 20
_PIECE = 1 << 20
_MOST_GROWTH = 1032  # how many times its size a deflated stream has at most
_DEEPEST = 60  # forms in forms; viewers go no deeper
_JBIG2_PAGE = 48  # the kind of a segment
_JPX_SIZE = b"\xff\x4f\xff\x51"


@dataclass(frozen=True, slots=True)
class Weight:
    """Of the heaviest thing there is."""

    pixels: int = 0  # of a picture
    content: int = 0  # bytes of instructions, as far as they may be too many

    def or_more(self, other: Weight) -> Weight:
        """The heavier of each."""
        return Weight(max(self.pixels, other.pixels), max(self.content, other.content))


class Scales:
    """Weighs the pages of one document. What pages share is weighed once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Weight] = {}

    def weigh(self, page: pikepdf.Page) -> Weight:
        """The page with all that it names, its notes too."""
        whole = Weight(content=_content(page.obj.get("/Contents")))
        for part in (page.obj.get("/Resources"), *_appearances(page.obj.get("/Annots"))):
            whole = whole.or_more(self._of(part, 0))
        return whole

    def _of(self, thing: pikepdf.Object | None, depth: int) -> Weight:
        """Of a dictionary of resources, or a picture, form, pattern, font or state that one names."""
        if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream) or depth > _DEEPEST:
            return Weight()
        key = thing.objgen
        if key in self._known:
            return self._known[key]
        if key != (0, 0):
            self._known[key] = Weight()  # what names itself is weighed without itself
        whole = _itself(thing)
        for part in _parts(thing):
            whole = whole.or_more(self._of(part, depth + 1))
        if key != (0, 0):
            self._known[key] = whole
        return whole


def _itself(thing: pikepdf.Object) -> Weight:
    if not isinstance(thing, pikepdf.Stream):
        return Weight()
    if thing.get("/Subtype") == pikepdf.Name.Image:
        told = int(thing.get("/Width", 0)) * int(thing.get("/Height", 0))
        return Weight(pixels=max(told, _own_pixels(thing)))
    return Weight(content=_content(thing))


def _parts(thing: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """What it names that may be drawn."""
    for name in ("/Resources", "/SMask", "/Mask", "/G"):
        if (named := thing.get(name)) is not None:
            yield named
    if not isinstance(thing, pikepdf.Stream):
        for name in ("/XObject", "/Pattern", "/Font", "/ExtGState", "/CharProcs"):
            if isinstance(named := thing.get(name), pikepdf.Dictionary):
                yield from named.values()


def _appearances(notes: pikepdf.Object | None) -> Iterator[pikepdf.Object]:
    """How notes and fields look: one way, or one for each state."""
    for note in notes if isinstance(notes, pikepdf.Array) else ():
        looks = note.get("/AP") if isinstance(note, pikepdf.Dictionary) else None
        usual = looks.get("/N") if isinstance(looks, pikepdf.Dictionary) else None
        if isinstance(usual, pikepdf.Stream):
            yield usual
        elif isinstance(usual, pikepdf.Dictionary):
            yield from usual.values()


def _content(drawn: pikepdf.Object | None) -> int:
    """Bytes of instructions; 0 for what cannot be many, which is not unpacked."""
    named = drawn if isinstance(drawn, pikepdf.Array) else [drawn]
    parts = [part for part in named if isinstance(part, pikepdf.Stream)]
    if sum(int(part.get("/Length", 0)) * _MOST_GROWTH ** _filters(part) for part in parts) <= MANY_BYTES:
        return 0
    return sum(map(_unpacked, parts))


def _unpacked(stream: pikepdf.Stream) -> int:
    """How many bytes it becomes. Counting ends past what any bound allows, and nothing of it is kept.

    Raises:
        PdfError: deflated twice, it becomes more than is ever unpacked.
    """
    if stream.get("/Filter") != pikepdf.Name.FlateDecode:
        return len(stream.read_bytes())
    packer, data, whole = zlib.decompressobj(), bytes(stream.get_raw_stream_buffer()), 0
    with suppress(zlib.error):  # it is damaged from here on
        while data and whole <= MOST_BYTES:
            whole += len(packer.decompress(data, _PIECE))
            data = packer.unconsumed_tail
    return whole


def _filters(stream: pikepdf.Stream) -> int:
    named = stream.get("/Filter")
    return len(named) if isinstance(named, pikepdf.Array) else int(named is not None)


def _own_pixels(picture: pikepdf.Stream) -> int:
    """As a picture tells by itself, where it may be more than its dictionary says."""
    named = picture.get("/Filter")
    last = named[-1] if isinstance(named, pikepdf.Array) and len(named) else named
    if last == pikepdf.Name.CCITTFaxDecode:
        return _fax_pixels(picture)
    if last not in {pikepdf.Name.JBIG2Decode, pikepdf.Name.JPXDecode} or isinstance(named, pikepdf.Array):
        return 0
    data = bytes(picture.get_raw_stream_buffer())
    return _jbig2_pixels(data) if last == pikepdf.Name.JBIG2Decode else _jpx_pixels(data)


def _fax_pixels(picture: pikepdf.Stream) -> int:
    how = picture.get("/DecodeParms")
    if isinstance(how, pikepdf.Array) and len(how):
        how = how[-1]
    if not isinstance(how, pikepdf.Dictionary):
        return 0
    return int(how.get("/Columns", 1728)) * int(how.get("/Rows", picture.get("/Height", 0)))


def _jbig2_pixels(data: bytes) -> int:
    """From the segment that describes the page; one of unknown height is as high as its dictionary says."""
    if len(data) < 22 or data[4] & 0x3F != _JBIG2_PAGE:
        return 0
    width, height = struct.unpack_from(">II", data, 14 if data[4] & 0x40 else 11)  # its page has a number of 4 bytes
    return 0 if height == 0xFFFFFFFF else int(width) * int(height)


def _jpx_pixels(data: bytes) -> int:
    at = data.find(_JPX_SIZE)
    if at < 0 or len(data) < at + 24:
        return 0
    right, bottom, left, top = struct.unpack_from(">IIII", data, at + 8)
    return max(int(right) - int(left), 0) * max(int(bottom) - int(top), 0)
