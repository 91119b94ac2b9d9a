"""A PDF is saved with its pictures packed as they were, bit for bit; qpdf would pack some of them anew."""

from __future__ import annotations

import zlib
from contextlib import suppress
from pathlib import Path

import pikepdf

from worker.core.examine_pdf import CONTRADICTIONS

# What qpdf leaves alone. Anything else it can unpack, it packs by Flate, and so it does with what is not packed at all.
_LEFT_ALONE = frozenset(
    {
        "/FlateDecode",
        "/Fl",
        "/DCTDecode",
        "/DCT",
        "/JPXDecode",
        "/JBIG2Decode",
        "/CCITTFaxDecode",
        "/CCF",
        "/RunLengthDecode",
        "/RL",
    }
)
_FEW = 200  # bytes that are not worth packing


def save(pdf: pikepdf.Pdf, target: Path, *, version: str = "") -> None:
    """Write it without a password; `version`: what it says it is, where that must be a certain one."""
    streams = [one for one in pdf.objects if isinstance(one, pikepdf.Stream)]
    pictures = [one for one in streams if one.get("/Subtype") == pikepdf.Name.Image]
    for picture in pictures:
        _name_filter(picture)
    by_qpdf = all(_is_left_alone(picture) for picture in pictures)
    if not by_qpdf:
        for one in streams:
            if "/Filter" not in one and one.get("/Subtype") != pikepdf.Name.Image:
                _pack(one)
    pdf.save(target, compress_streams=by_qpdf, encryption=False, force_version=version)


def _is_left_alone(picture: pikepdf.Object) -> bool:
    with suppress(UnicodeDecodeError):  # a name may be any bytes
        return str(picture.get("/Filter", "")) in _LEFT_ALONE
    return True


def _name_filter(picture: pikepdf.Object) -> None:
    """One filter in an array is the same as the filter; qpdf takes only the second for what it need not touch."""
    filters, parameters = picture.get("/Filter"), picture.get("/DecodeParms")
    if not isinstance(filters, pikepdf.Array) or len(filters) != 1:
        return
    picture.Filter = filters[0]
    if isinstance(parameters, pikepdf.Array):
        if len(parameters) and isinstance(parameters[0], pikepdf.Dictionary):
            picture.DecodeParms = parameters[0]
        else:
            del picture["/DecodeParms"]


def _pack(stream: pikepdf.Stream) -> None:
    with suppress(*CONTRADICTIONS):  # what cannot be read stays as it is
        if len(content := stream.read_raw_bytes()) > _FEW:
            stream.write(zlib.compress(content), filter=pikepdf.Name.FlateDecode)
