"""A PDF's pages, sizes and locks from its structure. Nothing is drawn and no program in it is run."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pikepdf

from worker.core.document import Document, Limits, PageInfo
from worker.core.errors import CorruptFile, NeedsPassword, NoPages, UnsupportedForm
from worker.core.media_types import PDF
from worker.core.page_weight import Scales
from worker.core.said import said

# What one stream may become when qpdf unpacks it: a file of a megabyte can hold one of a gigabyte.
UNPACKED_BYTES = 256 << 20
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=UNPACKED_BYTES,
    png_max_memory=UNPACKED_BYTES,
    tiff_max_memory=UNPACKED_BYTES,
    run_length_max_memory=UNPACKED_BYTES,
    dct_max_memory=UNPACKED_BYTES,
)
logging.getLogger("pikepdf").setLevel(logging.ERROR)  # what it repaired is a note of the document

REPAIRED = "The file was damaged; it was repaired before it was read."
LOST = "The file was damaged; what was on some of its pages is lost."
RESTRICTED = "The file forbids changes or copying with an owner password; the searchable copy does not."
UNLOCKED = "The file is locked with a password; the searchable copy is not."
SIGNED = "The file is signed; the signature holds for the original only, the searchable copy is not signed."
_LETTER = (612.0, 792.0)
_DAMAGED = (pikepdf.PdfError, RuntimeError)  # of which qpdf has one of its own, and too deep a tree is another
# A structure that contradicts itself shows as any of these, wherever it is looked at.
CONTRADICTIONS = (*_DAMAGED, AttributeError, LookupError, TypeError, ValueError, ArithmeticError)


@contextmanager
def open_pdf(path: Path, name: str, password: str | None = None) -> Iterator[pikepdf.Pdf]:
    """The document, repaired in memory where that is possible.

    Raises:
        NeedsPassword, CorruptFile: also when what is done with it shows that it is damaged.
    """
    try:
        with _open(path, name, password) as pdf:
            yield pdf
    except _DAMAGED as problem:
        raise _corrupt(name) from problem


def _open(path: Path, name: str, password: str | None) -> pikepdf.Pdf:
    """Without the password first: most files need none, though their user gave one for all."""
    for attempt in ("", password) if password else ("",):
        with suppress(pikepdf.PasswordError):
            return pikepdf.open(path, password=attempt, suppress_warnings=True)
    if password:
        raise NeedsPassword(said("The password given does not open “{name}”.", name=name))
    raise NeedsPassword(said("“{name}” is locked with a password.", name=name))


def examine_pdf(path: Path, name: str, password: str | None, limits: Limits) -> Document:
    """Pages as displayed, notes on what a user should know."""
    with open_pdf(path, name, password) as pdf:
        try:
            return _look(pdf, path, name, password, limits)
        except CONTRADICTIONS as problem:
            raise _corrupt(name) from problem


def _look(pdf: pikepdf.Pdf, path: Path, name: str, password: str | None, limits: Limits) -> Document:
    count = len(pdf.pages)
    if count == 0:
        raise NoPages(said("“{name}” has no pages.", name=name))
    limits.check_pages(name, count)
    if _drawn_by_a_program(pdf):
        raise UnsupportedForm(said("“{name}” is a form (XFA) whose pages only Adobe Reader can draw.", name=name))
    scales = Scales()
    pages = tuple(_page(page, number, scales) for number, page in enumerate(pdf.pages, 1))
    repaired = bool(pdf.get_warnings())
    lost = sum(map(_is_lost, pdf.pages)) if repaired else 0
    if lost == count:
        raise _corrupt(name)
    needed = password if pdf.is_encrypted and not _opens_without(path) else None
    return Document(
        path,
        name,
        "pdf",
        PDF.name,
        PDF.extension,
        pages,
        notes=(*([LOST if lost else REPAIRED] if repaired else ()), *_notes(pdf, bool(needed))),
        encrypted=pdf.is_encrypted,
        repaired=repaired,
        password=needed,
    )


def _corrupt(name: str) -> CorruptFile:
    return CorruptFile(said("“{name}” is damaged beyond repair.", name=name))


def _opens_without(path: Path) -> bool:
    try:
        pikepdf.open(path, suppress_warnings=True).close()
    except pikepdf.PasswordError:
        return False
    return True


def _is_lost(page: pikepdf.Page) -> bool:
    """Whether a page of a repaired file draws nothing any more, or a picture that is not there."""
    if "/Contents" not in page.obj:
        return True
    resources = page.obj.get("/Resources")
    found = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    drawn = [str(one.operands[0]) for one in pikepdf.parse_content_stream(page, "Do") if len(one.operands)]
    return any(not isinstance(found, pikepdf.Dictionary) or name not in found for name in drawn)


def _notes(pdf: pikepdf.Pdf, has_password: bool) -> Iterator[str]:
    if pdf.is_encrypted:
        yield UNLOCKED if has_password else RESTRICTED
    if _is_signed(pdf):
        yield SIGNED


def _page(page: pikepdf.Page, number: int, scales: Scales) -> PageInfo:
    left, bottom, right, top = displayed_box(page)
    width, height = right - left, top - bottom
    if page.rotation % 180:
        width, height = height, width
    weight = scales.weigh(page)
    return PageInfo(number, width, height, largest_image=weight.pixels, content_bytes=weight.content)


def displayed_box(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """The part of the page that is seen, before rotation: the crop box inside the media box, as every viewer has it."""
    try:
        media = pikepdf.Rectangle(pikepdf.Array(page.mediabox))
    except CONTRADICTIONS:
        return (0.0, 0.0, *_LETTER)  # a page needs a size: viewers take this one where it is missing
    try:
        crop = pikepdf.Rectangle(pikepdf.Array(page.cropbox))
    except CONTRADICTIONS:
        crop = media
    left, right = max(crop.llx, media.llx), min(crop.urx, media.urx)
    bottom, top = max(crop.lly, media.lly), min(crop.ury, media.ury)
    if right <= left or top <= bottom:
        left, bottom, right, top = media.llx, media.lly, media.urx, media.ury
    if right <= left or top <= bottom:
        return (0.0, 0.0, *_LETTER)
    return (left, bottom, right, top)


def _form(pdf: pikepdf.Pdf) -> pikepdf.Object | None:
    form = pdf.Root.get("/AcroForm")
    return form if isinstance(form, pikepdf.Dictionary) else None


def _drawn_by_a_program(pdf: pikepdf.Pdf) -> bool:
    """Whether this is a dynamic XFA form: its own pages only say "please wait"."""
    if bool(pdf.Root.get("/NeedsRendering", False)):
        return True
    form = _form(pdf)
    return form is not None and "/XFA" in form and not len(form.get("/Fields", []))


def _is_signed(pdf: pikepdf.Pdf) -> bool:
    form = _form(pdf)
    return form is not None and bool(int(form.get("/SigFlags", 0)) & 1)
