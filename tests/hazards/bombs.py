"""Small PDFs that become large."""

from __future__ import annotations

import struct
import zlib
from functools import partial
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from tests.hazards.hazard import DONE, TAKEN, Hazard
from tests.unit.documents import drawn, page_pdf

SIDE = 30_000  # 900 million pixels
MEGABYTE = 1 << 20
DRAWN = b"q 600 0 0 780 6 6 cm /Im1 Do Q"


def blanks(megabytes: int, sign: bytes = b"\0") -> bytes:
    """Deflated."""
    packer = zlib.compressobj(9)
    chunk = sign * (MEGABYTE // len(sign))
    return b"".join([*(packer.compress(chunk) for _ in range(megabytes)), packer.flush()])


def jbig2(side: int) -> bytes:
    """A page of that size on which nothing is drawn, as PDF has it: one segment."""
    page = struct.pack(">IIIIBH", side, side, 0, 0, 0, 0)
    return struct.pack(">IBBBI", 0, 48, 0, 1, len(page)) + page


def ccitt(side: int) -> bytes:
    """White lines in Group 4: each is one bit."""
    return b"\xff" * (side // 8) + b"\x00\x10\x01\x00\x10\x01"


def jpx(path: Path, side: int) -> bytes:
    """A JPEG 2000 whose header says that it is so large."""
    small = path.with_suffix(".j2k")
    Image.new("L", (64, 64), 255).save(small, "JPEG2000", no_jp2=True)
    data = bytearray(small.read_bytes())
    small.unlink()
    at = data.index(b"\xff\x51") + 6
    struct.pack_into(">IIIIIIII", data, at, side, side, 0, 0, side, side, 0, 0)
    return bytes(data)


def _with(path: Path, data: bytes, side: int, told: int | None = None, *, inside: str = "page", **entries: Any) -> None:
    """A page with a picture of that side; its dictionary tells of `told`."""
    page_pdf(path, DRAWN, image=drawn())
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        bomb = pikepdf.Stream(pdf, data)
        known = {"Type": Name.XObject, "Subtype": Name.Image, "Width": told or side, "Height": told or side}
        known |= {"ColorSpace": Name.DeviceGray, "BitsPerComponent": 1, **entries}
        for name, value in known.items():
            bomb[f"/{name}"] = value
        _put(pdf, pdf.pages[0].obj, bomb, inside)
        pdf.save(path)


def _put(pdf: pikepdf.Pdf, page: pikepdf.Object, bomb: pikepdf.Stream, inside: str) -> None:
    resources = Dictionary(XObject=Dictionary(Im1=bomb))
    box = Array([0, 0, 612, 792])
    if inside == "page":
        page.Resources = resources
    elif inside == "mask":
        page.Resources.XObject.Im1.SMask = bomb
    elif inside == "pattern":
        tile = pdf.make_stream(DRAWN)
        tile.PatternType, tile.PaintType, tile.TilingType = 1, 1, 1
        tile.BBox, tile.XStep, tile.YStep, tile.Resources = box, 612, 792, resources
        page.Resources = Dictionary(Pattern=Dictionary(P1=tile))
        page.Contents = pdf.make_stream(b"/Pattern cs /P1 scn 0 0 612 792 re f")
    elif inside == "letter":
        glyph = pdf.make_stream(b"612 0 d0 " + DRAWN)
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=box,
            FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]),
            CharProcs=Dictionary(a=glyph),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([97, Name.a])),
            FirstChar=97,
            LastChar=97,
            Widths=Array([612]),
            Resources=resources,
        )
        page.Resources = Dictionary(Font=Dictionary(F1=font))
        page.Contents = pdf.make_stream(b"BT /F1 600 Tf 10 10 Td (a) Tj ET")
    elif inside == "note":
        look = pdf.make_stream(DRAWN)
        look.Type, look.Subtype, look.BBox, look.Resources = Name.XObject, Name.Form, box, resources
        note = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=box, AP=Dictionary(N=pdf.make_indirect(look)), F=4)
        page.Annots = Array([pdf.make_indirect(note)])


