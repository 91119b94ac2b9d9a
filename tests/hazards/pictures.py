"""Pictures that break OCR systems."""

from __future__ import annotations

import random
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tests.hazards.hazard import DONE, TAKEN, Hazard
from tests.unit.documents import SENTENCE, drawn, office_document, picture

READS = "quick brown dog"
FRAMES = ("The first of the frames", "The second of the frames", "The third of the frames")
EPS = "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n(/etc/hostname) (r) file 200 string readline pop show\n"


def _rotated(path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a camera held upright: to be turned to the right
    drawn().rotate(90, expand=True).save(path, exif=exif, dpi=(300, 300))


def _transparent(path: Path) -> None:
    print_ = drawn().point(lambda value: 255 - value)
    image = Image.new("RGBA", print_.size, (0, 0, 0, 0))
    image.putalpha(print_)  # black letters on nothing; under the nothing it is black too
    image.save(path, dpi=(300, 300))


def _deep(path: Path) -> None:
    drawn().convert("I").point(lambda value: value * 257).convert("I;16").save(path)


def frames(path: Path) -> None:
    """A page each."""
    first, *others = [drawn(text) for text in FRAMES]
    how = {"dpi": (300, 300)} if path.suffix == ".tif" else {"lossless": True} if path.suffix == ".webp" else {}
    first.save(path, save_all=True, append_images=others, **how)


def _noise(path: Path) -> None:
    Image.frombytes("L", (900, 700), random.Random(7).randbytes(630_000)).save(path)


def _print_for_long(path: Path) -> None:
    """Three frames; the second is read for many seconds."""
    font = ImageFont.load_default(14)
    line = Image.new("L", (3600, 26), 255)
    ImageDraw.Draw(line).text((10, 4), f"{SENTENCE} " * 16, fill=0, font=font)
    page = Image.new("L", (3600, 3600), 255)
    for top in range(0, 3570, 26):
        page.paste(line, (0, top))
    drawn(FRAMES[0]).save(
        path, save_all=True, append_images=[page, drawn(FRAMES[2])], compression="tiff_deflate", dpi=(300, 300)
    )


def _map(path: Path) -> None:
    Image.new("L", (12_000, 12_000), 255).save(path)


def _jp2_bomb(path: Path) -> None:
    """Its headers, the outer and the inner, say that it is so large."""
    Image.new("L", (64, 64), 255).save(path)
    path.write_bytes(path.read_bytes().replace(struct.pack(">II", 64, 64), struct.pack(">II", 35_000, 35_000)))


def _cut(path: Path) -> None:
    picture(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 3])


