"""Read one page: look at it, take the text that it has or have an engine read it, and leave its files on disk."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from worker.core.document import POINTS_PER_INCH, Document
from worker.core.errors import OcrConsoleError
from worker.core.jobs import Options, Page
from worker.core.page_content import PageContent, page_content
from worker.pipeline.rasterize import page_image, pgm_size, tools_source
from worker.pipeline.recognize import check_languages, recognize
from worker.pipeline.words import Word, clean, mean_confidence, words, write_hocr
from worker.tools.pdfium_text import BoxedWord, text_lines
from worker.tools.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class PageReading:
    """What came of a page: the row's data, and its files: `txt`, `hocr`, and `pdf` where an engine read it."""

    page: Page
    files: Mapping[str, Path] = field(default_factory=dict)

    @property
    def words(self) -> list[Word]:
        """Its words with boxes, from disk: a document's words never lie in memory all at once."""
        return list(words(self.files["hocr"])) if "hocr" in self.files else []

    def stored(self, *, hocr_key: str | None, pdf_key: str | None) -> PageReading:
        """The same with the keys of what was stored of it."""
        return replace(self, page=replace(self.page, hocr_key=hocr_key, pdf_key=pdf_key))


def read_page(document: Document, number: int, options: Options, work: Path, toolbox: Toolbox) -> PageReading:
    """Read page `number` (1-based) in a work folder of the document's own.

    Raises:
        DocumentError, EngineError: this page cannot be read; the others may. See `failed_page`.
    """
    started = time.perf_counter()
    check_languages(options.languages, toolbox)
    content = _content(document, number, work, toolbox)
    base = work / f"page-{number}"
    if content.must_be_read(options.mode):
        text, layout, size, dpi = _by_engine(document, number, options, base, toolbox)
    else:
        text, layout, size, dpi = _as_it_is(document, number, options, base, toolbox)
    read = content.must_be_read(options.mode)
    files = {kind: base.with_name(f"{base.name}.{kind}") for kind in ("txt", "hocr", *(("pdf",) if read else ()))}
    page = Page(
        number,
        state="done" if layout else "blank",
        source="ocr" if read else "text",
        confidence=mean_confidence(layout),
        words=len(layout),
        chars=len(text),
        text=text,
        width=size[0],
        height=size[1],
        seconds=round(time.perf_counter() - started, 3),
        dpi=dpi or None,
        drops_text=read and content.invisible > 0,
    )
    return PageReading(page, files)


def failed_page(number: int, error: OcrConsoleError, seconds: float | None = None) -> PageReading:
    """A page that could not be read, so that the others can be delivered: an image without text."""
    page = Page(number, "failed", error_class=error.error_class, error=error.sentence, seconds=seconds)
    return PageReading(page)


def _content(document: Document, number: int, work: Path, toolbox: Toolbox) -> PageContent:
    if document.kind == "image":
        return PageContent(pictures=1.0, objects=1)
    with toolbox.pdfium.page(tools_source(document, work), number) as page:
        return page_content(page)


_Result = tuple[str, list[Word], tuple[int, int], int]


def _by_engine(document: Document, number: int, options: Options, base: Path, toolbox: Toolbox) -> _Result:
    image = page_image(document, number, options.dpi, base.parent, toolbox)
    try:
        size = pgm_size(image.path)
        layout = recognize(image, options.languages, base, toolbox)
    finally:
        image.path.unlink(missing_ok=True)
    path = base.with_name(f"{base.name}.txt")
    text = clean(path.read_text(encoding="utf-8")).strip() if layout else ""
    path.write_text(text, encoding="utf-8")
    return text, layout, size, image.dpi


def _as_it_is(document: Document, number: int, options: Options, base: Path, toolbox: Toolbox) -> _Result:
    info = document.pages[number - 1]
    dpi = toolbox.limits.dpi(info.width, info.height, options.dpi)
    size = (max(round(info.width * dpi / POINTS_PER_INCH), 1), max(round(info.height * dpi / POINTS_PER_INCH), 1))
    with toolbox.pdfium.page(tools_source(document, base.parent), number) as page:
        lines = [_line(line, index) for index, line in enumerate(text_lines(page, *size), 1)]
    text = "\n".join(" ".join(word.text for word in line) for line in lines)
    base.with_name(f"{base.name}.txt").write_text(text, encoding="utf-8")
    write_hocr(lines, *size, base.with_name(f"{base.name}.hocr"))
    return text, [word for line in lines for word in line], size, round(dpi)


def _line(line: list[BoxedWord], index: int) -> list[Word]:
    return [
        Word(clean(text), left, top, right - left, bottom - top, conf=100.0, line=index)
        for text, (left, top, right, bottom) in line
        if clean(text)
    ]
