"""The best that is here is taken, what the settings name is taken or missed, and what is recorded says which."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit import engines
from worker.core.document import Limits
from worker.core.errors import NoEngine
from worker.core.settings import Settings
from worker.tools import tesseract as programs
from worker.tools import toolbox as toolboxes
from worker.tools.tesserocr_engine import Tesserocr
from worker.tools.toolbox import toolbox


def settings(**limits: str) -> Settings:
    return Settings.from_mapping(
        {
            "DATABASE_URL": "postgresql://ocr:ocr@127.0.0.1/ocr",
            "CELERY_BROKER_URL": "redis://127.0.0.1/0",
            "CELERY_RESULT_BACKEND": "redis://127.0.0.1/1",
            "MINIO_ENDPOINT": "127.0.0.1:9000",
            "MINIO_ACCESS_KEY": "key",
            "MINIO_SECRET_KEY": "secret",
            "MINIO_OCR_BUCKET": "ocr",
            **limits,
        },
        "a test",
    )


@pytest.fixture
def no_tesserocr(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> Tesserocr:
        raise NoEngine("tesserocr is not installed.")

    monkeypatch.setattr(toolboxes, "Tesserocr", missing)


@pytest.fixture
def no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "find_programs", lambda: iter(()))


def test_the_best_goes_first() -> None:
    engines.engine("tesserocr")
    engines.rasterizer("poppler")
    tools = toolbox(settings())
    assert (tools.engine.name, tools.rasterizer.name) == ("tesserocr", "poppler")


def test_a_scan_is_drawn_here_unless_something_died_of_it_or_the_settings_say_by_what() -> None:
    engines.engine("tesserocr")
    engines.rasterizer("poppler")
    tools = toolbox(settings())
    assert (tools.drawer(scan=True).name, tools.drawer(scan=False).name) == ("pdfium", "poppler")
    assert "scans: pdfium " in tools.describe("eng")["rasterizer"]
    assert toolbox(settings(), isolated=True).drawer(scan=True).name == "poppler"
    assert toolbox(settings(OCR_RASTERIZER="poppler")).drawer(scan=True).name == "poppler"


def test_what_the_settings_name_is_taken() -> None:
    engines.engine("tesseract-wheel")
    tools = toolbox(settings(OCR_ENGINE="tesseract", OCR_RASTERIZER="pdfium", OCR_MAX_PIXELS="20000"))
    assert (tools.engine.name, tools.rasterizer.name) == ("tesseract", "pdfium")
    assert tools.limits.max_pixels == 20_000


def test_after_a_crash_the_engine_works_alone() -> None:
    engines.engine("tesserocr")
    engines.engine("tesseract-wheel")
    assert toolbox(settings(), isolated=True).engine.name == "tesseract"
    assert toolbox(settings(OCR_ENGINE="tesserocr"), isolated=True).engine.name == "tesserocr"


@pytest.mark.usefixtures("no_tesserocr")
def test_without_tesserocr_the_program_reads() -> None:
    engines.engine("tesseract-wheel")
    assert toolbox(settings()).engine.name == "tesseract"
    with pytest.raises(NoEngine, match="tesserocr"):
        toolbox(settings(OCR_ENGINE="tesserocr"))


@pytest.mark.usefixtures("no_program")
def test_without_a_program_the_library_reads_even_alone() -> None:
    engines.engine("tesserocr")
    assert toolbox(settings(), isolated=True).engine.name == "tesserocr"
    with pytest.raises(NoEngine, match="no tesseract"):
        toolbox(settings(OCR_ENGINE="tesseract"))


@pytest.mark.usefixtures("no_tesserocr", "no_program")
def test_without_anything_it_says_what_to_install() -> None:
    with pytest.raises(NoEngine) as missing:
        toolbox(settings())
    assert "apt install tesseract-ocr" in missing.value.advice


def test_without_poppler_pdfium_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engines.engine("tesserocr")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert toolbox(settings()).rasterizer.name == "pdfium"
    with pytest.raises(NoEngine, match="Poppler"):
        toolbox(settings(OCR_RASTERIZER="poppler"))


def test_no_language_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engines.engine("tesserocr")
    monkeypatch.setattr("worker.tools.tessdata._SYSTEM", ())
    monkeypatch.setattr("worker.tools.tessdata.wheel_folder", lambda: None)
    with pytest.raises(NoEngine, match="no language data"):
        toolbox(settings(TESSDATA_PREFIX=str(tmp_path)))


def test_the_newest_program_reads() -> None:
    found = {programs.program_version(program): program for program in programs.find_programs()}
    if not found:
        raise engines.missing("tesseract", "neither the system's nor the wheel's")
    newest = max(found, key=lambda version: tuple(int(part) for part in version.split(".")))
    assert programs.newest_program() == found[newest]


def test_what_is_recorded() -> None:
    engines.engine("tesserocr")
    recorded = toolbox(settings(OCR_RASTERIZER="pdfium")).describe("eng")
    assert recorded["engine"] == "tesserocr"
    assert recorded["version"].startswith("5.")
    assert recorded["rasterizer"].startswith("pdfium ")


@pytest.mark.parametrize(
    ("width", "height", "wanted", "dpi"),
    [
        (612, 792, 300, 300),
        (612, 792, 150, 150),
        (7200, 7200, 300, 70.7),  # 100 inches square: 50 million pixels
        (72_000, 72, 300, 10),  # 1,000 inches long: 10,000 pixels
        (0, 0, 300, 300),
    ],
)
def test_a_page_is_drawn_within_the_bounds(width: float, height: float, wanted: float, dpi: float) -> None:
    assert Limits().dpi(width, height, wanted) == pytest.approx(dpi, rel=0.01)
