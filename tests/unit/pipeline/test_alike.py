"""Two images have one key only if reading them gives the same."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.documents import drawn
from worker import pipeline, tools
from worker.core.jobs import Options
from worker.pipeline import alike
from worker.pipeline.alike import image_key
from worker.pipeline.rasterize import PageImage
from worker.tools.tessdata import Tessdata
from worker.tools.tesserocr_engine import Tesserocr


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    """What is remembered of the program is forgotten before and after."""
    alike._program.cache_clear()
    yield
    alike._program.cache_clear()


@pytest.fixture
def image(tmp_path: Path) -> PageImage:
    drawn("Print").save(tmp_path / "a.pgm")
    return PageImage(tmp_path / "a.pgm", 300)


def test_what_tells_how_print_lies_has_a_say(image: PageImage) -> None:
    everything = Tessdata.find()
    files = {name: path for name, path in everything.files.items() if name != "osd"}
    assert files != everything.files
    key = image_key(image, Options(), Tesserocr(everything))
    assert key == image_key(image, Options(), Tesserocr(everything))
    assert key != image_key(image, Options(), Tesserocr(Tessdata(files)))


def test_a_program_that_prepares_otherwise_has_other_keys(
    image: PageImage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Tesserocr(Tessdata.find())
    key = image_key(image, Options(), engine)
    (tmp_path / "prepare.py").write_text("another way")
    monkeypatch.setattr(pipeline, "__file__", str(tmp_path / "__init__.py"))
    alike._program.cache_clear()
    assert image_key(image, Options(), engine) != key


def test_a_frozen_program_is_known_by_itself(image: PageImage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Tesserocr(Tessdata.find())
    for room in (pipeline, tools):
        monkeypatch.setattr(room, "__file__", str(tmp_path / "not-there" / "__init__.py"))
    keys = set()
    for build in ("one", "another"):
        (tmp_path / build).write_text(build)
        monkeypatch.setattr(sys, "executable", str(tmp_path / build))
        alike._program.cache_clear()
        keys.add(image_key(image, Options(), engine))
    assert len(keys) == 2
