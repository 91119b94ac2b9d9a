"""JPEG 2000 by its headers: whether PDF/A lets a picture be as it is, how small it can be had. Nothing is decoded."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

_SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_CODING = b"\xff\x52"  # the segment that says how it is coded
_HEAD_BYTES = 65_536
_CHANNELS = frozenset({1, 3, 4})
_DEPTHS = range(1, 39)
_SPACES = frozenset({12, 16, 17, 18})  # CMYK, sRGB, grey, sYCC
_PRINTER = 12
_ENUMERATED, _PROFILE = 1, 2


def levels(path: Path) -> int:
    """How often the picture can be halved as it is decoded; 0 where its header does not say it."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    at = head.find(_CODING)
    return head[at + 9] if 0 <= at < len(head) - 9 else 0


def fits_pdfa(data: bytes) -> bool:
    """Whether a JP2 file has channels, depths and one kind of colours that PDF/A-2 knows, and none of a printer."""
    if not data.startswith(_SIGNATURE):
        return False
    header = next((body for kind, body in _boxes(data) if kind == b"jp2h"), b"")
    boxes = list(_boxes(header))
    sizes = next((body for kind, body in boxes if kind == b"ihdr"), b"")
    colours = [body for kind, body in boxes if kind == b"colr"]
    if len(sizes) < 14 or len(colours) != 1 or any(kind == b"pclr" for kind, _ in boxes):
        return False
    channels, depth = struct.unpack(">H", sizes[8:10])[0], (sizes[10] & 0x7F) + 1
    return sizes[10] != 0xFF and channels in _CHANNELS and depth in _DEPTHS and _known(colours[0])


def _known(colours: bytes) -> bool:
    if colours[0] == _PROFILE:
        return colours[3 + 16 : 3 + 20] in {b"RGB ", b"GRAY"}
    space = struct.unpack(">I", colours[3:7])[0]
    return colours[0] == _ENUMERATED and space in _SPACES and space != _PRINTER


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of the boxes that lie beside each other."""
    place = 0
    while place + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        start = place + 8
        if length == 1 and place + 16 <= len(data):
            length, start = struct.unpack(">Q", data[place + 8 : place + 16])[0], place + 16
        end = len(data) if length == 0 else place + length
        if end < start:
            return
        yield kind, data[start:end]
        place = end
