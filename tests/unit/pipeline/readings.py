"""Pages as an engine leaves them, written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from worker.core.jobs import Page
from worker.pipeline.read import PageReading

WIDTH, HEIGHT, DPI = 2480, 3508, 300
SIZE = 50  # pixels of letters, where nothing else is said: 12 points


@dataclass(frozen=True)
class Printed:
    """A line as it is printed: words 20 pixels for each letter, 20 between them."""

    text: str
    x: int = 200
    y: int = 200
    size: int = SIZE


def paragraph(*texts: str, x: int = 200, y: int = 200, size: int = SIZE) -> list[Printed]:
    """Lines close under each other."""
    return [Printed(text, x, y + index * round(size * 1.2), size) for index, text in enumerate(texts)]


def reading(
    folder: Path, number: int, paragraphs: Sequence[Sequence[Printed]], *, direction: str = "", state: str = "done"
) -> PageReading:
    """A page with these paragraphs, each a block; from the right to the left in the direction rtl."""
    body = "\n".join(_paragraph(lines, index, direction) for index, lines in enumerate(paragraphs, 1))
    page = (
        f"<div class='ocr_page' id='page_1' title='image \"/x.pgm\"; bbox 0 0 {WIDTH} {HEIGHT}; ppageno 0'>{body}</div>"
    )
    hocr = folder / f"page-{number}.hocr"
    hocr.write_text(f"<html><body>\n{page}\n</body></html>", encoding="utf-8")
    text = "\n\n".join("\n".join(line.text for line in lines) for lines in paragraphs)
    row = Page(number, state, text=text, width=WIDTH, height=HEIGHT, dpi=DPI, confidence=90.5)
    return PageReading(row, {"hocr": hocr})


def _paragraph(lines: Sequence[Printed], number: int, direction: str) -> str:
    written = f" dir='{direction}'" if direction else ""
    inside = "\n".join(_line(line, direction) for line in lines)
    box = "title='bbox 100 100 2300 3000'"
    return (
        f"<div class='ocr_carea' id='block_1_{number}' {box}>"
        f"<p class='ocr_par'{written} id='par_1_{number}' {box}>{inside}</p></div>"
    )


def _line(line: Printed, direction: str) -> str:
    words, x, spans = line.text.split(), line.x, []
    for word in words:
        width = 20 * len(word)
        left = WIDTH - x - width if direction == "rtl" else x
        title = f"bbox {left} {line.y} {left + width} {line.y + line.size}; x_wconf 91"
        spans.append(f"<span class='ocrx_word' id='word_1_1' title='{title}'>{escape(word)}</span>")
        x += width + 20
    left, right = (WIDTH - x + 20, WIDTH - line.x) if direction == "rtl" else (line.x, x - 20)
    title = f"bbox {left} {line.y} {right} {line.y + line.size}; baseline 0 -9; x_size {line.size}"
    return f"<span class='ocr_line' id='line_1_1' title='{title}'>{''.join(spans)}</span>"
