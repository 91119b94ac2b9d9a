"""Real scans against their true text, on every engine; and every real file, however broken, ends in a state."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit import engines
from tests.unit.errors_in_text import character_error_rate
from tests.unit.pipeline.test_alto import checked
from tests.unit.pipeline.test_textlayer import streams
from worker.core.errors import CorruptFile, DocumentError, UnsupportedForm, UnsupportedType
from worker.core.examine import examine
from worker.core.jobs import FORMATS, Options
from worker.pipeline.assemble import assemble
from worker.pipeline.read import read_page
from worker.tools.toolbox import Toolbox

pytestmark = pytest.mark.corpus
REFUSED: dict[str, type[DocumentError]] = {"invalid.pdf": CorruptFile, "livecycle.pdf": UnsupportedForm}
SLOW = {"enormous.pdf", "multipage.pdf"}  # read by the end-to-end tests; here they cost half a minute


def text_of(path: Path, engine: str, work: Path, languages: str = "eng", rasterizer: str = "poppler") -> str:
    tools = Toolbox(engines.engine(engine), engines.rasterizer(rasterizer))
    return read_page(examine(path), 1, Options(languages=languages), work, tools).page.text


@pytest.mark.parametrize("engine", engines.ENGINES)
@pytest.mark.parametrize(
    ("name", "truth", "languages", "at_most"),
    [
        ("phototest.tif", "phototest.gold.txt", "eng", 0.001),
        ("phototest-rotated-180.png", "phototest.gold.txt", "eng", 0.001),
        ("phototest-rotated-L.png", "phototest.gold.txt", "eng", 0.001),
        # 12 lines in six languages: the English model has no ü, ó, ã, ç. Measured 2.18 %, 1.70 % with German.
        ("eurotext.tif", "eurotext.txt", "eng", 0.022),
        ("eurotext.tif", "eurotext.txt", "eng+deu", 0.018),
        ("linn.png", "linn.txt", "eng", 0.012),
    ],
)
def test_character_error_rate(
    corpus: Path, tmp_path: Path, engine: str, name: str, truth: str, languages: str, at_most: float
) -> None:
    read = text_of(corpus / "scans" / name, engine, tmp_path, languages)
    rate = character_error_rate(read, (corpus / "scans" / truth).read_text())
    assert rate <= at_most


@pytest.mark.parametrize("rasterizer", engines.RASTERIZERS)
def test_character_error_rate_of_a_pdf(corpus: Path, tmp_path: Path, rasterizer: str) -> None:
    read = text_of(corpus / "scans" / "linn.pdf", "tesserocr", tmp_path, rasterizer=rasterizer)
    assert character_error_rate(read, (corpus / "scans" / "linn.txt").read_text()) <= 0.012


def test_hard_files_end_in_a_state(corpus: Path, tmp_path: Path) -> None:
    tools = Toolbox(engines.engine("tesserocr"), engines.rasterizer("pdfium"))
    for path in sorted((corpus / "hard").iterdir()):
        if path.name in SLOW or path.name in REFUSED:
            continue
        work = tmp_path / path.name
        work.mkdir()
        document = examine(path)
        readings = [read_page(document, page.number, Options(), work, tools) for page in document.pages]
        outputs = assemble(document, readings, FORMATS, work)
        assert {reading.page.state for reading in readings} <= {"done", "blank"}, path.name
        assert all(output.exists() for output in outputs.values()), path.name
        checked(outputs["alto"])
        room = 1.02 * path.stat().st_size + 12_000 * len(document.pages)
        assert outputs["pdf"].stat().st_size <= room, path.name
        if document.kind == "pdf":
            assert streams(outputs["pdf"]) == streams(path), path.name


@pytest.mark.parametrize(("name", "kind"), REFUSED.items())
def test_what_nobody_can_read_is_refused(corpus: Path, name: str, kind: type[DocumentError]) -> None:
    with pytest.raises(kind, match=name):
        examine(corpus / "hard" / name)


def test_every_scan_is_taken(corpus: Path) -> None:
    for path in sorted((corpus / "scans").iterdir()):
        if path.suffix == ".txt":
            with pytest.raises(UnsupportedType, match="a text file"):
                examine(path)
        else:
            assert examine(path).pages
