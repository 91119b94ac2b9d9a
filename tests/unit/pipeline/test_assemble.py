"""One document out of its pages: numbers, ids and breaks are right, and what failed leaves its place."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from tests.unit.documents import drawn, scan_pdf, text_pdf
from tests.unit.pipeline.conftest import Read
from worker.core.errors import EngineCrashed
from worker.core.examine import examine
from worker.core.jobs import FORMATS, Options
from worker.pipeline.assemble import assemble
from worker.pipeline.read import PageReading, failed_page, read_page
from worker.pipeline.words import rows
from worker.tools.toolbox import Toolbox

TEXTS = ("First page here", "Second page here", "Third page here")


@pytest.fixture
def three(tmp_path: Path) -> Path:
    path = tmp_path / "Bürobrief <1>.tif"
    frames = [drawn(text) for text in TEXTS]
    frames[0].save(path, save_all=True, append_images=frames[1:], dpi=(300, 300))
    return path


def tsv(path: Path) -> Iterator[dict[str, str]]:
    head, *lines = path.read_text().splitlines()
    for line in lines:
        yield dict(zip(head.split("\t"), line.split("\t"), strict=True))


def test_all_formats_are_written(read: Read, three: Path) -> None:
    _, outputs = read(three)
    assert tuple(outputs) == FORMATS
    assert all(path.stat().st_size for path in outputs.values())


def test_only_what_is_asked_for_is_written(toolbox: Toolbox, three: Path, work: Path) -> None:
    document = examine(three)
    reading = read_page(document, 1, Options(), work, toolbox)
    assert list(assemble(document, [reading], ("txt", "json"), work)) == ["txt", "json"]
    assert not (work / "result.pdf").exists()


def test_a_form_feed_stands_between_pages(read: Read, three: Path) -> None:
    _, outputs = read(three)
    assert outputs["txt"].read_text() == "First page here\n\fSecond page here\n\fThird page here\n"


def test_hocr_is_one_valid_document(read: Read, three: Path) -> None:
    _, outputs = read(three)
    root = ET.parse(outputs["hocr"]).getroot()
    pages = [element for element in root.iter() if element.get("class") == "ocr_page"]
    assert [page.get("id") for page in pages] == ["page_1", "page_2", "page_3"]
    assert [f"ppageno {number}" in (page.get("title") or "") for number, page in enumerate(pages)] == [True] * 3
    assert ["".join(page.itertext()).split() for page in pages] == [text.split() for text in TEXTS]
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert str(three.parent) not in outputs["hocr"].read_text()
    assert "/dev/shm" not in outputs["hocr"].read_text()


def test_tsv_has_the_pages_numbers(read: Read, three: Path) -> None:
    readings, outputs = read(three)
    rows = list(tsv(outputs["tsv"]))
    words = [row for row in rows if row["level"] == "5"]
    assert [(row["page_num"], row["text"]) for row in words] == [
        (str(number), word) for number, text in enumerate(TEXTS, 1) for word in text.split()
    ]
    assert [row["page_num"] for row in rows if row["level"] == "1"] == ["1", "2", "3"]
    first = readings[0].words[0]
    assert [words[0][key] for key in ("left", "top", "width", "height")] == [
        str(number) for number in (first.x, first.y, first.w, first.h)
    ]
    assert [(row["line_num"], row["word_num"]) for row in words[:3]] == [("1", "1"), ("1", "2"), ("1", "3")]
    assert {row["conf"] for row in rows if row["level"] != "5"} == {"-1"}


def test_json_has_words_with_boxes(read: Read, three: Path) -> None:
    readings, outputs = read(three)
    document = json.loads(outputs["json"].read_text())
    assert (document["version"], document["source"]) == (1, three.name)
    assert document["engine"]["engine"] == "tesserocr"
    assert document["engine"]["rasterizer"].startswith("pdfium")
    page = document["pages"][1]
    assert (page["number"], page["width"], page["height"], page["dpi"]) == (2, 1300, 200, 300)
    assert (page["source"], page["state"], page["error"]) == ("ocr", "done", None)
    assert page["confidence"] == readings[1].page.confidence
    word, taken = page["words"][0], readings[1].words[0]
    assert set(word) == {"text", "x", "y", "w", "h", "conf", "block", "line"}
    assert [word[key] for key in ("text", "x", "y", "w", "h")] == [taken.text, taken.x, taken.y, taken.w, taken.h]


def test_a_page_that_failed_keeps_its_place(toolbox: Toolbox, tmp_path: Path, work: Path) -> None:
    path = scan_pdf(tmp_path / "a.pdf", copies=3)
    document = examine(path)
    readings = [read_page(document, number, Options(), work, toolbox) for number in (1, 3)]
    readings.insert(1, failed_page(2, EngineCrashed("“tesseract” crashed (SIGSEGV).")))
    outputs = assemble(document, readings, FORMATS, work)
    assert outputs["txt"].read_text().split("\f")[1] == ""
    assert [row["page_num"] for row in tsv(outputs["tsv"]) if row["level"] == "1"] == ["1", "2", "3"]
    page = json.loads(outputs["json"].read_text())["pages"][1]
    assert (page["state"], page["error"], page["words"]) == ("failed", "“tesseract” crashed (SIGSEGV).", [])
    assert len([e for e in ET.parse(outputs["hocr"]).iter() if e.get("class") == "ocr_page"]) == 3
    with pikepdf.open(outputs["pdf"]) as pdf:
        assert len(pdf.pages) == 3
        assert pdf.pages[1].get_images()


def test_some_pages_of_a_document(toolbox: Toolbox, tmp_path: Path, work: Path) -> None:
    document = examine(scan_pdf(tmp_path / "a.pdf", copies=3))
    readings = [read_page(document, 2, Options(), work, toolbox)]
    outputs = assemble(document, readings, FORMATS, work)
    assert {row["page_num"] for row in tsv(outputs["tsv"])} == {"2"}
    with pikepdf.open(outputs["pdf"]) as pdf:
        assert [len(page.obj.Resources.XObject) for page in pdf.pages] == [1, 2, 1]


def test_signs_that_no_file_takes_are_left_out(toolbox: Toolbox, tmp_path: Path, work: Path) -> None:
    document = examine(text_pdf(tmp_path / "a.pdf", ['a < b & c > d "e"']))
    with read_page(document, 1, Options(), work, toolbox).opened() as reading:
        hocr = reading.files["hocr"]
        hocr.write_text(hocr.read_text().replace("</body>", "\x0c</body>"))
        outputs = assemble(document, [reading], ("hocr",), work)
    words = [e.text for e in ET.parse(outputs["hocr"]).iter() if e.get("class") == "ocrx_word"]
    assert words == ["a", "<", "b", "&", "c", ">", "d", '"e"']


def test_three_hundred_pages_in_bounded_memory(toolbox: Toolbox, tmp_path: Path, work: Path) -> None:
    """The assembly of 300 pages, in a process of its own that says how much it took at most."""
    path = scan_pdf(tmp_path / "a.pdf", copies=300)
    read_page(examine(path), 1, Options(), work, toolbox)
    script = f"""
