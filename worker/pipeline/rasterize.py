"""A page of a document as the image that an engine reads: 8-bit grey, in bounds, made by us."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pikepdf

from worker.core.document import Document, PageInfo
from worker.core.errors import CorruptFile
from worker.core.examine_image import guessed_dpi
from worker.core.examine_pdf import open_pdf
from worker.tools.pictures import grey_frame
from worker.tools.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page drawn for an engine."""

    path: Path
    dpi: int


def page_image(
    document: Document, number: int, wanted_dpi: float, work: Path, toolbox: Toolbox, *, scan: bool = False
) -> PageImage:
    """Draw or decode a page into the work folder; `scan`: the page of a PDF is a picture and little else.

    Raises:
        DocumentError, EngineError: it cannot be drawn, or not within the bounds.
    """
    page = document.pages[number - 1]
    image = work / f"page-{number}.pgm"
    if document.kind == "image":
        return _picture(document, page, image, toolbox)
    limits = toolbox.limits
    dpi = limits.drawing_dpi(document.name, page, wanted_dpi)
    limits.check_picture(document.name, number, page.largest_image)
    source = tools_source(document, work)
    drawer = toolbox.drawer(scan=scan)
    try:
        drawer.draw(source, number, dpi=dpi, image=image, timeout=limits.page_timeout_s)
    except CorruptFile:
        if drawer is toolbox.rasterizer:
            raise
        toolbox.rasterizer.draw(source, number, dpi=dpi, image=image, timeout=limits.page_timeout_s)
    return PageImage(image, round(dpi))


def tools_source(document: Document, work: Path) -> Path:
    """The PDF that tools are given: never under a user's name, never locked, never damaged."""
    source = work / "source.pdf"
    if not document.repaired and not document.encrypted:
        if document.path == source:
            return source
        if not source.is_symlink():
            source.symlink_to(document.path.resolve())
        return source
    clean = work / "source-clean.pdf"
    if not clean.exists():
        new = clean.with_suffix(".new")
        with open_pdf(document.path, document.name, document.password) as pdf:
            pdf.save(new, encryption=False, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
        new.replace(clean)
    return clean


def pgm_size(image: Path) -> tuple[int, int]:
    """Width and height out of the header of an image that we wrote."""
    with image.open("rb") as file:
        fields = file.read(64).split()
    return int(fields[1]), int(fields[2])


def _picture(document: Document, page: PageInfo, image: Path, toolbox: Toolbox) -> PageImage:
    width, height, scale = grey_frame(document.path, document.name, page.number, toolbox.limits, image)
    dpi = page.dpi * scale if page.dpi else guessed_dpi(width, height)
    return PageImage(image, max(round(dpi), 1))