def _png(path: Path, width: int, height: int, depth: int = 1, colour: int = 0) -> None:
    """All black: some thousand bytes, however large."""
    line = b"\0" * (1 + width * depth * {0: 1, 2: 3, 6: 4}[colour] // 8)
    packer = zlib.compressobj(9)
    data = b"".join([*(packer.compress(line * 100) for _ in range(height // 100)), packer.flush()])
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b""))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _large_second_frame(path: Path) -> None:
    """Small where everybody looks, and 900 million pixels behind it."""
    small = path.with_suffix(".small")
    drawn().save(small, "TIFF", compression="tiff_deflate")
    data = bytearray(small.read_bytes())
    second = len(data)
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    struct.pack_into("<I", data, first + 2 + 12 * count, second)
    entries = (
        (256, 4, 30_000),
        (257, 4, 30_000),
        (258, 3, 1),
        (259, 3, 8),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (279, 4, 8),
    )
    data += struct.pack("<H", len(entries))
    for tag, kind, value in entries:
        data += struct.pack("<HHII", tag, kind, 1, value)
    path.write_bytes(bytes(data) + struct.pack("<I", 0))
    small.unlink()


def _scribbled(path: Path) -> None:
    path.write_bytes(random.Random(3).randbytes(40_000))


PICTURES = (
    Hazard(
        "text named .png",
        "list.png",
        lambda path: path.write_text("/etc/hostname\n"),
        "unsupported_type",
        "a text file",
    ),
    Hazard("EPS named .png", "drawing.png", lambda path: path.write_text(EPS), "unsupported_type", "PostScript"),
    Hazard(
        "EPS behind a byte", "drawing.tif", lambda path: path.write_text("\x04" + EPS), "unsupported_type", "PostScript"
    ),
    Hazard("CMYK", "print-shop.jpg", lambda path: drawn(mode="CMYK").save(path), DONE, reads=READS),
    Hazard("16 bits a sample", "deep.png", _deep, DONE, reads=READS),
    Hazard("transparent", "layer.png", _transparent, DONE, reads=READS),
    Hazard("palette", "palette.png", lambda path: drawn().convert("P").save(path), DONE, reads=READS),
    Hazard("floating point", "lab.tif", lambda path: drawn(mode="F").save(path), DONE, reads=READS),
    Hazard("EXIF-rotated", "phone.jpg", _rotated, DONE, reads=READS),
    Hazard("many frames", "fax.tif", frames, DONE, reads="third of the frames", pages=3),
    Hazard("many frames", "film.gif", frames, DONE, reads="third of the frames", pages=3),
    Hazard("many frames", "film.webp", frames, DONE, reads="third of the frames", pages=3),
    Hazard("BMP", "old.bmp", picture, DONE, reads=READS),
    Hazard("JPEG 2000", "archive.jp2", picture, DONE, reads=READS),
    Hazard("JPEG 2000 without a file around it", "archive.j2k", picture, DONE, reads=READS),
    Hazard("JPEG 2000 of 144 million pixels", "map.jp2", _map, DONE, heavy=True),
    Hazard(
        "JPEG 2000 in one size only",
        "one-size.jp2",
        lambda path: Image.new("L", (9000, 9000), 255).save(path, num_resolutions=1),
        "too_large",
        "no smaller picture",
        plan=TAKEN,
        heavy=True,
    ),
    Hazard("bomb: JPEG 2000", "35000.jp2", _jp2_bomb, "too_large", "35,?000 × 35,?000"),
    Hazard(
        "HEIC",
        "holiday.heic",
        lambda path: path.write_bytes(b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + b"\0" * 600),
        "unsupported_type",
        "HEIC",
    ),
    Hazard("0 bytes", "nothing.png", lambda path: path.write_bytes(b""), "empty", "empty"),
    Hazard("no image", "static.png", _scribbled, "unsupported_type", "unknown kind"),
    Hazard(
        "no image behind its magic",
        "fake.jpg",
        lambda path: path.write_bytes(b"\xff\xd8\xff\xe0" + b"x" * 5000),
        "corrupt",
    ),
    Hazard("Office file", "letter.png", lambda path: path.write_bytes(office_document()), "unsupported_type", "Office"),
    Hazard(
        "Office file",
        "table.xls",
        lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 2000),
        "unsupported_type",
        "Office",
    ),
    Hazard(
        "archive", "scans.png", lambda path: path.write_bytes(b"PK\3\4" + b"\0" * 2000), "unsupported_type", "archive"
    ),
    Hazard("cut off", "half.png", _cut, "corrupt", plan=TAKEN),
    Hazard("blank page", "blank.png", lambda path: Image.new("L", (1200, 800), 255).save(path), DONE),
    Hazard("noise", "noise.png", _noise, DONE),
    Hazard("too small", "dot.png", lambda path: Image.new("L", (5, 5)).save(path), "too_small", "5 × 5"),
    Hazard("too thin", "line.png", lambda path: Image.new("L", (9000, 2)).save(path), "too_small", "9,?000 × 2"),
    Hazard("bomb", "900-million.png", lambda path: _png(path, 30_000, 30_000), "too_large", "30,?000 × 30,?000"),
    Hazard("bomb in the second frame", "second.tif", _large_second_frame, "too_large", "30,?000 × 30,?000"),
    Hazard(
        "just below the bound",
        "289-million.png",
        lambda path: _png(path, 17_000, 17_000),
        DONE,
        heavy=True,
        most_mb=1100,
    ),
    Hazard(
        "just below the bound, in colours",
        "coloured.png",
        lambda path: _png(path, 17_000, 17_000, 8, 2),
        DONE,
        heavy=True,
        ends_process=True,
        most_mb=2000,
    ),
    Hazard(
        "hangs the engine",
        "hangs.tif",
        _print_for_long,
        DONE,
        "not read within",
        reads="third of the frames",
        pages=3,
        heavy=True,
        ends_process=True,
    ),
)