import resource
from dataclasses import replace
from pathlib import Path
from worker.core.examine import examine
from worker.core.jobs import FORMATS, Page
from worker.pipeline.assemble import assemble
from worker.pipeline.read import PageReading
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))  # far fewer than there are pages
work = Path({str(work)!r})
files = {{kind: work / f"page-1.{{kind}}" for kind in ("txt", "hocr", "pdf")}}
document = examine(Path({str(path)!r}))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assemble(document, [PageReading(Page(n, "done"), files) for n in range(1, 301)], FORMATS, work)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(ended.stdout) < 150, "megabytes"
    with pikepdf.open(work / "result.pdf") as pdf:
        assert len(pdf.pages) == 300
    assert (work / "result.pdf").stat().st_size <= 1.02 * path.stat().st_size + 300 * 3_000
    assert len((work / "result.txt").read_text().split("\f")) == 300


def test_the_places_of_taken_words_are_made_when_they_are_needed(toolbox: Toolbox, tmp_path: Path, work: Path) -> None:
    document = examine(text_pdf(tmp_path / "a.pdf", ["Hello reader of this", "second line of text"], copies=2))
    readings = [read_page(document, number, Options(), work, toolbox) for number in (1, 2)]
    with readings[0].opened() as opened:
        assert list(rows(opened.files["hocr"])) == opened.rows == readings[0].rows
        assert " ".join(word.text for word in opened.words) == readings[0].page.text.replace("\n", " ")
    outputs = assemble(document, readings, FORMATS, work)
    assert len([row for row in tsv(outputs["tsv"]) if row["level"] == "5"]) == 16
    assert not list(work.glob("page-*.hocr"))


def test_a_reading_gives_its_words_from_disk(toolbox: Toolbox, tmp_path: Path, work: Path) -> None:
    reading = read_page(examine(scan_pdf(tmp_path / "a.pdf")), 1, Options(), work, toolbox)
    again = PageReading(reading.page, reading.files)
    assert again.words == reading.words
    assert again.words
