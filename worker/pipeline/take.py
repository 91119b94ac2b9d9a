"""A page of a PDF that has good text: the text is taken as it is, and its words' places are asked for when needed."""

from __future__ import annotations

import time
from pathlib import Path

from worker.core.document import POINTS_PER_INCH, Document
from worker.core.jobs import Options, Page
from worker.core.page_content import PageContent, left_out
from worker.pipeline.rasterize import tools_source
from worker.pipeline.words import Row, Word, clean, rows_of, write_hocr
from worker.tools.pdfium_text import BoxedWord, text_lines
from worker.tools.toolbox import Toolbox

TAKEN_CONFIDENCE = 100.0


def take_text(
    document: Document, number: int, content: PageContent, options: Options, toolbox: Toolbox, *, since: float
) -> Page:
    """The page's row, out of what was seen when it was looked at: nothing is opened or drawn.

    `since`: when that began, by the performance counter.
    """
    lines = [" ".join(clean(line).split()) for line in content.text.split("\n")]
    text = "\n".join(line for line in lines if line)
    words = len(text.split())
    info = document.pages[number - 1]
    dpi = toolbox.limits.dpi(info.width, info.height, options.dpi)
    return Page(
        number,
        state="done" if words else "blank",
        source="text",
        confidence=TAKEN_CONFIDENCE if words else None,
        words=words,
        chars=len(text),
        text=text,
        width=max(round(info.width * dpi / POINTS_PER_INCH), 1),
        height=max(round(info.height * dpi / POINTS_PER_INCH), 1),
        seconds=round(time.perf_counter() - since, 3),
        dpi=round(dpi) or None,
    )


def taken_layout(document: Document, page: Page, work: Path, toolbox: Toolbox) -> tuple[Path, list[Row]]:
    """The words of a page that was taken, with their boxes: written as hOCR, and as rows.

    Raises:
        CorruptFile: the page cannot be opened.
    """
    size = (page.width or 1, page.height or 1)
    with toolbox.pdfium.page(tools_source(document, work), page.number) as opened:
        lines = [_line(line, index) for index, line in enumerate(text_lines(opened, *size, left_out(opened)), 1)]
    lines, path = [line for line in lines if line], work / f"page-{page.number}.hocr"
    write_hocr(lines, *size, path)
    return path, list(rows_of(lines, *size))


def _line(line: list[BoxedWord], index: int) -> list[Word]:
    return [
        Word(word, left, top, right - left, bottom - top, TAKEN_CONFIDENCE, 1, index)
        for text, (left, top, right, bottom) in line
        if (word := clean(text))
    ]
