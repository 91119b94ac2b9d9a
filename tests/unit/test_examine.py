"""Files are what their content says; what cannot be read is refused with a class and a sentence that names it."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.unit.documents import drawn, office_document, picture, text_pdf
from worker.core.document import Limits
from worker.core.errors import (
    CorruptFile,
    DocumentError,
    EmptyFile,
    TooLarge,
    TooSmall,
    UnreadableFile,
    UnsupportedType,
)
from worker.core.examine import examine


@pytest.mark.parametrize(
    ("extension", "media_type"),
    [
        ("png", "image/png"),
        ("jpg", "image/jpeg"),
        ("tif", "image/tiff"),
        ("bmp", "image/bmp"),
        ("webp", "image/webp"),
        ("gif", "image/gif"),
    ],
)
def test_a_picture_is_known_by_its_content(tmp_path: Path, extension: str, media_type: str) -> None:
    lying = picture(tmp_path / f"a.{extension}").rename(tmp_path / "letter.docx")
    document = examine(lying)
    assert (document.kind, document.media_type, document.extension) == ("image", media_type, extension)
    assert len(document.pages) == 1
    assert document.pages[0].largest_image == 1300 * 200


def test_a_pdf_is_known_by_its_content(tmp_path: Path) -> None:
    lying = text_pdf(tmp_path / "a.pdf", ["Hello"], copies=3).rename(tmp_path / "photo.jpg")
    document = examine(lying)
    assert (document.kind, document.extension, len(document.pages)) == ("pdf", "pdf", 3)
    assert document.notes == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"/etc/hostname\n/etc/passwd\n", "a text file"),
        ("Grüße aus Köln\n".encode() * 500, "a text file"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "a PostScript file"),
        (b"\xc5\xd0\xd3\xc6" + b"\x00" * 40 + b"%PDF-1.4", "a PostScript file"),
        (b"%!PS\n%PDF-1.4\n", "a PostScript file"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b"{\\rtf1 hello}", "an RTF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 60, "an Office document"),
        (office_document(), "an Office document"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "a HEIC photo"),
        (bytes(range(256)), "a file of an unknown kind"),
    ],
)
def test_what_is_not_read_is_called_by_its_kind(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(content)
    with pytest.raises(UnsupportedType) as refused:
        examine(path, name="holiday.png")
    assert words in str(refused.value)
    assert "“holiday.png”" in str(refused.value)
    assert refused.value.advice


def _empty(path: Path) -> None:
    path.touch()


def _directory(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "kind"),
    [(_empty, EmptyFile), (_directory, UnreadableFile), (_pipe, UnreadableFile), (lambda _: None, UnreadableFile)],
)
def test_what_is_no_file_with_content(tmp_path: Path, make: Callable[[Path], None], kind: type[DocumentError]) -> None:
    path = tmp_path / "scan.pdf"
    make(path)
    with pytest.raises(kind, match=r"scan\.pdf"):
        examine(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = picture(tmp_path / "scan.png")
    path.chmod(0)
    with pytest.raises(UnreadableFile, match="Permission denied"):
        examine(path)


def test_too_many_bytes(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    with path.open("wb") as file:
        file.truncate(3_000_000)
    with pytest.raises(TooLarge, match="2 MB is the limit"):
        examine(path, limits=Limits(max_file_mb=2))


def _png_header(width: int, height: int) -> bytes:
    data = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunk = b"IHDR" + data
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(data)) + chunk + struct.pack(">I", zlib.crc32(chunk))


def test_a_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    pixels = zlib.compress(b"\x00" * 10_000_000)
    chunk = b"IDAT" + pixels
    path.write_bytes(
        _png_header(60_000, 60_000) + struct.pack(">I", len(pixels)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    )
    with pytest.raises(TooLarge, match="60,000 × 60,000"):
        examine(path)


def test_a_large_scan_within_the_bound_is_taken(tmp_path: Path) -> None:
    Image.new("1", (14_000, 14_000), 1).save(tmp_path / "plan.tif", compression="group4")  # Pillow's own bound is below
    assert examine(tmp_path / "plan.tif").pages[0].largest_image == 196_000_000


def test_too_small(tmp_path: Path) -> None:
    Image.new("L", (5, 300)).save(tmp_path / "dot.png")
    with pytest.raises(TooSmall, match="5 × 300"):
        examine(tmp_path / "dot.png")


@pytest.mark.parametrize(
    "start",
    [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"GIF89a", b"BM", b"RIFF\x00\x00\x00\x00WEBP", b"%PDF-1.4"],
)
def test_a_good_start_and_nothing_good_after_it(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "broken"
    path.write_bytes(start + b"\x07garbage" * 30)
    with pytest.raises((CorruptFile, TooLarge, TooSmall), match="broken"):  # noise may claim any size
        examine(path)


@pytest.mark.parametrize("extension", ["tif", "gif", "webp"])
def test_every_frame_is_a_page(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"a.{extension}"
    frames = [drawn(f"Page {number}") for number in range(1, 4)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert [page.number for page in examine(path).pages] == [1, 2, 3]


def test_frames_of_a_tiff_have_their_own_sizes(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    Image.new("L", (300, 400)).save(path, save_all=True, append_images=[Image.new("L", (900, 200))], dpi=(300, 300))
    first, second = examine(path).pages
    assert (round(first.width), round(first.height)) == (72, 96)
    assert (round(second.width), round(second.height)) == (216, 48)


def test_too_many_pages(tmp_path: Path) -> None:
    path = text_pdf(tmp_path / "a.pdf", ["x"], copies=4)
    with pytest.raises(TooLarge, match="4 pages; 3 is the limit"):
        examine(path, limits=Limits(max_pages=3))


@pytest.mark.parametrize("extension", ["jpg", "tif", "webp", "png"])
def test_a_photo_held_sideways_is_seen_upright(tmp_path: Path, extension: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = picture(tmp_path / f"a.{extension}", exif=exif)
    page = examine(path).pages[0]
    assert page.height > 5 * page.width


@pytest.mark.parametrize(("named", "known"), [(300, 300.0), (72, None), (1, None), (40_000, None)])
def test_a_resolution_is_believed_if_it_can_be_meant(tmp_path: Path, named: int, known: float | None) -> None:
    page = examine(picture(tmp_path / "a.jpg", dpi=(named, named))).pages[0]
    assert page.dpi == known
    assert 100 < page.width < 1400
