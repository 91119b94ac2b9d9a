"""Words with boxes: out of the hOCR that an engine wrote, or out of a page that had its text already."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from operator import add
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from worker.core.errors import EngineCrashed

_BOX = re.compile(r"\bbbox (-?\d+) (-?\d+) (-?\d+) (-?\d+)")
_CONFIDENCE = re.compile(r"\bx_wconf (-?\d+(?:\.\d+)?)")
_SIZE = re.compile(r"\bx_size (\d+(?:\.\d+)?)")
_LEVELS = {"ocr_page": 1, "ocr_carea": 2, "ocr_photo": 2, "ocr_separator": 2, "ocr_par": 3, "ocrx_word": 5}
_PICTURES = {"ocr_photo": "photo", "ocr_separator": "separator"}
_ZEROS = (0, 0, 0, 0, 0)
_WORD_LEVEL = 5
_LINE_LEVEL = 4  # ocr_line, ocr_header, ocr_caption, ocr_textfloat
# XML knows none of these; and neither does a database's text.
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Word(NamedTuple):
    """A word where it stands; pixels of the page's image, from its upper left corner."""

    text: str
    x: int
    y: int
    w: int
    h: int
    conf: float  # 0 to 100
    block: int = 1  # 1-based, on the page
    line: int = 1  # 1-based, in the block


class Row(NamedTuple):
    """A line of tesseract's TSV: a page, block, paragraph, line or word."""

    level: int
    block: int
    paragraph: int
    line: int
    word: int
    x: int
    y: int
    w: int
    h: int
    conf: float
    text: str = ""
    picture: str = ""  # of a block without text: photo, separator
    size: float = 0.0  # of a line: pixels from the lowest to the highest letters that there are; 0 where unknown
    leftwards: bool = False  # of a paragraph: it is written from right to left


def clean(text: str) -> str:
    """Text without what no database and no XML takes."""
    return text if text.isprintable() else _NOT_TEXT.sub("", text)


def rows(hocr: Path) -> Iterator[Row]:
    """Page, blocks, paragraphs, lines and words in reading order; words that are blank are left out.

    Raises:
        EngineCrashed: what the engine wrote is not hOCR.
    """
    numbers = [0, 0, 0, 0, 0]
    for level, box, element in _elements(hocr):
        conf, text, size = -1.0, "", 0.0
        if level == _WORD_LEVEL:
            text = "".join(element.itertext()).strip()
            if not text:
                continue
            found = _CONFIDENCE.search(element.get("title", ""))
            conf, text = float(found[1]) if found else 0.0, clean(text)
        elif level == _LINE_LEVEL:
            found = _SIZE.search(element.get("title", ""))
            size = float(found[1]) if found else 0.0
        numbers[level - 1] += 1
        numbers[level:] = _ZEROS[level:]
        left, top, right, bottom = map(int, box)
        _, block, paragraph, line, word = numbers
        picture, leftwards = _PICTURES.get(element.get("class", ""), ""), element.get("dir") == "rtl"
        place = (left, top, right - left, bottom - top)
        yield Row(level, block, paragraph, line, word, *place, conf, text, picture, size, leftwards and level == 3)


def words(hocr: Path) -> Iterator[Word]:
    """The words of a page."""
    return words_of(rows(hocr))


def words_of(found: Iterable[Row]) -> Iterator[Word]:
    """The words among a page's rows."""
    block = line = 0
    for row in found:
        if row.level == 2:
            block, line = row.block, 0
        elif row.level == _LINE_LEVEL:
            line += 1
        elif row.level == _WORD_LEVEL:
            yield Word(row.text, row.x, row.y, row.w, row.h, row.conf, block, line)


def rows_of(lines: Sequence[Sequence[Word]], width: int, height: int) -> Iterator[Row]:
    """The rows of a page of one block, as they are read from the hOCR that `write_hocr` writes of it."""
    yield Row(1, 0, 0, 0, 0, 0, 0, width, height, -1)
    if not lines:
        return
    box = _extent([word for line in lines for word in line])
    yield Row(2, 1, 0, 0, 0, *box, -1)
    yield Row(3, 1, 1, 0, 0, *box, -1)
    for index, line in enumerate(lines, 1):
        yield Row(_LINE_LEVEL, 1, 1, index, 0, *_extent(line), -1)
        for number, (text, x, y, w, h, conf, *_) in enumerate(line, 1):
            yield Row(_WORD_LEVEL, 1, 1, index, number, x, y, w, h, conf, text)


def mean_confidence(found: Iterable[Word]) -> float | None:
    """The mean over words, None without one."""
    confidences = [word.conf for word in found]
    return round(sum(confidences) / len(confidences), 2) if confidences else None


def write_hocr(lines: Sequence[Sequence[Word]], width: int, height: int, path: Path) -> None:
    """Write one page of hOCR, in the shape that tesseract writes, for words that no engine read."""
    body = [f"  <div class='ocr_page' id='page_1' title='image \"\"; bbox 0 0 {width} {height}; ppageno 0'>"]
    if lines:
        box = _around([word for line in lines for word in line])
        body.append(f"   <div class='ocr_carea' id='block_1_1' title='{box}'>")
        body.append(f"    <p class='ocr_par' id='par_1_1' title='{box}'>")
        body.extend(_hocr_lines(lines))
        body.extend(("    </p>", "   </div>"))
    body.append("  </div>")
    path.write_text(HOCR_HEAD + "\n".join(body) + HOCR_TAIL, encoding="utf-8")


HOCR_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title></title>
  <meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
  <meta name='ocr-system' content='ocr-console'/>
  <meta name='ocr-capabilities' content='ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf'/>
 </head>
 <body>
"""
HOCR_TAIL = "\n </body>\n</html>\n"


def _hocr_lines(lines: Sequence[Sequence[Word]]) -> Iterator[str]:
    number = 0
    for index, line in enumerate(lines, 1):
        yield f"     <span class='ocr_line' id='line_1_{index}' title='{_around(line)}'>"
        for text, x, y, w, h, conf, *_ in line:
            number += 1
            title = f"bbox {x} {y} {x + w} {y + h}; x_wconf {conf:.0f}"
            yield f"      <span class='ocrx_word' id='word_1_{number}' title='{title}'>{escape(clean(text))}</span>"
        yield "     </span>"


def _around(found: Sequence[Word]) -> str:
    x, y, w, h = _extent(found)
    return f"bbox {x} {y} {x + w} {y + h}"


def _extent(found: Sequence[Word]) -> tuple[int, int, int, int]:
    _, xs, ys, ws, hs, *_ = zip(*found, strict=True)
    left, top = min(xs), min(ys)
    return left, top, max(map(add, xs, ws)) - left, max(map(add, ys, hs)) - top


def _elements(hocr: Path) -> Iterator[tuple[int, Sequence[str], ET.Element]]:
    try:
        root = ET.parse(hocr).getroot()  # noqa: S314 - our own engine wrote it, from an image of ours
    except (ET.ParseError, UnicodeDecodeError, OSError) as problem:
        raise EngineCrashed("The engine's output cannot be understood.") from problem
    for element in root.iter():
        kind = element.get("class", "")
        box = _BOX.search(element.get("title", ""))
        if not kind.startswith("ocr") or box is None:
            continue
        yield _LEVELS.get(kind, _LINE_LEVEL), box.groups(), element
