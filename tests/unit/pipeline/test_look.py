"""What is seen on a page before it is read: print and its size, skew, white on black, or nothing."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from tests.unit.drawn import X_HEIGHT, page
from worker.pipeline.look import Look, look_at, otsu
from worker.pipeline.pieces import pieces

SHEET = (1240, 1754)  # A4 at 150 dpi


def sheet() -> Image.Image:
    return Image.new("L", SHEET, 255)


def look(image: Image.Image, dpi: float = 150) -> Look:
    return look_at(image, dpi)


def test_looking_starts_no_threads() -> None:
    words = "import psutil, worker.pipeline.look; print(psutil.Process().num_threads())"
    free = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    assert subprocess.check_output([sys.executable, "-c", words], env=free, text=True).strip() == "1"


def test_pieces_of_ink() -> None:
    ring = ["xxx..", "x.x..", "xxx..", "...x.", "....x"]
    found = pieces(np.array([[sign == "x" for sign in line] for line in ring]))
    assert (found.left.tolist(), found.top.tolist()) == ([0], [0])
    assert (found.right.tolist(), found.bottom.tolist(), found.area.tolist()) == ([5], [5], [10])
    apart = pieces(np.array([[True, False, True], [False, False, False], [True, True, True]]))
    assert apart.area.tolist() == [1, 1, 3]
    assert apart.fill.tolist() == [1, 1, 1]
    assert len(pieces(np.zeros((4, 4), np.bool_))) == 0


def test_a_level_between_two_heaps() -> None:
    histogram = [0] * 256
    histogram[30], histogram[200] = 100, 900
    assert 30 <= otsu(histogram) < 200
    assert otsu([0] * 256) == 0


@pytest.mark.parametrize("pixels", [22, 45, 80])
def test_the_height_of_letters(pixels: int) -> None:
    seen = look(page([(pixels, 9)], (1700, 1400))[0], 300)
    assert seen.x_height == pytest.approx(X_HEIGHT * pixels, rel=0.2)
    assert not seen.blank


def test_small_print_under_large() -> None:
    seen = look(page([(90, 1), (45, 12), (24, 2)], (1700, 1300))[0], 300)
    assert seen.x_height == pytest.approx(X_HEIGHT * 45, rel=0.2)
    assert seen.smallest == pytest.approx(X_HEIGHT * 24, rel=0.2)


@pytest.mark.parametrize("degrees", [-10, -1, 0, 0.5, 1, 4, 10])
@pytest.mark.parametrize("quarters", [0, 1])
def test_skew(degrees: float, quarters: int) -> None:
    image = page([(40, 12)])[0].rotate(-90 * quarters, expand=True)
    turned = image.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    assert look(turned, 300).skew == pytest.approx(degrees, abs=0.15)


def table(image: Image.Image) -> None:
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(18)
    for row in range(20):
        draw.line((50, 95 + 40 * row, 1100, 95 + 40 * row), 0, 2)
        for column in range(6):
            draw.text((60 + 170 * column, 100 + 40 * row), f"{row * column * 7}.50", 0, font)


def upright_columns(image: Image.Image) -> None:
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(24)
    for column in range(12):
        for row, letter in enumerate("upright lettering here"):
            draw.text((1000 - 60 * column, 80 + 30 * row), letter, 0, font)


@pytest.mark.parametrize("drawing", [table, upright_columns])
def test_what_is_upright_is_not_turned(drawing: Callable[[Image.Image], None]) -> None:
    image = sheet()
    drawing(image)
    assert look(image).skew == 0
    assert not look(image).blank


def nothing(image: Image.Image) -> None:
    pass


def specks(image: Image.Image) -> None:
    random = np.random.default_rng(1)
    for x, y in zip(random.integers(0, SHEET[0], 3000), random.integers(0, SHEET[1], 3000), strict=True):
        image.putpixel((int(x), int(y)), 0)


def grain(image: Image.Image) -> None:
    image.paste(ImageChops.add(image, Image.effect_noise(SHEET, 25), offset=-128))


def shadows(image: Image.Image) -> None:
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 40, SHEET[1]), 60)
    draw.polygon([(0, 0), (SHEET[0], 0), (SHEET[0], 9), (0, 25)], 0)
    fold = Image.linear_gradient("L").resize((200, SHEET[1])).point(lambda value: 120 + value // 2)
    image.paste(fold, (900, 0))


def holes(image: Image.Image) -> None:
    draw = ImageDraw.Draw(image)
    for y in (600, 1070):
        draw.ellipse((60, y, 94, y + 34), 30)


def shine_through(image: Image.Image) -> None:
    image.paste(page([(30, 20)], SHEET, 240)[0].transpose(Image.Transpose.FLIP_LEFT_RIGHT))


@pytest.mark.parametrize("marks", [nothing, specks, grain, shadows, holes, shine_through])
def test_blank(marks: Callable[[Image.Image], None]) -> None:
    image = sheet()
    marks(image)
    assert look(image).blank


def number(image: Image.Image) -> None:
    ImageDraw.Draw(image).text((600, 1650), "7", 0, ImageFont.load_default(17))


def rule_like_figure(image: Image.Image) -> None:
    ImageDraw.Draw(image).text((600, 1650), "l", 60, ImageFont.load_default(17))


def poster(image: Image.Image) -> None:
    ImageDraw.Draw(image).text((60, 400), "STOP", 0, ImageFont.load_default(400))


def white_poster(image: Image.Image) -> None:
    poster(image)
    image.paste(ImageChops.invert(image))


def small_line(image: Image.Image) -> None:
    ImageDraw.Draw(image).text((300, 800), "printed small on an empty sheet", 0, ImageFont.load_default(11))


def faint_line(image: Image.Image) -> None:
    ImageDraw.Draw(image).text((300, 800), "printed faintly on an empty sheet", 205, ImageFont.load_default(20))


def number_in_grain(image: Image.Image) -> None:
    number(image)
    image.paste(ImageChops.add(image, Image.effect_noise(SHEET, 15), offset=-128))


def number_beside_specks(image: Image.Image) -> None:
    number(image)
    specks(image)
    holes(image)
    shadows(image)


@pytest.mark.parametrize(
    "marks",
    [number, rule_like_figure, poster, white_poster, small_line, faint_line, number_in_grain, number_beside_specks],
)
def test_not_blank(marks: Callable[[Image.Image], None]) -> None:
    image = sheet()
    marks(image)
    assert not look(image).blank


def noisy(image: Image.Image, sigma: float, quality: int) -> Image.Image:
    """On paper that is not quite white, under noise, and through a JPEG of that quality."""
    shown = np.asarray(image.point(lambda value: value * 235 // 255), np.float64)
    seen = (shown + np.random.default_rng(3).normal(0, sigma, shown.shape)).clip(0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(seen).save(file, "JPEG", quality=quality)
    return Image.open(file).convert("L")


RECEIPTS = [(14, 0, 60, 60), (20, 60, 60, 60), (26, 140, 45, 60), (26, 140, 60, 90), (40, 140, 60, 60)]


@pytest.mark.parametrize(("letters", "ink", "sigma", "quality"), RECEIPTS)
def test_a_few_words_under_strong_noise_are_not_blank(letters: int, ink: int, sigma: float, quality: int) -> None:
    image = Image.new("L", (12 * letters, 8 * letters), 255)
    text = "TOTAL 12.50\nCash 20.00\nThank you"
    ImageDraw.Draw(image).text((letters, letters), text, ink, ImageFont.load_default(letters))
    assert not look(noisy(image, sigma, quality), 74).blank


@pytest.mark.parametrize("size", [(195, 150), (300, 500), (600, 900)])
@pytest.mark.parametrize("quality", [30, 60, 95])
def test_noise_alone_is_blank(size: tuple[int, int], quality: int) -> None:
    for sigma in (30, 45, 60, 90):
        assert look(noisy(Image.new("L", size, 255), sigma, quality), 74).blank, sigma


def test_white_on_black() -> None:
    image, _ = page([(40, 10)], ink=235, paper=20)
    assert look(image, 300).inverted
    assert look(image, 300).x_height == pytest.approx(X_HEIGHT * 40, rel=0.2)


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (15, 90), (180, 230)])
def test_dark_and_faint_paper_is_no_black(ink: int, paper: int) -> None:
    seen = look(page([(40, 10)], ink=ink, paper=paper)[0].filter(ImageFilter.GaussianBlur(1)), 300)
    assert not seen.inverted
    assert seen.x_height == pytest.approx(X_HEIGHT * 40, rel=0.2)
