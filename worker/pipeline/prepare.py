"""A page's image as drawn to the one that an engine reads, and to others that a second try may read better."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from math import cos, radians, sin, sqrt
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

from worker.core.document import POINTS_PER_INCH, Limits, PageInfo
from worker.pipeline.look import Look, look_at
from worker.pipeline.placing import Affine, Size, place_hocr, place_pdf
from worker.pipeline.rasterize import PageImage
from worker.tools.tessdata import split_languages

READ_AT = 17.0  # pixels of a lower-case letter at which engines read as well as at any, and soonest
SMALLEST_AT = 14.0  # of the smallest print beside it
SMALL_PRINT = 15.0  # lower letters are read better from an image made larger, where that is grainy
LARGER = 18.0  # pixels to which they are made
LEAST_PRINT = 8.0  # what is no higher is taken for crumbs
LEAST_SKEW = 0.9  # degrees as measured; engines cope with less
# In Arabic script smaller images were read worse; these others, full of marks, too, were not measured.
AS_DRAWN = frozenset(
    {
        *("ara", "div", "fas", "heb", "pus", "snd", "syr", "uig", "urd", "yid"),
        *("asm", "ben", "guj", "hin", "kan", "mal", "mar", "nep", "ori", "pan", "san", "sin", "tam", "tel"),
        *("amh", "bod", "dzo", "khm", "lao", "mya", "tha", "tir"),
    }
)
_WORTH = 0.8  # times the size: a larger image is not worth making, for it saves no more than it costs
_WORTH_GRAINY = 0.93  # of grainy paper, for it smooths the grain
_FINER = 1.2  # times the resolution: less is not worth drawing a page again
_GRAINY = 6.0  # levels of grey
_LEAST_DPI = 70  # engines take less for a mistake
_GRAIN = 1.0  # pixels: noise on paper is finer, letters as large as they are read are not harmed
_QUARTERS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an engine is given of a page, and the way back to the page's image as drawn."""

    path: Path  # PGM, 8-bit grey
    dpi: int  # that the engine is told
    size: Size  # pixels of that image
    back: Affine  # from its pixels to those of the page's image as drawn: scale, skew and quarter turns in one
    blank: bool = False  # there is no print on it: no engine need be asked
    skew: float = 0.0  # degrees that were turned back
    x_height: float | None = None  # median height of lower-case letters, in pixels of the page's image as drawn


def prepare(image: PageImage, *, deskew: bool, languages: str = "eng", max_pixels: int = 50_000_000) -> Prepared:
    """What an engine shall read of a page's image: black on white, level, its print as large as is read best.

    The file lies beside that image, or is that image.
    """
    with Image.open(image.path) as drawn:
        seen = look_at(drawn, image.dpi)
        as_drawn = Prepared(image.path, image.dpi, drawn.size, Affine(), seen.blank, 0.0, seen.x_height)
        skew = seen.skew if deskew and abs(seen.skew) >= LEAST_SKEW else 0.0
        scale = 1.0 if _stays_as_drawn(languages) else _scale(seen, drawn.size, max_pixels)
        if seen.blank or not (skew or seen.inverted or scale != 1.0):
            return as_drawn
        made: Image.Image = ImageChops.invert(drawn) if seen.inverted else drawn
        made, back = _scaled(made, scale)
        if skew:
            made, level = _levelled(made, skew)
            back = back.after(level)
        path = image.path.with_name(f"{image.path.stem}-read.pgm")
        made.save(path, format="PPM")
    dpi = max(round(image.dpi * scale), _LEAST_DPI)
    return replace(as_drawn, path=path, dpi=dpi, size=made.size, back=back, skew=round(skew, 2))


def _stays_as_drawn(languages: str) -> bool:
    """Whether one of them is in a script whose print is not scaled."""
    return any(language in AS_DRAWN or language.startswith("script/") for language in split_languages(languages))


def _scale(seen: Look, size: Size, max_pixels: int) -> float:
    """How much larger the image is read."""
    if not seen.x_height or not seen.smallest:
        return 1.0
    grainy = seen.grain >= _GRAINY
    if grainy and LEAST_PRINT < seen.x_height < SMALL_PRINT:
        return max(min(LARGER / seen.x_height, sqrt(max_pixels / (size[0] * size[1]))), 1.0)
    scale = max(READ_AT / seen.x_height, SMALLEST_AT / seen.smallest)
    return scale if scale < (_WORTH_GRAINY if grainy else _WORTH) else 1.0


def _scaled(image: Image.Image, scale: float) -> tuple[Image.Image, Affine]:
    """Scaled, and the way back."""
    if scale == 1.0:
        return image, Affine()
    size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
    back = Affine(image.width / size[0], 0, 0, 0, image.height / size[1], 0)
    smooth = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BILINEAR  # read as well, at half the cost
    return image.resize(size, smooth), back


