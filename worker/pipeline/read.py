"""Read one page: look at it, take the text that it has or have an engine read it, and leave its files on disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from worker.core.document import Document
from worker.core.errors import OcrConsoleError
from worker.core.jobs import Options, Page
from worker.core.page_content import Decision, PageContent, page_content
from worker.pipeline.alike import image_key
from worker.pipeline.prepare import Prepared, finer_dpi, prepare
from worker.pipeline.rasterize import PageImage, page_image, pgm_size, tools_source
from worker.pipeline.recognize import check_languages, recognize
from worker.pipeline.take import take_text, taken_layout
from worker.pipeline.words import Row, Word, clean, mean_confidence, rows, words_of, write_hocr
from worker.tools.engine import SUFFIXES
from worker.tools.toolbox import Toolbox

Earlier = Callable[[bytes, Path], Page | None]


@dataclass(frozen=True, slots=True)
class PageReading:
    """What came of a page: the row's data, and its files: `txt`, `hocr` and `pdf` where an engine read it.

    Of a page whose text was taken, `layout` makes the hOCR and the rows when they are needed.
    """

    page: Page
    files: Mapping[str, Path] = field(default_factory=dict)
    layout: Callable[[], tuple[Path, list[Row]]] | None = None
    found: list[Row] | None = None

    @contextmanager
    def opened(self) -> Iterator[PageReading]:
        """The same with its hOCR among the files, for as long as the block runs."""
        if self.layout is None:
            yield self
            return
        hocr, found = self.layout()
        try:
            yield replace(self, files={**self.files, "hocr": hocr}, layout=None, found=found)
        finally:
            hocr.unlink(missing_ok=True)

    @property
    def rows(self) -> list[Row]:
        """What is on the page, in reading order, from disk: a document's words never lie in memory all at once."""
        if self.layout is not None:
            with self.opened() as opened:
                return opened.rows
        if self.found is not None:
            return self.found
        if "hocr" in self.files:
            return list(rows(self.files["hocr"]))
        return [Row(1, 0, 0, 0, 0, 0, 0, self.page.width or 0, self.page.height or 0, -1)]

    @property
    def words(self) -> list[Word]:
        """Its words with boxes."""
        return list(words_of(self.rows))

    def stored(self, *, hocr_key: str | None, pdf_key: str | None) -> PageReading:
        """The same with the keys of what was stored of it."""
        return replace(self, page=replace(self.page, hocr_key=hocr_key, pdf_key=pdf_key))


def read_page(
    document: Document,
    number: int,
    options: Options,
    work: Path,
    toolbox: Toolbox,
    earlier: Earlier = lambda _key, _base: None,
) -> PageReading:
    """Read page `number` (1-based) in a work folder of the document's own.

    `earlier` is asked whether its image was read before: if so, it leaves what came of it beside the base.

    Raises:
        DocumentError, EngineError: this page cannot be read; the others may. See `failed_page`.
    """
    started = time.perf_counter()
    check_languages(options.languages, toolbox)
    content = look_at(document, number, work, toolbox)
    if content.decision(options.mode) is Decision.TAKE:
        page = take_text(document, number, content, options, toolbox, since=started)
        return taken(document, page, work, toolbox)
    toolbox.limits.check_picture(document.name, number, content.largest_picture)
    reading = _by_engine(document, number, options, work, toolbox, earlier, scan=content.is_a_scan)
    seconds, drops_text = round(time.perf_counter() - started, 3), content.invisible > 0
    return replace(reading, page=replace(reading.page, seconds=seconds, drops_text=drops_text))


def taken(document: Document, page: Page, work: Path, toolbox: Toolbox) -> PageReading:
    """A page whose text was taken, whoever took it."""
    return PageReading(page, layout=lambda: taken_layout(document, page, work, toolbox))


def failed_page(number: int, error: OcrConsoleError, seconds: float | None = None) -> PageReading:
    """A page that could not be read, so that the others can be delivered: an image without text."""
    page = Page(number, "failed", error_class=error.error_class, error=error.sentence, seconds=seconds)
    return PageReading(page)


def look_at(document: Document, number: int, work: Path, toolbox: Toolbox) -> PageContent:
    """What is on a page.

    Raises:
        CorruptFile: it cannot be opened.
        TooLarge: there is too much on it to be looked at.
    """
    if document.kind == "image":
        return PageContent(pictures=1.0, objects=1)
    toolbox.limits.check_content(document.name, document.pages[number - 1])
    with toolbox.pdfium.page(tools_source(document, work), number) as page:
        return page_content(page)


def _by_engine(
    document: Document, number: int, options: Options, work: Path, toolbox: Toolbox, earlier: Earlier, *, scan: bool
) -> PageReading:
    image = page_image(document, number, options.dpi, work, toolbox, scan=scan)
    base = work / f"page-{number}"
    prepared = None
    try:
        size = pgm_size(image.path)
        key = image_key(image, options, toolbox.engine)
        if known := earlier(key, base):
            return _known(known, number, base)
        prepared = _prepared(image, options, toolbox)
        if finer := finer_dpi(document.pages[number - 1], image, prepared, toolbox.limits):
            prepared.path.unlink(missing_ok=True)
            image = page_image(document, number, finer, work, toolbox, scan=scan)
            size, prepared = pgm_size(image.path), _prepared(image, options, toolbox)
        if prepared.blank:
            return _blank(Page(number, "blank", width=size[0], height=size[1], dpi=image.dpi), base)
        result = recognize(image, prepared, options.languages, base, toolbox)
    finally:
        for path in {image.path, prepared.path if prepared else image.path}:
            path.unlink(missing_ok=True)
    path = base.with_name(f"{base.name}.txt")
    text = clean(path.read_text(encoding="utf-8")).strip() if result.words else ""
    path.write_text(text, encoding="utf-8")
    page = Page(
        number,
        state="done" if result.words else "blank",
        confidence=mean_confidence(result.words),
        words=len(result.words),
        chars=len(text),
        text=text,
        width=size[0],
        height=size[1],
        dpi=image.dpi,
        skew=prepared.skew or None,
        turned=result.turned,
        tried=result.tried,
        gain=result.gain,
        image_key=key if result.complete else None,
    )
    return PageReading(page, {kind: base.with_name(f"{base.name}.{kind}") for kind in SUFFIXES})


def _prepared(image: PageImage, options: Options, toolbox: Toolbox) -> Prepared:
    bound = toolbox.limits.max_pixels
    return prepare(image, deskew=options.deskew, languages=options.languages, max_pixels=bound)


def _known(page: Page, number: int, base: Path) -> PageReading:
    """A page like this, whose layout lies there already."""
    base.with_name(f"{base.name}.txt").write_text(page.text, encoding="utf-8")
    page = replace(page, number=number, reused=True, reading=1, hocr_key=None, pdf_key=None)
    return PageReading(page, {kind: base.with_name(f"{base.name}.{kind}") for kind in SUFFIXES})


def _blank(page: Page, base: Path) -> PageReading:
    """A page on which no engine need look for words."""
    files = {kind: base.with_name(f"{base.name}.{kind}") for kind in ("txt", "hocr")}
    files["txt"].write_text("", encoding="utf-8")
    write_hocr([], page.width or 0, page.height or 0, files["hocr"])
    return PageReading(page, files)
