"""img2pdf: pictures become the pages of a PDF as they are; what PDF does not take is rewritten without loss."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import img2pdf
import pikepdf

from worker.core.document import POINTS_PER_INCH, Document, Limits, PageInfo
from worker.core.examine_image import ORIENTATION, guessed_dpi, open_image
from worker.tools.pictures import flat_frames

logging.getLogger("img2pdf").setLevel(logging.ERROR)  # it warns of what is meant: a soft mask for transparency

TOGETHER = 100  # frames that are joined at a time: a file is open for each
_AS_THEY_ARE = frozenset({"image/jpeg", "image/jp2", "image/png", "image/tiff"})


def pictures_as_pdf(document: Document, work: Path, target: Path, limits: Limits) -> None:
    """Write an image document as PDF, a page for each frame. A JPEG stays as it is, bit for bit.

    Raises:
        CorruptFile: a frame cannot be decoded.
    """
    if document.media_type in _AS_THEY_ARE and _is_upright(document, limits):
        # Transparency, odd colours, mirrored photos, more bits than PDF knows: it raises plain Exceptions among others.
        with suppress(Exception):
            _convert(document.path, document.pages, target)
            with pikepdf.open(target) as pdf:
                if len(pdf.pages) == len(document.pages):
                    return
    _frame_by_frame(document, work, target, limits)


def _convert(picture: Path, pages: Iterable[PageInfo], target: Path) -> None:
    sizes = iter(pages)

    def layout(width: int, height: int, _dpi: Any) -> tuple[float, float, float, float]:  # noqa: ANN401
        page = next(sizes, None)
        points = POINTS_PER_INCH / ((page and page.dpi) or guessed_dpi(width, height))
        return width * points, height * points, width * points, height * points

    with target.open("wb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damaged metadata does not make a picture unreadable
        img2pdf.convert(str(picture), layout_fun=layout, outputstream=file, nodate=True)


def _frame_by_frame(document: Document, work: Path, target: Path, limits: Limits) -> None:
    """Every frame rewritten, one in memory at a time, and no more files open than a process may have."""
    with tempfile.TemporaryDirectory(prefix="frames-", dir=work) as place:
        folder, pages, joined = Path(place), document.pages, list[Path]()
        frames = flat_frames(document.path, document.name, len(pages), limits, folder / "frame.png")
        for start in range(0, len(pages), TOGETHER):
            parts = []
            for page in pages[start : start + TOGETHER]:
                parts.append(folder / f"{page.number}.pdf")
                _convert(next(frames), [page], parts[-1])
            joined.append(folder / f"from-{start}.pdf")
            _join(parts, joined[-1])
            for part in parts:
                part.unlink()
        _join(joined, target)


def _join(parts: Iterable[Path], target: Path) -> None:
    """Each is open until all of it is written."""
    with ExitStack() as stack:
        whole = stack.enter_context(pikepdf.new())
        for part in parts:
            whole.pages.extend(stack.enter_context(pikepdf.open(part)).pages)
        whole.save(target)


def _is_upright(document: Document, limits: Limits) -> bool:
    """Whether the picture needs no turning; of the formats here, only JPEG's turning is one that PDF viewers share."""
    if document.media_type == "image/jpeg":
        return True
    with open_image(document.path, document.name, limits) as image:
        return bool(image.getexif().get(ORIENTATION, 1) == 1)