def _levelled(image: Image.Image, skew: float) -> tuple[Image.Image, Affine]:
    """Turned back by so many degrees on a sheet that is large enough, white around it; and the way back."""
    across, up = cos(radians(skew)), sin(radians(skew))
    width = round(image.width * across + image.height * abs(up))
    height = round(image.height * across + image.width * abs(up))
    turn = Affine(across, -up, 0, up, across, 0)
    x, y = turn(width / 2, height / 2)
    back = replace(turn, c=image.width / 2 - x, f=image.height / 2 - y)
    data = (back.a, back.b, back.c, back.d, back.e, back.f)
    method, smooth = Image.Transform.AFFINE, Image.Resampling.BICUBIC
    return image.transform((width, height), method, data, smooth, fillcolor=255), back


def finer_dpi(page: PageInfo, image: PageImage, prepared: Prepared, limits: Limits) -> float | None:
    """The resolution at which small print of a scan is drawn anew, if the scan has as much; None: it has not."""
    if not prepared.x_height or not LEAST_PRINT < prepared.x_height < SMALL_PRINT:
        return None
    inches = max(page.width, 1.0) * max(page.height, 1.0) / POINTS_PER_INCH**2
    dpi = min(image.dpi * LARGER / prepared.x_height, sqrt(page.largest_image / inches))
    dpi = limits.dpi(page.width, page.height, dpi)
    return dpi if dpi > _FINER * image.dpi else None


def place(base: Path, prepared: Prepared, size: Size, dpi: float) -> None:
    """Lay what an engine wrote of it (`base`.hocr, `base`.pdf) over the page's image as drawn, of that size and dpi.

    Raises:
        EngineCrashed: it is not what an engine should have written.
    """
    place_hocr(base.with_name(f"{base.name}.hocr"), prepared.back, size)
    place_pdf(base.with_name(f"{base.name}.pdf"), prepared.back, size, dpi, prepared.size)


def turned(prepared: Prepared, quarters: int, work: Path) -> Prepared:
    """The same turned clockwise by so many quarters, in the work folder."""
    quarters %= 4
    if not quarters:
        return prepared
    width, height = prepared.size
    path = work / f"{prepared.path.stem}-turned-{quarters}.pgm"
    with Image.open(prepared.path) as image:
        image.transpose(_QUARTERS[quarters]).save(path, format="PPM")
    undo = {1: Affine(0, 1, 0, -1, 0, height), 2: Affine(-1, 0, width, 0, -1, height), 3: Affine(0, -1, width, 1, 0, 0)}
    size = (height, width) if quarters % 2 else (width, height)
    return replace(prepared, path=path, size=size, back=prepared.back.after(undo[quarters]))


def upscaled(prepared: Prepared, work: Path, *, times: float = 2.0) -> Prepared:
    """The same at twice the size, in the work folder: for small print and receipts."""
    width, height = prepared.size
    size = (round(width * times), round(height * times))
    path = work / f"{prepared.path.stem}-upscaled.pgm"
    with Image.open(prepared.path) as image:
        image.resize(size, Image.Resampling.BICUBIC).save(path, format="PPM")
    shrink = Affine(width / size[0], 0, 0, 0, height / size[1], 0)
    return replace(prepared, path=path, dpi=round(prepared.dpi * times), size=size, back=prepared.back.after(shrink))


def in_shadow(prepared: Prepared) -> bool:
    """Whether most of the paper is darker than its lightest part, some of it much: print is lost there. 5 ms.

    A picture on a page is dark too, and leaves most of the paper as it is.
    """
    with Image.open(prepared.path) as image:
        paper = image.reduce(16).filter(ImageFilter.MaxFilter(5)).histogram()
    dark, middle, light = (_level(paper, share) for share in (0.1, 0.5, 0.9))
    return middle < 0.85 * light and dark < 0.6 * light


def _level(histogram: list[int], share: float) -> int:
    """The grey under which that share lies."""
    below = accumulate(histogram)
    return next((grey for grey, count in enumerate(below) if count >= share * sum(histogram)), len(histogram))


def rethresholded(prepared: Prepared, work: Path) -> Prepared:
    """The same with its paper made white wherever it lies in shadow, and its grain smoothed, in the work folder."""
    path = work / f"{prepared.path.stem}-light.pgm"
    with Image.open(prepared.path) as image:
        small = image.reduce(8).filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.GaussianBlur(4))
        paper = small.resize(image.size, Image.Resampling.BILINEAR)
        white = ImageChops.subtract(image, paper, offset=255)
        white.filter(ImageFilter.GaussianBlur(_GRAIN)).save(path, format="PPM")
    return replace(prepared, path=path)