def _inline(path: Path) -> None:
    """In the content itself."""
    data = ccitt(SIDE)
    head = b"q 600 0 0 780 6 6 cm BI /W %d /H %d /BPC 1 /CS /G /F /CCF /DP <</K -1 /Columns %d /Rows %d>> ID "
    page_pdf(path, head % (SIDE, SIDE, SIDE, SIDE) + data + b"\nEI Q")


def _flate(path: Path, inside: str = "page", told: int | None = None) -> None:
    _with(path, blanks(SIDE * SIDE // 8 // MEGABYTE + 1), SIDE, told, inside=inside, Filter=Name.FlateDecode)


def _ccitt(path: Path, told: int | None = None) -> None:
    how = Dictionary(K=-1, Columns=SIDE, Rows=SIDE)
    _with(path, ccitt(SIDE), SIDE, told, Filter=Name.CCITTFaxDecode, DecodeParms=how)


def _long_content(path: Path, megabytes: int, *, sign: bytes = b" ", twice: bool = False) -> None:
    page_pdf(path, b"")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        data = blanks(megabytes, sign)
        content = pikepdf.Stream(pdf, zlib.compress(data, 9) if twice else data)
        content.Filter = Array([Name.FlateDecode] * 2) if twice else Name.FlateDecode
        pdf.pages[0].obj.Contents = pdf.make_indirect(content)
        pdf.save(path, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


TOO_LARGE = "picture of more than 300 million pixels"
BOMBS = (
    Hazard(
        "bomb: JBIG2",
        "jbig2.pdf",
        lambda path: _with(path, jbig2(35_000), 35_000, Filter=Name.JBIG2Decode),
        "too_large",
        TOO_LARGE,
        plan=TAKEN,
    ),
    Hazard(
        "bomb: JBIG2 that lies",
        "jbig2-lies.pdf",
        lambda path: _with(path, jbig2(35_000), 35_000, 100, Filter=Name.JBIG2Decode),
        "too_large",
        TOO_LARGE,
        plan=TAKEN,
    ),
    Hazard(
        "bomb: JPEG 2000 that lies",
        "jpx-lies.pdf",
        lambda path: _with(path, jpx(path, 35_000), 35_000, 100, Filter=Name.JPXDecode, BitsPerComponent=8),
        "too_large",
        TOO_LARGE,
        plan=TAKEN,
    ),
    Hazard("bomb: CCITT", "ccitt.pdf", _ccitt, "too_large", TOO_LARGE, plan=TAKEN),
    Hazard(
        "bomb: CCITT that lies", "ccitt-lies.pdf", lambda path: _ccitt(path, 100), "too_large", TOO_LARGE, plan=TAKEN
    ),
    Hazard("bomb: flate", "flate.pdf", _flate, "too_large", TOO_LARGE, plan=TAKEN),
    Hazard("bomb in the content itself", "inline.pdf", _inline, "too_large", TOO_LARGE, plan=TAKEN),
    *(
        Hazard(
            f"bomb: {what}",
            f"{inside}.pdf",
            partial(_flate, inside=inside),
            "too_large",
            TOO_LARGE,
            plan=TAKEN,
        )
        for inside, what in (
            ("mask", "soft mask"),
            ("pattern", "pattern"),
            ("letter", "Type 3 font"),
            ("note", "annotation"),
        )
    ),
    Hazard(
        "content of 1 GB", "content.pdf", partial(_long_content, megabytes=1024), "too_large", plan=TAKEN, heavy=True
    ),
    Hazard(
        "content just below the bound, state within state",
        "nested.pdf",
        partial(_long_content, megabytes=18, sign=b"q "),
        DONE,
        heavy=True,
        ends_process=True,
        most_mb=2200,
    ),
    Hazard(
        "content of 600 MB, packed twice",
        "twice.pdf",
        partial(_long_content, megabytes=600, twice=True),
        "corrupt",
        heavy=True,
    ),
)
