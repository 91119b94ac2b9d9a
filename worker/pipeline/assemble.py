"""Pages to the outputs of a document: text, searchable PDF, hOCR, TSV, JSON; one page in memory at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from worker.core.document import Document, Limits
from worker.pipeline.read import PageReading
from worker.pipeline.textlayer import lay_over
from worker.pipeline.words import HOCR_HEAD, HOCR_TAIL, Row, Word, clean, rows

JSON_VERSION = 1
_TSV_HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
_BODY = re.compile(r"<div class='ocr_page'.*</div>", re.DOTALL)
_ID = re.compile(r"\bid='([a-z]+)_\d+")
_IMAGE = re.compile(r"image \"[^\"]*\"")
_NUMBER = re.compile(r"\bppageno \d+")
_Writer = Callable[[Sequence[PageReading], Path], None]


def assemble(
    document: Document,
    readings: Sequence[PageReading],
    formats: Sequence[str],
    folder: Path,
    *,
    engine: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
) -> dict[str, Path]:
    """Write the formats that are asked for into the folder: format → file. Pages stand in the order of `readings`.

    Raises:
        CorruptFile: the searchable PDF cannot be made out of the original.
    """
    made: dict[str, Path] = {}
    writers: dict[str, _Writer] = {"txt": _write_txt, "hocr": _write_hocr, "tsv": _write_tsv}
    for kind in formats:
        target = folder / f"result.{kind}"
        if kind == "pdf":
            _write_pdf(document, readings, folder, target, limits or Limits())
        elif kind == "json":
            _write_json(document, readings, target, engine or {})
        else:
            writers[kind](readings, target)
        made[kind] = target
    return made


def _write_pdf(document: Document, readings: Sequence[PageReading], folder: Path, target: Path, limits: Limits) -> None:
    layers = {reading.page.number: reading.files["pdf"] for reading in readings if "pdf" in reading.files}
    dropped = [reading.page.number for reading in readings if reading.page.drops_text]
    lay_over(document, layers, dropped, folder, target, limits)


def _write_txt(readings: Sequence[PageReading], target: Path) -> None:
    """A form feed stands between pages."""
    with target.open("w", encoding="utf-8") as file:
        for index, reading in enumerate(readings):
            file.write("\f" if index else "")
            text = reading.files["txt"].read_text(encoding="utf-8") if "txt" in reading.files else ""
            file.write(f"{text}\n" if text else "")


def _write_hocr(readings: Sequence[PageReading], target: Path) -> None:
    with target.open("w", encoding="utf-8") as file:
        file.write(HOCR_HEAD)
        for reading in readings:
            file.write("  " + _hocr_page(reading) + "\n")
        file.write(HOCR_TAIL.lstrip("\n"))


def _hocr_page(reading: PageReading) -> str:
    """A page's hOCR with ids of its own in the document, and no path of this machine."""
    number = reading.page.number
    found = _BODY.search(reading.files["hocr"].read_text(encoding="utf-8")) if "hocr" in reading.files else None
    if found is None:
        return f"<div class='ocr_page' id='page_{number}' title='image \"\"; bbox 0 0 0 0; ppageno {number - 1}'></div>"
    body = _ID.sub(lambda match: f"id='{match[1]}_{number}", clean(found[0]))
    return _NUMBER.sub(f"ppageno {number - 1}", _IMAGE.sub('image ""', body), count=1)


def _write_tsv(readings: Sequence[PageReading], target: Path) -> None:
    with target.open("w", encoding="utf-8") as file:
        file.write(_TSV_HEAD)
        for reading in readings:
            for row in _rows(reading):
                numbers = (row.level, reading.page.number, row.block, row.paragraph, row.line, row.word)
                box = (row.x, row.y, row.w, row.h)
                file.write("\t".join((*map(str, (*numbers, *box)), f"{row.conf:g}", " ".join(row.text.split()))) + "\n")


def _rows(reading: PageReading) -> Iterator[Row]:
    if "hocr" in reading.files:
        yield from rows(reading.files["hocr"])
    else:
        yield Row(1, 0, 0, 0, 0, 0, 0, reading.page.width or 0, reading.page.height or 0, -1)


def _write_json(document: Document, readings: Sequence[PageReading], target: Path, engine: Mapping[str, Any]) -> None:
    head = {"version": JSON_VERSION, "source": document.name, "engine": dict(engine)}
    with target.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "pages": [')
        for index, reading in enumerate(readings):
            file.write(",\n" if index else "\n")
            json.dump(_page(reading), file, ensure_ascii=False)
        file.write("\n]}\n")


def _page(reading: PageReading) -> dict[str, Any]:
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
        "words": [_word(word) for word in reading.words],
    }


def _word(word: Word) -> dict[str, Any]:
    return {name: getattr(word, name) for name in ("text", "x", "y", "w", "h", "conf", "block", "line")}
