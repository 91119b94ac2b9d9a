"""What a page asks for, from the headers of what it names, wherever that is."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from tests.hazards.bombs import BOMBS
from tests.hazards.hazard import Hazard
from tests.unit.documents import page_pdf, scan_pdf
from worker.core.page_weight import Scales, Weight

IN_SIGHT = [one for one in BOMBS if one.row.startswith("bomb:")]


def weight(path: Path) -> Weight:
    with pikepdf.open(path) as pdf:
        scales = Scales()
        return max((scales.weigh(page) for page in pdf.pages), key=lambda one: one.pixels)


@pytest.mark.parametrize("bomb", IN_SIGHT, ids=lambda bomb: bomb.file)
def test_the_pixels_of_a_picture_are_seen_wherever_it_hides(bomb: Hazard, tmp_path: Path) -> None:
    bomb.make(tmp_path / bomb.file)
    assert weight(tmp_path / bomb.file).pixels >= 900_000_000


def test_a_usual_page_is_as_heavy_as_its_picture(tmp_path: Path) -> None:
    assert weight(scan_pdf(tmp_path / "scan.pdf")) == Weight(1300 * 200, 0)


def test_long_instructions_are_counted_and_short_ones_left_alone(tmp_path: Path) -> None:
    blanks = b" " * 20_000_000
    page_pdf(tmp_path / "long.pdf", blanks)
    with pikepdf.open(tmp_path / "long.pdf", allow_overwriting_input=True) as pdf:
        pdf.save(tmp_path / "long.pdf", compress_streams=True)
    assert weight(tmp_path / "long.pdf").content == len(blanks)
    assert weight(page_pdf(tmp_path / "short.pdf", b" " * 1000)).content == 0
