"""The searchable PDF: invisible text laid over the untouched original, whose pictures stay as they are, bit for bit."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

import pikepdf

from worker.core.document import Document, Limits
from worker.core.errors import CorruptFile, EngineCrashed
from worker.core.examine_pdf import CONTRADICTIONS, displayed_box, open_pdf
from worker.core.jobs import Options
from worker.core.said import said
from worker.pipeline.invisible import drop_invisible_text
from worker.pipeline.packing import save
from worker.pipeline.pdfa import VERSION, make_pdfa
from worker.pipeline.safe_pdf import Tell, drop_signatures, make_safe
from worker.tools.picture_pdf import pictures_as_pdf


def lay_over(
    document: Document,
    layers: Mapping[int, Path],
    dropped: Iterable[int],
    work: Path,
    target: Path,
    limits: Limits,
    *,
    options: Options | None = None,
    tell: Tell = lambda _sentence: None,
) -> None:
    """Write the document as PDF with the layers over its pages.

    Args:
        document: The original.
        layers: A page's number → the PDF of its invisible text.
        dropped: Pages that lose an earlier layer first.
        work: A folder to work in.
        target: Where the copy goes.
        limits: Of pictures that are rewritten.
        options: Whether scripts stay, whether it is to be PDF/A.
        tell: Hears what a user should know of the copy.

    Raises:
        CorruptFile: the original is damaged.
        EngineCrashed: a layer is not what an engine should have written.
    """
    original, password = document.path, document.password
    if document.kind == "image":
        original, password = work / "pictures.pdf", None
        pictures_as_pdf(document, work, original, limits)
    losing = frozenset(dropped)
    with open_pdf(original, document.name, password) as pdf, ExitStack() as stack:
        if len(pdf.pages) < max(layers, default=0):
            raise CorruptFile(said("“{name}” lost pages while its copy was written.", name=document.name))
        if document.kind != "image":
            drop_signatures(pdf, tell)
            if options is None or not options.keep_scripts:
                make_safe(pdf, tell)
        text = _Text(pdf, stack)
        for number, page in enumerate(pdf.pages, 1):
            if number in losing:
                drop_invisible_text(pdf, page)
            if number in layers and _can_be_unpacked(page):
                form = text.form(layers[number])
                with suppress(*CONTRADICTIONS):  # resources that are none: the page stays without its layer
                    page.add_overlay(form, pikepdf.Rectangle(*displayed_box(page)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of oddities that the original had and the copy keeps
            made = options is not None and options.pdfa and make_pdfa(pdf, tell)
            save(pdf, target, version=VERSION if made else "")


def _can_be_unpacked(page: pikepdf.Page) -> bool:
    """Whether something can be laid over it: the page's own content must be wrapped for that."""
    contents = page.obj.get("/Contents")
    try:
        for part in contents if isinstance(contents, pikepdf.Array) else [contents]:
            if isinstance(part, pikepdf.Stream):
                part.read_bytes()
    except CONTRADICTIONS:
        return False
    return True


class _Text:
    """Layers as forms of one PDF. They share their font, and a file is open no longer than it is read."""

    def __init__(self, pdf: pikepdf.Pdf, stack: ExitStack) -> None:
        self._pdf = pdf
        self._stack = stack
        self._fonts: dict[tuple[bytes, ...], pikepdf.Object] = {}

    def form(self, layer: Path) -> pikepdf.Object:
        """The text of a layer, as a form."""
        try:
            with pikepdf.open(layer) as opened:
                page = opened.pages[0]
                fonts = page.obj.Resources.Font
                content = page.obj.Contents
                form = pikepdf.Stream(self._pdf, content.read_raw_bytes())
                if "/Filter" in content:
                    form.Filter = pikepdf.Name(str(content.Filter))
                form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
                form.BBox = pikepdf.Array([float(side) for side in page.mediabox])
                shared = {name: self._font(name, font, layer) for name, font in fonts.items()}
                form.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(shared))
                return self._pdf.make_indirect(form)
        except CONTRADICTIONS as problem:
            raise EngineCrashed("The text layer of a page is damaged.") from problem

    def _font(self, name: str, font: pikepdf.Object, layer: Path) -> pikepdf.Object:
        """The same font once: each layer comes with a copy, which takes half as much room as the text itself."""
        descendant = font.DescendantFonts[0]
        parts = (font.ToUnicode, descendant.CIDToGIDMap, descendant.FontDescriptor.FontFile2)
        key = tuple(part.read_raw_bytes() for part in parts)
        if key not in self._fonts:
            source = self._stack.enter_context(pikepdf.open(layer))  # what is copied is fetched when it is written
            self._fonts[key] = self._pdf.copy_foreign(source.pages[0].obj.Resources.Font[name])
        return self._fonts[key]
