"""An image's frames, sizes and resolution from its header, and the one place that opens an image at all."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageFile

from worker.core.document import POINTS_PER_INCH, Document, Limits, PageInfo
from worker.core.errors import CorruptFile, TooLarge, TooSmall
from worker.core.media_types import MediaType
from worker.core.said import said

ALLOWED = (
    "PNG",
    "JPEG",
    "JPEG2000",
    "TIFF",
    "BMP",
    "WEBP",
    "GIF",
)  # Pillow's others start programs or open further files
MANY_FRAMES = frozenset({"TIFF", "GIF", "WEBP"})
SMALLEST_SIDE = 10
ORIENTATION = 0x0112
_SIDEWAYS = frozenset({5, 6, 7, 8})
_SANE_DPI = (74.0, 2400.0)  # 72 is what programs write that know none
_A4_LONG_INCHES = 11.69
# What Pillow raises on damaged files, beside OSErrors without a number (those of the system have one).
_DAMAGED = (SyntaxError, ValueError, EOFError, LookupError, TypeError, OverflowError, struct.error, zlib.error)

Image.MAX_IMAGE_PIXELS = None  # its bound is one for all; ours is a setting, checked below in its place


@contextmanager
def open_image(path: Path, name: str, limits: Limits) -> Iterator[ImageFile.ImageFile]:
    """The image behind an allow-list, refused by its header when it is beyond the bounds. Nothing is decoded yet.

    Raises:
        TooLarge, TooSmall, CorruptFile: also when what is done with it shows that it is damaged.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # damaged metadata does not make a picture unreadable
            # By its bytes, not by its name: named, Pillow maps a TIFF into memory and garbles one held sideways.
            with path.open("rb") as file, Image.open(file, formats=ALLOWED) as image:
                check_size(image, name, limits)
                yield image
    except MemoryError as problem:
        raise TooLarge(said("“{name}” needs more memory than there is.", name=name)) from problem
    except _DAMAGED as problem:
        raise _corrupt(name) from problem
    except OSError as problem:
        if problem.errno is not None:
            raise
        raise _corrupt(name) from problem


def examine_image(path: Path, name: str, kind: MediaType, limits: Limits) -> Document:
    """Every frame a page, with its size as displayed."""
    with open_image(path, name, limits) as image:
        frames: int = getattr(image, "n_frames", 1) if kind.pillow in MANY_FRAMES else 1
        limits.check_pages(name, frames)
        pages = tuple(_page(image, number, name, limits) for number in range(1, frames + 1))
    return Document(path, name, "image", kind.name, kind.extension, pages)


def check_size(image: Image.Image, name: str, limits: Limits) -> None:
    """Refuse a frame by its header."""
    width, height = image.size
    if min(width, height) < SMALLEST_SIDE:
        template = "“{name}” is {width} × {height} pixels: too small to hold a letter."
        raise TooSmall(said(template, name=name, width=str(width), height=str(height)))
    if width * height > limits.max_source_pixels:
        template = "“{name}” is {width} × {height} pixels; the limit is {limit} million pixels."
        limit = limits.max_source_pixels // 1_000_000
        raise TooLarge(said(template, name=name, width=width, height=height, limit=limit))


def _page(image: ImageFile.ImageFile, number: int, name: str, limits: Limits) -> PageInfo:
    if number > 1:
        if image.format == "TIFF":
            image.seek(number - 1)  # only the header: the frames of the others are all of one size
        check_size(image, name, limits)
    width, height = image.size
    if _is_held_sideways(image):
        width, height = height, width
    named = _named_dpi(image)
    dpi = named or guessed_dpi(width, height)
    points = POINTS_PER_INCH / dpi
    return PageInfo(number, width * points, height * points, dpi=named, largest_image=width * height)


def _is_held_sideways(image: Image.Image) -> bool:
    """As it is said before the pixels. Behind them a PNG may say it too: it would be decoded for that."""
    if image.format == "TIFF" or (image.format == "PNG" and "exif" not in image.info):  # Pillow turns a TIFF by itself
        return False
    return image.getexif().get(ORIENTATION) in _SIDEWAYS


def _named_dpi(image: Image.Image) -> float | None:
    """The resolution that the file names, if it is one that a scanner or a camera could mean."""
    across, down = (float(value) for value in image.info.get("dpi", (0, 0)))
    low, high = _SANE_DPI
    return across if low < across <= high and 0.9 * down < across < 1.1 * down else None


def guessed_dpi(width: int, height: int) -> float:
    """A resolution for an image that names none: as if it showed a sheet of A4."""
    return min(max(max(width, height) / _A4_LONG_INCHES, _SANE_DPI[0]), 600.0)


def _corrupt(name: str) -> CorruptFile:
    return CorruptFile(said("“{name}” is damaged: its picture cannot be decoded.", name=name))
