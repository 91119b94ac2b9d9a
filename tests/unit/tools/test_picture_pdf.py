"""Pictures become a PDF however many of them one file holds."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from PIL.ImageFile import ImageFile

from worker.core import examine_image
from worker.core.document import Limits
from worker.core.examine import examine
from worker.tools.picture_pdf import TOGETHER, pictures_as_pdf

FRAMES = TOGETHER + TOGETHER // 2
OTHERS = 20  # files that are open beside the frames


@pytest.fixture
def few_files() -> Iterator[None]:
    """A process that may open few, beside what earlier tests have left open."""
    usual, left_open = resource.getrlimit(resource.RLIMIT_NOFILE), len(list(Path("/dev/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (left_open + TOGETHER + OTHERS, usual[1]))
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


def test_a_file_of_many_frames_is_gone_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a frame says only what changes, each is decoded with all that are before it."""
    opened = list[Path]()

    def open_image(path: Path, name: str, limits: Limits) -> AbstractContextManager[ImageFile]:
        opened.append(path)
        return examine_image.open_image(path, name, limits)

    first, *others = [Image.new("L", (20, 20), number) for number in range(0, 200, 20)]
    first.save(tmp_path / "many.gif", save_all=True, append_images=others)
    document = examine(tmp_path / "many.gif")
    monkeypatch.setattr("worker.tools.pictures.open_image", open_image)
    target = tmp_path / "many.pdf"
    pictures_as_pdf(document, tmp_path, target, Limits())
    assert len(opened) == 1
    with closing(pypdfium2.PdfDocument(target)) as pdf:
        shades = [page.render().to_pil().convert("L").getpixel((5, 5)) for page in pdf]
    assert shades == list(range(0, 200, 20))
