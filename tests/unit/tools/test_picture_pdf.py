"""Pictures become a PDF however many of them one file holds."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from worker.core.document import Limits
from worker.core.examine import examine
from worker.tools.picture_pdf import TOGETHER, pictures_as_pdf

FRAMES = TOGETHER + TOGETHER // 2
OPEN = FRAMES - 10  # files, at most; those that the tests have open among them


@pytest.fixture
def few_files() -> Iterator[None]:
    """A process that may open few."""
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN, usual[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, usual)


def test_more_frames_than_a_process_may_open_files(tmp_path: Path, few_files: None) -> None:
    first, *others = [Image.new("L", (20, 20 + number), number) for number in range(FRAMES)]
    first.save(tmp_path / "many.tif", save_all=True, append_images=others, tiffinfo={274: 3})
    document = examine(tmp_path / "many.tif")
    target = tmp_path / "many.pdf"
    pictures_as_pdf(document, tmp_path, target, Limits())
    with pikepdf.open(target) as pdf:
        shapes = [round(float(page.mediabox[3]) / float(page.mediabox[2]) * 20) for page in pdf.pages]
    assert shapes == [20 + number for number in range(FRAMES)]
    assert {path.name for path in tmp_path.iterdir()} == {"many.tif", "many.pdf"}
