"""The images that engines are given: their sizes, and the way back to the page's own pixels."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from worker.pipeline.prepare import Prepared, prepare, rethresholded, turned, upscaled
from worker.pipeline.rasterize import PageImage

DOT = (300.0, 120.0)


def dotted(work: Path) -> Prepared:
    """A page of 800 × 500 pixels with one dark dot."""
    image = Image.new("L", (800, 500), 255)
    image.paste(0, (291, 111, 309, 129))
    image.save(work / "page-1.pgm", format="PPM")
    return prepare(PageImage(work / "page-1.pgm", 300), deskew=False)


def centre_of_print(prepared: Prepared) -> tuple[float, float]:
    """Where the print is, in pixels of the page's image as drawn."""
    with Image.open(prepared.path) as image:
        assert (image.mode, image.size) == ("L", prepared.size)
        box = image.point(lambda value: 255 if value < 128 else 0).getbbox()
    assert box
    return prepared.back((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


@pytest.mark.parametrize("quarters", [1, 2, 3, 5, -1])
def test_turned_by_quarters(work: Path, quarters: int) -> None:
    assert centre_of_print(turned(dotted(work), quarters, work)) == DOT


def test_no_quarter_is_the_same(work: Path) -> None:
    assert turned(dotted(work), 4, work) == dotted(work)


def test_twice_the_size(work: Path) -> None:
    double = upscaled(turned(dotted(work), 1, work), work)
    assert (double.size, double.dpi) == ((1000, 1600), 600)
    assert centre_of_print(double) == DOT


def test_paper_in_shadow_becomes_white(work: Path) -> None:
    first = dotted(work)
    with Image.open(first.path) as image:
        shadow = Image.linear_gradient("L").resize(image.size).point(lambda value: 160 + value // 4)
        Image.composite(shadow, image, image).save(first.path, format="PPM")
    light = rethresholded(first, work)
    assert centre_of_print(light) == DOT
    with Image.open(light.path) as image:
        assert min(image.crop((0, 400, 800, 500)).tobytes()) > 245
