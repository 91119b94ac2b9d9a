"""A page's image as drawn to the one that an engine reads, and to others that a second try may read better."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

from worker.pipeline.placing import Affine, Size, place_hocr, place_pdf
from worker.pipeline.rasterize import PageImage, pgm_size

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


def prepare(image: PageImage, *, deskew: bool) -> Prepared:  # noqa: ARG001
    """What an engine shall read of a page's image. The file lies beside that image, or is that image."""
    return Prepared(image.path, image.dpi, pgm_size(image.path), Affine())


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


def rethresholded(prepared: Prepared, work: Path) -> Prepared:
    """The same with its paper made white wherever it lies in shadow, in the work folder."""
    path = work / f"{prepared.path.stem}-light.pgm"
    with Image.open(prepared.path) as image:
        small = image.reduce(8).filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.GaussianBlur(4))
        paper = small.resize(image.size, Image.Resampling.BILINEAR)
        ImageChops.subtract(image, paper, offset=255).save(path, format="PPM")
    return replace(prepared, path=path)
