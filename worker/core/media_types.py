"""The type of a file by its first bytes. Its name says nothing that we believe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class MediaType:
    """A format that is read, and the plug-in of Pillow that may open it ("" for PDF)."""

    name: str
    extension: str
    pillow: str = ""


PDF = MediaType("application/pdf", "pdf")
_READ: tuple[tuple[bytes, MediaType], ...] = (
    (b"\x89PNG\r\n\x1a\n", MediaType("image/png", "png", "PNG")),
    (b"\xff\xd8\xff", MediaType("image/jpeg", "jpg", "JPEG")),
    (b"II*\x00", MediaType("image/tiff", "tif", "TIFF")),
    (b"MM\x00*", MediaType("image/tiff", "tif", "TIFF")),
    (b"II+\x00", MediaType("image/tiff", "tif", "TIFF")),
    (b"MM\x00+", MediaType("image/tiff", "tif", "TIFF")),
    (b"GIF87a", MediaType("image/gif", "gif", "GIF")),
    (b"GIF89a", MediaType("image/gif", "gif", "GIF")),
    (b"BM", MediaType("image/bmp", "bmp", "BMP")),
    (b"\x00\x00\x00\x0cjP  ", MediaType("image/jp2", "jp2", "JPEG2000")),
    (b"\xff\x4f\xff\x51", MediaType("image/jp2", "j2k", "JPEG2000")),
)
_WEBP = MediaType("image/webp", "webp", "WEBP")
_NOT_READ: tuple[tuple[bytes, str], ...] = (
    (b"%!PS", "a PostScript file"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript file"),
    (b"\x04%!", "a PostScript file"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"AT&TFORM", "a DjVu document"),
    (b"8BPS", "a Photoshop image"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"BZh", "a compressed archive"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_OFFICE = (b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis", b"word/", b"xl/", b"ppt/")
_CONTROL = frozenset(range(32)) - {8, 9, 10, 12, 13, 27}


def media_type(head: bytes) -> MediaType | None:
    """The format that is read and starts with these bytes, None if there is none."""
    for magic, kind in _READ:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _WEBP
    if b"%PDF-" in head[:1024] and not head.startswith((b"%!PS", b"\xc5\xd0\xd3\xc6")):
        return PDF
    return None


def what_else(head: bytes) -> str:
    """What a file that is not read seems to be, in words: "a text file"."""
    for magic, words in _NOT_READ:
        if head.startswith(magic):
            return words
    return next((words for fits, words in _GUESSES if fits(head)), "a file of an unknown kind")


def _is_text(head: bytes) -> bool:
    if not _CONTROL.isdisjoint(head):
        return False
    try:
        head[: max(len(head) - 4, 0)].decode("utf-8")  # the cut may fall inside a character
    except UnicodeDecodeError as problem:
        return problem.reason == "unexpected end of data"
    return True


_GUESSES: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (lambda head: head.startswith(b"PK") and any(word in head for word in _OFFICE), "an Office document"),
    (lambda head: head.startswith(b"PK"), "a compressed archive"),
    (lambda head: head[4:8] == b"ftyp" and head[8:12] in {b"heic", b"heix", b"mif1", b"hevc"}, "a HEIC photo"),
    (lambda head: head[4:8] == b"ftyp" and head[8:12] == b"avif", "an AVIF image"),
    (lambda head: head[4:8] == b"ftyp", "a film"),
    (lambda head: b"<svg" in head, "an SVG drawing"),
    (lambda head: head.lstrip()[:5].lower() in {b"<html", b"<!doc"}, "a web page"),
    (_is_text, "a text file"),
)
