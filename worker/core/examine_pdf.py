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
RESTRICTED = "The file forbids changes or copying with an owner password; the searchable copy does not."
UNLOCKED = "The file is locked with a password; the searchable copy is not."
SIGNED = "The file is signed; the signature holds for the original only, the searchable copy is not signed."
_LETTER = (612.0, 792.0)
_MOST_FORMS = 500  # that are looked into on a page; each may lie in the one before
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
    pages = tuple(_page(page, number) for number, page in enumerate(pdf.pages, 1))
    repaired = bool(pdf.get_warnings())
    needed = password if pdf.is_encrypted and not _opens_without(path) else None
    return Document(
        path,
        name,
        "pdf",
        PDF.name,
        PDF.extension,
        pages,
        notes=tuple(_notes(pdf, repaired, bool(needed))),
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


def _notes(pdf: pikepdf.Pdf, repaired: bool, has_password: bool) -> Iterator[str]:
    if repaired:
        yield REPAIRED
    if pdf.is_encrypted:
        yield UNLOCKED if has_password else RESTRICTED
    if _is_signed(pdf):
        yield SIGNED


def _page(page: pikepdf.Page, number: int) -> PageInfo:
    left, bottom, right, top = displayed_box(page)
    width, height = right - left, top - bottom
    if page.rotation % 180:
        width, height = height, width
    largest = max(_image_sizes(page.obj.get("/Resources"), set()), default=0)
    return PageInfo(number, width, height, largest_image=largest)


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


def _image_sizes(resources: pikepdf.Object | None, seen: set[tuple[int, int]]) -> Iterator[int]:
    """Pixels of every picture that the resources name, forms within forms too; each form is looked into once."""
    if not isinstance(resources, pikepdf.Dictionary):
        return
    found = resources.get("/XObject")
    if not isinstance(found, pikepdf.Dictionary):
        return
    for drawn in found.values():
        if not isinstance(drawn, pikepdf.Stream):
            continue
        if drawn.get("/Subtype") == pikepdf.Name.Image:
            yield int(drawn.get("/Width", 0)) * int(drawn.get("/Height", 0))
        elif drawn.objgen not in seen and len(seen) < _MOST_FORMS:
            seen.add(drawn.objgen)
            yield from _image_sizes(drawn.get("/Resources"), seen)


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
