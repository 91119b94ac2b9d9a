"""The images that engines are given: their sizes, and the way back to the page's own pixels."""

from __future__ import annotations

from dataclasses import replace
from math import cos, radians, sin
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tests.unit.drawn import X_HEIGHT, page
from worker.core.document import Limits, PageInfo
from worker.pipeline.look import look_at
from worker.pipeline.placing import Affine
from worker.pipeline.prepare import (
    LARGER,
    READ_AT,
    SMALLEST_AT,
    Prepared,
    finer_dpi,
    prepare,
    rethresholded,
    turned,
    upscaled,
)
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


def prepared(work: Path, image: Image.Image, *, deskew: bool = True) -> Prepared:
    image.save(work / "page-1.pgm", format="PPM")
    return prepare(PageImage(work / "page-1.pgm", 300), deskew=deskew)


def test_large_print_is_read_smaller(work: Path) -> None:
    made = prepared(work, page([(60, 10)])[0])
    assert made.back.scale == pytest.approx(X_HEIGHT * 60 / READ_AT, rel=0.15)
    assert made.dpi == pytest.approx(300 / made.back.scale, abs=1)
    assert made.path.name == "page-1-read.pgm"
    with Image.open(made.path) as image:
        assert (image.mode, image.size) == ("L", made.size)


def test_some_scripts_are_read_as_drawn(work: Path) -> None:
    page([(60, 10)])[0].save(work / "page-1.pgm", format="PPM")
    for languages, scaled in (("eng+vie", True), ("eng+ara", False), ("script/Arabic", False), ("chi_sim", True)):
        made = prepare(PageImage(work / "page-1.pgm", 300), deskew=True, languages=languages)
        assert (made.back != Affine()) is scaled


def test_footnotes_keep_a_page_large(work: Path) -> None:
    assert prepared(work, page([(60, 7), (32, 4)], (1700, 1500))[0]).back.scale < 32 * X_HEIGHT / SMALLEST_AT * 1.15


def test_print_of_a_fair_size_is_read_as_it_is(work: Path) -> None:
    made = prepared(work, page([(28, 12)])[0])
    assert (made.path.name, made.back, made.dpi) == ("page-1.pgm", Affine(), 300)
    assert made.x_height == pytest.approx(X_HEIGHT * 28, rel=0.2)


def test_print_that_is_little_too_large_is_made_smaller_on_grainy_paper_only(work: Path) -> None:
    image, _ = page([(37, 10)])
    assert prepared(work, image).back == Affine()
    grainy = ImageChops.add(image, Image.effect_noise(image.size, 30), offset=-128)
    assert 1 < prepared(work, grainy).back.scale < 1.35


def test_small_print_on_grainy_paper_is_read_larger_within_bounds(work: Path) -> None:
    image, _ = page([(20, 18)])
    assert prepared(work, image).back == Affine()
    grainy = ImageChops.add(image, Image.effect_noise(image.size, 30), offset=-128)
    assert prepared(work, grainy).back.scale == pytest.approx(X_HEIGHT * 20 / LARGER, rel=0.2)
    path = work / "page-1.pgm"
    bound = prepare(PageImage(path, 300), deskew=True, max_pixels=image.width * image.height)
    assert bound.back == Affine()


def test_small_print_of_a_fine_scan_is_drawn_anew(work: Path) -> None:
    image, limits = PageImage(work / "page-1.pgm", 300), Limits()
    small = Prepared(image.path, 300, (2550, 3300), Affine(), x_height=12)
    fine = PageInfo(1, 612, 792, largest_image=5100 * 6600)
    assert finer_dpi(fine, image, small, limits) == 300 * LARGER / 12
    assert finer_dpi(fine, image, replace(small, x_height=9), replace(limits, max_pixels=14_960_000)) == 400
    assert finer_dpi(replace(fine, largest_image=2550 * 3300), image, small, limits) is None
    assert finer_dpi(fine, image, replace(small, x_height=20), limits) is None
    assert finer_dpi(fine, image, replace(small, x_height=None), limits) is None


def test_a_page_that_lies_askew_is_levelled(work: Path) -> None:
    image, words = page([(60, 10)])
    turn = image.rotate(-4, Image.Resampling.BICUBIC, fillcolor=255)
    made = prepared(work, turn)
    assert made.skew == pytest.approx(4, abs=0.15)
    centre = (image.width / 2, image.height / 2)
    with Image.open(made.path) as level:
        assert look_at(level, made.dpi).skew == pytest.approx(0, abs=0.15)
    askew = Affine(cos(radians(4)), -sin(radians(4)), 0, sin(radians(4)), cos(radians(4)), 0)
    for _, (left, top, _, _) in (words[0], words[-1]):
        x, y = askew(left - centre[0], top - centre[1])
        level_x, level_y = made.back.inverse()(x + centre[0], y + centre[1])
        first_x, first_y = made.back.inverse()(*centre)
        scale = made.back.scale
        assert (level_x - first_x) * scale == pytest.approx(left - centre[0], abs=4)
        assert (level_y - first_y) * scale == pytest.approx(top - centre[1], abs=4)
    assert prepared(work, turn, deskew=False).skew == 0


def test_white_on_black_becomes_black_on_white(work: Path) -> None:
    made = prepared(work, page([(28, 12)], ink=255, paper=0)[0])
    with Image.open(made.path) as image:
        assert image.getpixel((3, 3)) == 255


def test_a_blank_page_is_said_to_be_so(work: Path) -> None:
    made = prepared(work, Image.new("L", (1700, 1100), 255))
    assert (made.blank, made.path.name) == (True, "page-1.pgm")
