"""A stroke that stands on its line is a letter, in all that is made of a page; one that reaches deeper is none."""

from __future__ import annotations

import re
from html import escape, unescape
from pathlib import Path

import pikepdf
import pytest

from worker.core.errors import EngineCrashed
from worker.pipeline.strokes import right_strokes

LINE = "<span class='ocr_line' id='line_1_1' title=\"bbox 100 50 900 100; baseline {slope} -10; x_size 49; {rest}\">\n"
REST = "x_descenders 10.5; x_ascenders 10.5"
WORDS = (
    ("before", 90),
    ("|", 91),
    ("was", 90),
    ("|’m", 90),
    ("|'ll", 90),
    ("a", 90),
    ("|", 99),
    ("b|c", 90),
)  # and their bottoms
TEXT = "before | was |’m |'ll a | b|c\n"
RIGHTED = "before I was I’m I'll a | b|c\n"


def page(folder: Path, *, words: tuple[tuple[str, int], ...] = WORDS, text: str = TEXT, slope: float = 0) -> Path:
    """What an engine writes of one line, in three files."""
    written = [(escape(word).replace("&#x27;", "&#39;"), bottom) for word, bottom in words]
    spans = [
        f"<span class='ocrx_word' title='bbox {100 * place} 53 {100 * place + 50} {bottom}; x_wconf 92'>{word}</span>\n"
        for place, (word, bottom) in enumerate(written, 1)
    ]
    (folder / "page.hocr").write_text(LINE.format(slope=slope, rest=REST) + "".join(spans), "utf-8")
    (folder / "page.txt").write_text(text, "utf-8")
    with pikepdf.new() as pdf:
        shown = "".join(f"[ <{word.encode('utf-16-be').hex().upper()}0020> ] TJ 9 0 Td " for word, _ in words)
        pdf.add_blank_page().obj.Contents = pdf.make_stream(f"BT {shown}ET".encode())
        pdf.save(folder / "page.pdf")
    return folder / "page"


def all_of(base: Path) -> list[list[str]]:
    """The words of all three."""
    hocr = re.findall(r"ocrx_word.*?>(.*?)<", unescape(base.with_name("page.hocr").read_text("utf-8")))
    with pikepdf.open(base.with_name("page.pdf")) as pdf:
        shown = re.findall(rb"<(\w+)>", pdf.pages[0].obj.Contents.read_bytes())
    layer = bytes.fromhex(b"".join(shown).decode()).decode("utf-16-be")
    return [base.with_name("page.txt").read_text("utf-8").split(), hocr, layer.split()]


def test_what_stands_on_the_line_is_a_letter_in_text_hocr_and_pdf(tmp_path: Path) -> None:
    base = page(tmp_path)
    right_strokes(base, "deu+eng")
    assert all_of(base) == [RIGHTED.split()] * 3


def test_the_line_may_rise(tmp_path: Path) -> None:
    base = page(tmp_path, words=(("so", 90), ("|", 92)), text="so |", slope=-0.03)
    right_strokes(base, "eng")
    assert all_of(base)[0] == ["so", "|"], "it reaches below the line, which has risen there"
    base = page(tmp_path, words=(("so", 90), ("|", 87)), text="so |", slope=-0.03)
    right_strokes(base, "eng")
    assert all_of(base)[0] == ["so", "I"]


@pytest.mark.parametrize(("languages", "text"), [("deu", TEXT), ("eng", "before | was\n"), ("eng", "none of them\n")])
def test_otherwise_all_stays_as_it_is(tmp_path: Path, languages: str, text: str) -> None:
    base = page(tmp_path, text=text)
    before = all_of(base)
    right_strokes(base, languages)
    assert all_of(base) == before


def test_a_text_layer_that_is_none_is_the_engines_fault(tmp_path: Path) -> None:
    base = page(tmp_path)
    (tmp_path / "page.pdf").write_bytes(b"no PDF")
    with pytest.raises(EngineCrashed):
        right_strokes(base, "eng")
