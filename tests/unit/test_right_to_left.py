"""Text that runs from the right is given in the order in which it is read, however a PDF has written it down."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name

from worker.core.bidi import reading_order, with_brackets
from worker.core.page_content import page_content
from worker.tools.pdfium_text import text_lines

# As it is seen, from the left → as it is read.
LINES = {
    "םלוע םולש": "שלום עולם",
    "ןאכ 42 רפסמ": "מספר 42 כאן",
    "חקש 12.50 ריחמ": "מחיר 12.50 שקח",
    "5-ב יאמב": "במאי ב-5",
    "10:30-12:00 העש": "שעה 10:30-12:00",
    "םוי 1,000.50% דוע": "עוד 1,000.50% יום",
    "שדח (רפס) תיב": "בית (ספר) חדש",
    "םוי (12) ינא": "אני (12) יום",
    "הנשב COVID-19 ןוסיח": "חיסון COVID-19 בשנה",
    "www.example.com רתאב": "באתר www.example.com",
    "םויה The New York Times ןותיע": "עיתון The New York Times היום",
    "םוי (Times) ינא": "אני (Times) יום",
    "The word םלוע םולש here is it": "The word שלום עולם here is it",
    "A word םלוע 12.50 םולש in here": "A word שלום 12.50 עולם in here",
    "ملاعلاب ابحرم": "مرحبا بالعالم",
    "٢٠٢٦ ماع": "عام ٢٠٢٦",
    "plain words (12.5) stay": "plain words (12.5) stay",
}
READ_ANEW = {"www.example.com רתאב"}  # by most letters it is a line from the left that ends with a word from the right


def seen(line: str) -> list[tuple[str, int]]:
    """Signs and where they stand, in the order in which they are seen."""
    return [(sign, 100 + 12 * place) for place, sign in enumerate(line)]


def read(line: str) -> list[tuple[str, int]]:
    """The same in the order in which they are read."""
    signs = seen(line)
    order, _ = reading_order([sign for sign, _ in signs])
    return [signs[place] for place in order]


def written(path: Path, line: str, order: Callable[[str], list[tuple[str, int]]]) -> Path:
    """A page with one line, each sign put where it is seen, in this order."""
    codes = {sign: 33 + index for index, sign in enumerate(dict.fromkeys(line))}
    pairs = b"".join(b"<%02x> <%s>\n" % (code, sign.encode("utf-16-be").hex().encode()) for sign, code in codes.items())
    shown = b"".join(b"1 0 0 1 %d 700 Tm <%02x> Tj\n" % (x, codes[sign]) for sign, x in order(line))
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(700, 792))
        cmap = b"begincmap 1 begincodespacerange <00> <ff> endcodespacerange %d beginbfchar\n%sendbfchar endcmap"
        glyph = pdf.make_stream(b"600 0 0 -200 600 800 d1 0 0 500 700 re f")
        font = Dictionary(Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, -200, 600, 800]), FirstChar=33)
        font.FontMatrix, font.LastChar = Array([0.001, 0, 0, 0.001, 0, 0]), 32 + len(codes)
        font.Widths, font.CharProcs = Array([600] * len(codes)), Dictionary(g=glyph)
        font.Encoding = Dictionary(Differences=Array([33, *[Name.g] * len(codes)]))
        font.ToUnicode = pdf.make_stream(cmap % (len(codes), pairs))
        page.obj.Resources = Dictionary(Font=Dictionary(F1=font))
        page.obj.Contents = pdf.make_stream(b"BT /F1 20 Tf\n" + shown + b"ET")
        pdf.save(path)
    return path


@pytest.mark.parametrize("order", [seen, read])
@pytest.mark.parametrize("line", LINES)
def test_a_page_with_text_of_its_own(tmp_path: Path, line: str, order: Callable[[str], list[tuple[str, int]]]) -> None:
    path = written(tmp_path / "a.pdf", line, order)
    with closing(pypdfium2.PdfDocument(path)) as pdf, closing(pdf[0]) as page:
        text = page_content(page).text
        (words,) = text_lines(page, 700, 792)
    assert text == LINES[line] or line in READ_ANEW
    assert " ".join(word for word, _ in words) == text
    places = {word: box[0] for word, box in words}
    for word in line.split():
        whole = next((one for one in places if sorted(one) == sorted(word)), None)
        assert whole is not None
        assert places[whole] == pytest.approx(100 + 12 * line.index(word), abs=2), "each word has its own place"


def test_the_layer_of_an_engine_is_in_the_order_of_reading(tmp_path: Path) -> None:
    """It writes each word mirrored from its right end: its signs stand as they are read, those of numbers too."""
    path = written(tmp_path / "a.pdf", "ספר 42 ב-5", seen)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        content = pdf.pages[0].Contents.read_bytes()
        turned = re.sub(rb"1 0 0 1 (\d+)", lambda found: b"-1 0 0 1 %d" % (800 - int(found[1])), content)
        pdf.pages[0].obj.Contents = pdf.make_stream(turned)
        pdf.save(path)
    with closing(pypdfium2.PdfDocument(path)) as opened, closing(opened[0]) as page:
        assert page_content(page).text == "ספר 42 ב-5"


@pytest.mark.parametrize(
    ("text", "whole"),
    [(")a( b", "(a) b"), ("(a) b", "(a) b"), ("1) b", "1) b"), ("]a[ )b(", "[a] (b)"), ("a", "a"), ("»a«", "«a»")],
)
def test_brackets_open_before_they_close(text: str, whole: str) -> None:
    assert with_brackets(text) == whole
