"""Each way in which the program of tesseract can fail, by a fake that is named for it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.unit.documents import drawn
from worker.core.document import Document, Limits
from worker.core.errors import EngineCrashed, EngineError, NoEngine, OutOfMemory, PageTimedOut
from worker.core.examine import examine
from worker.core.jobs import Options
from worker.pipeline.read import read_page
from worker.tools.pdfium import Pdfium
from worker.tools.tessdata import Tessdata
from worker.tools.tesseract import Tesseract
from worker.tools.toolbox import Toolbox

FAKES = Path(__file__).parent / "fakes"


@pytest.fixture
def tessdata(tmp_path: Path) -> Tessdata:
    (tmp_path / "tessdata").mkdir()
    return Tessdata({"eng": tmp_path / "tessdata" / "eng.traineddata"})


@pytest.fixture
def document(tmp_path: Path) -> Document:
    drawn().save(tmp_path / "source.png")
    return examine(tmp_path / "source.png")


def read(fake: str, document: Document, tessdata: Tessdata, work: Path, timeout: float = 20) -> None:
    engine = Tesseract(FAKES / fake, tessdata, memory_mb=500)
    toolbox = Toolbox(engine, Pdfium(), Limits(page_timeout_s=timeout))
    read_page(document, 1, Options(), work, toolbox)


@pytest.mark.parametrize(
    ("fake", "error", "words"),
    [
        ("tesseract_crashes", EngineCrashed, "SIGSEGV"),
        ("tesseract_prints_garbage", EngineCrashed, "cannot be understood"),
        ("tesseract_fails_with_garbage", EngineCrashed, "garbage"),
        ("tesseract_writes_nothing", EngineCrashed, "wrote no txt, hocr, pdf"),
        ("tesseract_eats_memory", OutOfMemory, "memory"),
    ],
)
def test_a_failure_is_a_sentence(
    fake: str, error: type[EngineError], words: str, document: Document, tessdata: Tessdata, tmp_path: Path
) -> None:
    with pytest.raises(error, match=words):
        read(fake, document, tessdata, tmp_path)
    assert not list(tmp_path.glob("*.pgm")), "the page's image was left behind"


def test_one_that_hangs_is_ended(document: Document, tessdata: Tessdata, tmp_path: Path) -> None:
    started = time.perf_counter()
    with pytest.raises(PageTimedOut, match=r"0\.5 s"):
        read("tesseract_hangs", document, tessdata, tmp_path, timeout=0.5)
    assert time.perf_counter() - started < 5


def test_one_that_does_not_start(tessdata: Tessdata) -> None:
    with pytest.raises(NoEngine, match="tesseract_does_not_start"):
        Tesseract(FAKES / "tesseract_does_not_start", tessdata)


def test_one_that_is_something_else(tessdata: Tessdata) -> None:
    with pytest.raises(NoEngine):
        Tesseract(Path("/bin/true"), tessdata)
