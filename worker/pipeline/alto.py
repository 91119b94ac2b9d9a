"""ALTO 4 of a document: blocks, lines and words with boxes in pixels and confidences from 0 to 1, a Page for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, TextIO
from xml.sax.saxutils import escape, quoteattr

from worker.core.document import Document
from worker.pipeline.read import PageReading
from worker.pipeline.words import Row, clean

VERSION = "4.4"
_NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_PICTURES = {"photo": "Illustration", "separator": "GraphicalElement"}
_TAIL = " </Layout>\n</alto>\n"


@contextmanager
def alto(document: Document, engine: Mapping[str, Any], file: TextIO) -> Iterator[Callable[..., None]]:
    """Write the pages that are given one after the other. A hyphen at the end of a line stays in its word, as printed.

    Args:
        document: What was read.
        engine: What read it; see `Toolbox.describe`.
        file: Where to.
    """
    file.write(_head(document, engine))
    yield lambda reading, rows: file.writelines(f"{line}\n" for line in _page(reading, rows))
    file.write(_TAIL)


def _page(reading: PageReading, rows: Sequence[Row]) -> Iterator[str]:
    """A page; one that could not be read is there without blocks."""
    page, number = reading.page, reading.page.number
    size = f'WIDTH="{page.width or 0}" HEIGHT="{page.height or 0}"'
    sure = "" if page.confidence is None else f' PC="{_share(page.confidence)}"'
    missing = ' QUALITY="Missing"' if page.state == "failed" else ""
    step = "taken" if page.source == "text" else "read"
    mark = f'ID="page_{number}" PHYSICAL_IMG_NR="{number}"'
    yield f'  <Page {mark} {size}{sure}{missing} PROCESSINGREFS="{step}">'
    yield f'   <PrintSpace HPOS="0" VPOS="0" {size}>'
    yield from _blocks(rows, number)
    yield "   </PrintSpace>"
    yield "  </Page>"


def _head(document: Document, engine: Mapping[str, Any]) -> str:
    name, version = str(engine.get("engine", "")), str(engine.get("version", ""))
    settings = "; ".join(f"{key}={value}" for key, value in dict(engine.get("variables") or {}).items())
    models = ", ".join(dict(engine.get("model") or {}))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<alto xmlns="{_NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" SCHEMAVERSION="{VERSION}"'
        f' xsi:schemaLocation="{_NAMESPACE} https://www.loc.gov/standards/alto/v4/alto-4-4.xsd">\n'
        " <Description>\n"
        "  <MeasurementUnit>pixel</MeasurementUnit>\n"
        f"  <sourceImageInformation><fileName>{_text(document.name)}</fileName></sourceImageInformation>\n"
        + _step("read", "contentGeneration", f"recognition: {models}", settings, name, version)
        + _step("taken", "other", "text that the page had already", "", "PDFium", "")
        + " </Description>\n <Layout>\n"
    )


def _step(mark: str, category: str, what: str, settings: str, software: str, version: str) -> str:
    set_to = f"   <processingStepSettings>{_text(settings)}</processingStepSettings>\n" if settings else ""
    of_version = f"<softwareVersion>{_text(version)}</softwareVersion>" if version else ""
    return (
        f'  <Processing ID="{mark}">\n'
        f"   <processingCategory>{category}</processingCategory>\n"
        f"   <processingStepDescription>{_text(what)}</processingStepDescription>\n{set_to}"
        f"   <processingSoftware><softwareName>{_text(software)}</softwareName>{of_version}</processingSoftware>\n"
        "  </Processing>\n"
    )


def _blocks(rows: Sequence[Row], page: int) -> Iterator[str]:
    """A paragraph is a TextBlock, in the order in which it is read; so blocks need no blocks around them."""
    blocks = lines = 0
    for rows_of_one in _paragraphs(rows):
        first = rows_of_one[0]
        if first.picture in _PICTURES:
            blocks += 1
            yield f'    <{_PICTURES[first.picture]} ID="block_{page}_{blocks}" {_box(first)}/>'
            continue
        found = list(_lines(rows_of_one))
        if not found:
            continue
        blocks += 1
        direction = ' BASEDIRECTION="rtl"' if first.leftwards else ""
        yield f'    <TextBlock ID="block_{page}_{blocks}" {_box(first)}{direction}>'
        for line, words in found:
            lines += 1
            yield f'     <TextLine ID="line_{page}_{lines}" {_box(line)}>'
            yield from _words(words, first.leftwards)
            yield "     </TextLine>"
        yield "    </TextBlock>"


def _paragraphs(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """A picture, a rule, or a paragraph with what is in it."""
    one: list[Row] = []
    for row in rows:
        if row.level == 3 or row.picture in _PICTURES:
            if one:
                yield one
            one = [row]
        elif row.level > 3 and one:
            one.append(row)
    if one:
        yield one


def _lines(rows: Sequence[Row]) -> Iterator[tuple[Row, list[Row]]]:
    line: Row | None = None
    words: list[Row] = []
    for row in rows:
        if row.level == 4:
            if line is not None and words:
                yield line, words
            line, words = row, []
        elif row.level == 5:
            words.append(row)
    if line is not None and words:
        yield line, words


def _words(words: Sequence[Row], leftwards: bool) -> Iterator[str]:
    """Words in the order in which they are read, the spaces between them where they are seen."""
    yield _string(words[0])
    for before, word in pairwise(words):
        left, right = (word, before) if leftwards else (before, word)
        start = left.x + left.w
        space = f'HPOS="{start}" VPOS="{word.y}" WIDTH="{max(right.x - start, 0)}"'
        yield f"      <SP {space}/>"
        yield _string(word)


def _string(word: Row) -> str:
    return f'      <String {_box(word)} WC="{_share(word.conf)}" CONTENT={quoteattr(clean(word.text))}/>'


def _box(row: Row) -> str:
    return f'HPOS="{row.x}" VPOS="{row.y}" WIDTH="{row.w}" HEIGHT="{row.h}"'


def _share(confidence: float) -> str:
    return f"{min(max(confidence / 100, 0.0), 1.0):.4g}"


def _text(text: str) -> str:
    return escape(clean(text))
