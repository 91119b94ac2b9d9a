"""Pages to the outputs of a document: text, PDF, hOCR, ALTO, TSV, JSON, Markdown; one page in memory at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from itertools import chain, product, repeat
from pathlib import Path
from typing import Any, TextIO

from worker.core.document import Document, Limits
from worker.core.jobs import Options
from worker.pipeline.alto import alto
from worker.pipeline.markdown import markdown
from worker.pipeline.read import PageReading
from worker.pipeline.safe_pdf import Tell
from worker.pipeline.textlayer import lay_over
from worker.pipeline.words import HOCR_HEAD, HOCR_TAIL, Row, clean, words_of

JSON_VERSION = 1
_TSV_HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
_BODY = re.compile(r"<div class='ocr_page'.*</div>", re.DOTALL)
_ID = re.compile(r" id='([a-z]+)_\d+")
_IMAGE = re.compile(r"image \"[^\"]*\"")
_NUMBER = re.compile(r"ppageno \d+")
_Write = Callable[[PageReading, Sequence[Row]], None]  # a page, and its rows
_Maker = Callable[[TextIO], AbstractContextManager[_Write]]


def assemble(
    document: Document,
    readings: Sequence[PageReading],
    formats: Sequence[str],
    folder: Path,
    *,
    engine: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
    options: Options | None = None,
    tell: Tell = lambda _sentence: None,
) -> dict[str, Path]:
    """Write the formats that are asked for into the folder: format → file. Pages stand in the order of `readings`.

    Args:
        document: What was read.
        readings: Its pages.
        formats: Which outputs.
        folder: Where to.
        engine: What read them, for the record.
        limits: Of pictures that are rewritten.
        options: What the searchable PDF is to be besides.
        tell: Hears what a user should know of the searchable PDF.

    Raises:
        CorruptFile: the searchable PDF cannot be made out of the original.
    """
    made = {kind: folder / f"result.{kind}" for kind in formats}
    _write_pages(document, readings, made, engine or {})
    if "pdf" in made:
        layers = {reading.page.number: reading.files["pdf"] for reading in readings if "pdf" in reading.files}
        dropped = [reading.page.number for reading in readings if reading.page.drops_text]
        lay_over(document, layers, dropped, folder, made["pdf"], limits or Limits(), options=options, tell=tell)
    return made


def _write_pages(
    document: Document, readings: Sequence[PageReading], made: Mapping[str, Path], engine: Mapping[str, Any]
) -> None:
    """All outputs that are written page after page, at the same time: a page's words are looked up once."""
    makers: dict[str, _Maker] = {
        "txt": _txt,
        "hocr": _hocr,
        "alto": partial(alto, document, engine),
        "tsv": _tsv,
        "json": partial(_json, document, engine),
        "md": markdown,
    }
    with ExitStack() as stack:
        writers = {
            kind: stack.enter_context(makers[kind](stack.enter_context(path.open("w", encoding="utf-8"))))
            for kind, path in made.items()
            if kind in makers
        }
        if not set(writers) - {"txt"}:  # which needs no word's place
            for reading, write in product(readings, writers.values()):
                write(reading, ())
            return
        for reading in readings:
            with reading.opened() as opened:
                found = opened.rows
                for write in writers.values():
                    write(opened, found)


@contextmanager
def _txt(file: TextIO) -> Iterator[_Write]:
    """A form feed stands between pages."""
    between = chain([""], repeat("\f"))

    def write(reading: PageReading, _found: Sequence[Row]) -> None:
        file.write(next(between) + (f"{reading.page.text}\n" if reading.page.text else ""))

    yield write


@contextmanager
def _hocr(file: TextIO) -> Iterator[_Write]:
    file.write(HOCR_HEAD)
    yield lambda reading, _found: print("  " + _hocr_page(reading), file=file)
    file.write(HOCR_TAIL.lstrip("\n"))


def _hocr_page(reading: PageReading) -> str:
    """A page's hOCR with ids of its own in the document, and no path of this machine."""
    number = reading.page.number
    found = _BODY.search(reading.files["hocr"].read_text(encoding="utf-8")) if "hocr" in reading.files else None
    if found is None:
        return f"<div class='ocr_page' id='page_{number}' title='image \"\"; bbox 0 0 0 0; ppageno {number - 1}'></div>"
    body = _ID.sub(f" id='\\g<1>_{number}", clean(found[0]))
    return _NUMBER.sub(f"ppageno {number - 1}", _IMAGE.sub('image ""', body), count=1)


@contextmanager
def _tsv(file: TextIO) -> Iterator[_Write]:
    file.write(_TSV_HEAD)

    def write(reading: PageReading, found: Sequence[Row]) -> None:
        for level, block, paragraph, line, word, x, y, w, h, conf, text, *_ in found:
            numbers = f"{level}\t{reading.page.number}\t{block}\t{paragraph}\t{line}\t{word}\t{x}\t{y}\t{w}\t{h}"
            file.write(f"{numbers}\t{conf:g}\t{' '.join(text.split())}\n")

    yield write


@contextmanager
def _json(document: Document, engine: Mapping[str, Any], file: TextIO) -> Iterator[_Write]:
    head = {"version": JSON_VERSION, "source": document.name, "engine": dict(engine)}
    file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "pages": [')
    between = chain(["\n"], repeat(",\n"))

    def write(reading: PageReading, found: Sequence[Row]) -> None:
        file.write(next(between) + json.dumps(_page(reading, found), ensure_ascii=False))

    yield write
    file.write("\n]}\n")


def _page(reading: PageReading, found: Sequence[Row]) -> dict[str, Any]:
    page = reading.page
    return {
        "number": page.number,
        "state": page.state,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "confidence": page.confidence,
        "source": page.source,
        "error": page.error,
        "words": [word._asdict() for word in words_of(found)],
    }
