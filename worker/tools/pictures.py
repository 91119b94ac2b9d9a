"""Pillow: a user's picture becomes an 8-bit grey image of our own, and no engine ever sees anything else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageOps, Jpeg2KImagePlugin

from worker.core.document import Limits
from worker.core.errors import TooLarge
from worker.core.examine_image import ORIENTATION, check_size, open_image
from worker.core.said import said
from worker.tools.jpeg2000 import levels

_DEEP = ("I", "F")  # and "I;16", "I;16B": more than 8 bits a pixel
_BAND = 512  # lines of a picture that are laid on white at a time
_WIDE = (*_DEEP, "CMYK", "YCbCr", "HSV")  # what becomes grey in two steps


def grey_frame(path: Path, name: str, number: int, limits: Limits, image: Path) -> tuple[int, int, float]:
    """Write frame `number` (1-based) as PGM: upright, on white, in bounds. Width, height, and scale from the original.

    Raises:
        CorruptFile, TooLarge, TooSmall: sentences call the file `name`.
    """
    with _opened(path, name, number, limits) as opened:
        width = opened.size[0]
        bound = _bound(opened.size, limits)
        if opened.format in {"JPEG", "MPO"}:
            opened.draft("L", bound)  # decodes at a fraction of the size, which saves the memory of the whole
        elif isinstance(opened, Jpeg2KImagePlugin.Jpeg2KImageFile):
            opened.reduce = _halvings(path, name, opened.size, bound)  # the same; decoded, a pixel takes twenty bytes
        if opened.mode.startswith(_WIDE):
            opened.thumbnail(bound)  # first: on its way to grey it would be there twice and more
        frame = to_grey(opened)
        opened.close()  # its pixels are four times as large
        frame.thumbnail(bound)
        scale = frame.size[0] / width
        upright = ImageOps.exif_transpose(frame)
        upright.save(image, format="PPM")
        return (*upright.size, scale)


def flat_frames(path: Path, name: str, count: int, limits: Limits, image: Path) -> Iterator[Path]:
    """Write each frame as PNG without loss, upright and without transparency: for PDF, which takes not every kind.

    They come one after the other in the same place: many a format keeps only what changes from one to the next.

    Raises:
        CorruptFile, TooLarge, TooSmall: sentences call the file `name`.
    """
    with open_image(path, name, limits) as opened:
        for index in range(count):
            _seek(opened, index, name, limits)
            _write_flat(opened, image)
            yield image


def _write_flat(opened: Image.Image, image: Path) -> None:
    opened.load()
    lies = opened.getexif().get(ORIENTATION, 1) != 1
    frame = ImageOps.exif_transpose(opened) if lies else opened  # which would copy it in any case
    if frame.has_transparency_data:
        frame = _on_white(frame)
    elif frame.mode not in {"1", "L", "RGB", "P"}:
        frame = to_grey(frame) if frame.mode.startswith(_DEEP) or frame.mode == "LAB" else frame.convert("RGB")
    about, frame.info = frame.info, {}  # nothing of what the file said of itself holds any more
    frame.save(image, format="PNG", exif=b"")
    frame.info = about  # but for the frames behind it


@contextmanager
def _opened(path: Path, name: str, number: int, limits: Limits) -> Iterator[Image.Image]:
    """At that frame, which is of a size that may be read."""
    with open_image(path, name, limits) as opened:
        _seek(opened, number - 1, name, limits)
        yield opened


def _seek(opened: Image.Image, index: int, name: str, limits: Limits) -> None:
    if index:
        opened.seek(index)
        check_size(opened, name, limits)


def to_grey(frame: Image.Image) -> Image.Image:
    """8-bit grey of any kind of picture: transparent is white, deep is scaled to what is in it."""
    if frame.mode.startswith(_DEEP):
        deep = frame if frame.mode == "F" else frame.convert("I")
        _, high = deep.getextrema()
        assert isinstance(high, int | float)
        ceiling = max(float(high), 255.0)
        grey = deep.point(lambda value: value * (255.0 / ceiling)).convert("L")
    elif frame.has_transparency_data:
        grey = _grey_on_white(frame)
    elif frame.mode == "LAB":
        grey = frame.getchannel("L")
    elif frame.mode in {"CMYK", "YCbCr", "HSV"}:
        grey = frame.convert("RGB").convert("L")
    else:
        grey = frame.convert("L")
    if exif := frame.info.get("exif"):
        grey.info["exif"] = exif
    return grey


def _grey_on_white(frame: Image.Image) -> Image.Image:
    white = Image.new("L", frame.size, 255)
    for top, band in _bands(frame):
        layered = band if "A" in band.getbands() else band.convert("RGBA")
        white.paste(layered.convert("L"), (0, top), layered.getchannel("A"))
    return white


def _on_white(frame: Image.Image) -> Image.Image:
    white = Image.new("RGB", frame.size, "white")
    for top, band in _bands(frame):
        sheet = Image.new("RGBA", band.size, "white")
        white.paste(Image.alpha_composite(sheet, band.convert("RGBA")).convert("RGB"), (0, top))
    return white


def _bands(frame: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """The picture from top to bottom, each part with its upper edge: at once, a large one would be there many times."""
    for top in range(0, frame.height, _BAND):
        yield top, frame.crop((0, top, frame.width, min(top + _BAND, frame.height)))


def _halvings(path: Path, name: str, size: tuple[int, int], bound: tuple[int, int]) -> int:
    """How often a JPEG 2000 is halved as it is decoded, to stay in bounds.

    Raises:
        TooLarge: more often than it has smaller pictures in it.
    """
    most, times = bound[0] * bound[1], 0
    while size[0] * size[1] >> 2 * times > most:
        times += 1
    if times > levels(path):
        template = "“{name}” is {width} × {height} pixels, and has no smaller picture in it that could be read."
        raise TooLarge(said(template, name=name, width=size[0], height=size[1]))
    return times


def _bound(size: tuple[int, int], limits: Limits) -> tuple[int, int]:
    """The largest size within the bounds that has this shape."""
    width, height = size
    factor = min(1.0, (limits.max_pixels / (width * height)) ** 0.5, limits.max_side / max(width, height))
    return max(int(width * factor), 1), max(int(height * factor), 1)
