"""From a page that lies askew, turned, in large print, back to it: what was read lies over what is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import cos, hypot, radians, sin
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from tests.unit.documents import page_pdf
from tests.unit.drawn import Box, page
from tests.unit.pipeline.conftest import Read
from worker.pipeline.placing import Affine

DPI = 300
POINTS = 72 / DPI


def askew(image: Image.Image, degrees: float) -> tuple[Image.Image, Affine]:
    """Turned clockwise about its centre, and where its pixels went."""
    turned = image.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    turn = Affine(cos(radians(degrees)), -sin(radians(degrees)), 0, sin(radians(degrees)), cos(radians(degrees)), 0)
    x, y = turn(image.width / 2, image.height / 2)
    return turned, Affine(turn.a, turn.b, turned.width / 2 - x, turn.d, turn.e, turned.height / 2 - y)


def on_its_side(image: Image.Image) -> tuple[Image.Image, Affine]:
    return image.transpose(Image.Transpose.ROTATE_270), Affine(0, -1, image.height, 1, 0, 0)


def upside_down(image: Image.Image) -> tuple[Image.Image, Affine]:
    return image.transpose(Image.Transpose.ROTATE_180), Affine(-1, 0, image.width, 0, -1, image.height)


def upright(image: Image.Image) -> tuple[Image.Image, Affine]:
    return image, Affine()


def overlap(one: Box, other: Box) -> float:
    """The part of the smaller box that lies in the other."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    area = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return max(width, 0) * max(height, 0) / area


def middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def in_pdf(pdf: Path) -> Iterator[tuple[str, Box]]:
    """Words of the first page with boxes in points, from its upper left corner."""
    with pypdfium2.PdfDocument(pdf) as document:
        sheet = document[0]
        text = sheet.get_textpage()
        height, whole, start = sheet.get_height(), text.get_text_range(), 0
        for word in whole.split():
            first = whole.index(word, start)
            start = first + len(word)
            boxes = [text.get_charbox(at, loose=True) for at in range(first, start)]
            left, bottom, right, top = (
                side(box[nth] for box in boxes) for nth, side in enumerate((min, min, max, max))
            )
            yield word, (left, height - top, right, height - bottom)


@pytest.mark.parametrize(
    ("pixels", "degrees", "held", "turned"),
    [(60, 4, upright, None), (60, -7, upright, None), (40, 4, on_its_side, None), (40, -4, upside_down, 2)],
)
def test_what_was_read_lies_over_the_print(
    read: Read, tmp_path: Path, pixels: int, degrees: float, held: Callable[..., Any], turned: int | None
) -> None:
    """An engine reads a page on its side by itself, but none that is upside down."""
    image, printed = page([(pixels, 320 // pixels)], (1800, 760))
    image, where = askew(image, degrees)
    image, turn = held(image)
    where = turn.after(where)
    image.save(tmp_path / "askew.png", dpi=(DPI, DPI))
    readings, made = read(tmp_path / "askew.png")
    reading = readings[0].page
    assert reading.skew == pytest.approx(degrees, abs=0.2)
    assert (reading.turned, reading.width, reading.height) == (turned, *image.size)
    true = [(word, where.box(*box)) for word, box in printed if len(word) > 4]
    found = [(word.text, (word.x, word.y, word.x + word.w, word.y + word.h)) for word in readings[0].words]
    over = list(in_pdf(made["pdf"]))
    for word, box in true:
        assert max(overlap(box, other) for text, other in found if text == word) > 0.8
        x, y = middle(box)
        assert (
            min(hypot(x * POINTS - u, y * POINTS - v) for u, v in (middle(b) for text, b in over if text == word)) < 4
        )


def test_small_print_of_a_fine_scan_is_read_at_its_own_resolution(read: Read, tmp_path: Path) -> None:
    image, printed = page([(40, 6)], (1800, 600))
    path = page_pdf(tmp_path / "fine.pdf", b"q 216 0 0 72 0 0 cm /Im1 Do Q", box=(0, 0, 216, 72), image=image)
    readings, made = read(path)
    reading = readings[0].page
    assert reading.dpi is not None
    assert 360 < reading.dpi < 600
    assert reading.text.split() == [word for word, _ in printed]
    over = list(in_pdf(made["pdf"]))
    x, y = middle(printed[0][1])
    u, v = middle(over[0][1])
    assert hypot(x * 72 / 600 - u, y * 72 / 600 - v) < 3
