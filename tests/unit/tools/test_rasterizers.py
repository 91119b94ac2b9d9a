"""The contract of every rasteriser: grey, at the resolution asked for, and as a viewer shows the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.unit import engines
from tests.unit.documents import page_pdf, scan_pdf
from worker.core.errors import CorruptFile
from worker.tools.rasterizer import Rasterizer

SQUARE = b"0 g 100 150 50 50 re f"  # black, in points from the lower left


@pytest.fixture(scope="module", params=engines.RASTERIZERS)
def rasterizer(request: pytest.FixtureRequest) -> Rasterizer:
    return engines.rasterizer(request.param)


def draw(rasterizer: Rasterizer, pdf: Path, number: int = 1, dpi: float = 72) -> Image.Image:
    image = pdf.with_suffix(".pgm")
    rasterizer.draw(pdf, number, dpi=dpi, image=image, timeout=30)
    with Image.open(image, formats=["PPM"]) as opened:
        opened.load()
        return opened


def black_box(image: Image.Image) -> tuple[int, int, int, int]:
    box = image.point(lambda value: 255 if value < 128 else 0).getbbox()
    assert box is not None
    return box


def near(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 1 for a, b in zip(found, wanted, strict=True))


def test_eight_bit_grey_at_the_resolution(rasterizer: Rasterizer, tmp_path: Path) -> None:
    image = draw(rasterizer, page_pdf(tmp_path / "a.pdf", SQUARE), dpi=150)
    assert image.mode == "L"
    assert near(image.size, (1275, 1650))
    assert image.getpixel((0, 0)) == 255


def test_colours_become_the_grey_that_people_see(rasterizer: Rasterizer, tmp_path: Path) -> None:
    for colour, grey in ((b"1 0 0 rg", 76), (b"0 1 0 rg", 150), (b"0 0 1 rg", 29)):
        image = draw(rasterizer, page_pdf(tmp_path / "a.pdf", colour + b" 100 150 50 50 re f"))
        assert image.getpixel((125, 617)) == pytest.approx(grey, abs=3)


@pytest.mark.parametrize(
    ("entries", "size", "box"),
    [
        ({}, (612, 792), (100, 592, 150, 642)),
        ({"Rotate": 90}, (792, 612), (150, 100, 200, 150)),
        ({"Rotate": 180}, (612, 792), (462, 150, 512, 200)),
        ({"Rotate": 270}, (792, 612), (592, 462, 642, 512)),
        ({"CropBox": [90, 140, 290, 340]}, (200, 200), (10, 140, 60, 190)),
        ({"CropBox": [90, 140, 290, 240], "Rotate": 90}, (100, 200), (10, 10, 60, 60)),
        ({"TrimBox": [90, 140, 290, 340]}, (612, 792), (100, 592, 150, 642)),
    ],
)
def test_the_page_is_drawn_as_it_is_displayed(
    rasterizer: Rasterizer,
    tmp_path: Path,
    entries: dict[str, Any],
    size: tuple[int, int],
    box: tuple[int, int, int, int],
) -> None:
    image = draw(rasterizer, page_pdf(tmp_path / "a.pdf", SQUARE, **entries))
    assert near(image.size, size)
    assert near(black_box(image), box)


def test_the_page_that_is_asked_for(rasterizer: Rasterizer, tmp_path: Path) -> None:
    pdf = scan_pdf(tmp_path / "a.pdf", copies=3)
    assert draw(rasterizer, pdf, 3).tobytes() == draw(rasterizer, pdf, 1).tobytes()
    with pytest.raises(CorruptFile, match="Page 4"):
        draw(rasterizer, pdf, 4)


def test_a_file_that_changed_is_opened_anew(rasterizer: Rasterizer, tmp_path: Path) -> None:
    pdf = page_pdf(tmp_path / "a.pdf", SQUARE)
    draw(rasterizer, pdf)
    page_pdf(pdf, b"")
    assert draw(rasterizer, pdf).getextrema() == (255, 255)


def test_a_fraction_of_a_dpi(rasterizer: Rasterizer, tmp_path: Path) -> None:
    image = draw(rasterizer, page_pdf(tmp_path / "a.pdf", SQUARE), dpi=100.5)
    assert near(image.size, (854, 1106))


def test_what_is_no_pdf_is_an_error(rasterizer: Rasterizer, tmp_path: Path) -> None:
    pdf = tmp_path / "a.pdf"
    pdf.write_bytes(b"%PDF-1.7\nnothing good\n")
    with pytest.raises(CorruptFile, match="Page 1"):
        draw(rasterizer, pdf)
