"""Each way in which poppler's programs can fail, by a fake that is named for it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.unit.documents import page_pdf
from worker.core.errors import CorruptFile, NoEngine, PageTimedOut
from worker.tools.poppler import Poppler

FAKES = Path(__file__).parent / "fakes"


def poppler(folder: Path, pdftoppm: str) -> Poppler:
    folder.mkdir()
    (folder / "pdftoppm").symlink_to(FAKES / pdftoppm)
    (folder / "pdfinfo").symlink_to(FAKES / "pdfinfo_says_one_page")
    return Poppler(folder)


def test_one_that_hangs_is_ended(tmp_path: Path) -> None:
    pdf = page_pdf(tmp_path / "a.pdf", b"")
    tool = poppler(tmp_path / "bin", "pdftoppm_hangs")
    started = time.perf_counter()
    with pytest.raises(PageTimedOut, match="Page 1"):
        tool.draw(pdf, 1, dpi=72, image=tmp_path / "a.pgm", timeout=0.5)
    assert time.perf_counter() - started < 5


def test_half_a_page_is_no_page(tmp_path: Path) -> None:
    pdf = page_pdf(tmp_path / "a.pdf", b"")
    tool = poppler(tmp_path / "bin", "pdftoppm_draws_half_a_page")
    with pytest.raises(CorruptFile, match="Page 1"):
        tool.draw(pdf, 1, dpi=72, image=tmp_path / "a.pgm", timeout=20)
    assert not (tmp_path / "a.pgm").exists()
    assert not list(tmp_path.glob("draw-*")), "half a page was left behind"


def test_poppler_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NoEngine, match="Poppler"):
        Poppler(tmp_path)
