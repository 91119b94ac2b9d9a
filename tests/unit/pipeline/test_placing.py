"""What an engine read off a turned, scaled, levelled image stands where it is printed on the page."""

from __future__ import annotations

from math import cos, radians, sin
from pathlib import Path

import pytest

from worker.core.errors import EngineCrashed
from worker.pipeline.placing import Affine, place_hocr, place_pdf
from worker.pipeline.words import Word, words, write_hocr

QUARTER = Affine(0, 1, 0, -1, 0, 100)


def test_an_affine_map_and_its_parts() -> None:
    half = Affine(a=0.5, e=0.5)
    assert QUARTER.after(half)(20, 40) == QUARTER(10, 20) == (20, 90)
    assert QUARTER.inverse()(*QUARTER(7, 9)) == (7, 9)
    assert (half.scale, half.keeps_level, QUARTER.keeps_level) == (0.5, True, False)
    assert QUARTER.angle == -90
    assert QUARTER.box(10, 20, 30, 60) == (20, 70, 60, 90)


def test_a_turn_by_some_degrees_is_undone() -> None:
    turn = Affine(cos(radians(4)), -sin(radians(4)), 30, sin(radians(4)), cos(radians(4)), -12)
    assert turn.angle == pytest.approx(4)
    assert turn.inverse()(*turn(123, 456)) == pytest.approx((123, 456))
    assert turn.after(turn.inverse())(5, 6) == pytest.approx((5, 6))


def hocr(path: Path, *found: Word) -> Path:
    write_hocr([list(found)], 100, 80, path)
    return path


def test_boxes_of_words_are_placed_and_stay_on_the_page(tmp_path: Path) -> None:
    path = hocr(tmp_path / "a.hocr", Word("one", 10, 20, 20, 10, 90), Word("two", 90, 20, 10, 10, 90))
    place_hocr(path, Affine(2, 0, 5, 0, 2, 0), (204, 160))
    assert [(word.x, word.y, word.w, word.h) for word in words(path)] == [(25, 40, 40, 20), (185, 40, 19, 20)]
    assert "bbox 0 0 204 160; ppageno 0" in path.read_text(encoding="utf-8")


def test_what_is_printed_is_never_taken_for_a_box(tmp_path: Path) -> None:
    path = hocr(tmp_path / "a.hocr", Word("title='bbox", 10, 20, 20, 10, 90), Word("bbox 1 2 3 4", 0, 0, 9, 9, 90))
    place_hocr(path, Affine(2, 0, 0, 0, 2, 0), (200, 160))
    assert [word.text for word in words(path)] == ["title='bbox", "bbox 1 2 3 4"]


LINE = """<div class='ocr_page' title='image "x"; bbox 0 0 100 80; ppageno 0; scan_res 150 150'>
<span class='ocr_line' title="bbox 10 20 60 40; baseline 0.02 -5; x_size 18; x_descenders 4; x_ascenders 5"/></div>"""


def test_lines_keep_their_base_and_their_size(tmp_path: Path) -> None:
    path = tmp_path / "a.hocr"
    path.write_text(LINE, encoding="utf-8")
    place_hocr(path, Affine(2, 0, 0, 0, 2, 0), (200, 160))
    assert "bbox 20 40 120 80; baseline 0.020 -10; x_size 36; x_descenders 8; x_ascenders 10" in path.read_text()
    assert "scan_res 300 300" in path.read_text()
    path.write_text(LINE, encoding="utf-8")
    place_hocr(path, QUARTER, (80, 100))
    assert "bbox 20 40 40 90; textangle 90; x_size 18" in path.read_text()


def test_a_layer_that_is_none_is_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"no PDF")
    with pytest.raises(EngineCrashed):
        place_pdf(path, QUARTER, (100, 100), 300, (100, 100))
