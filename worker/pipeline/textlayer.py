"""The searchable PDF: invisible text laid over the untouched original, whose pictures stay as they are, bit for bit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

import pikepdf

from worker.core.document import Document, Limits
from worker.core.errors import CorruptFile
from worker.core.examine_pdf import displayed_box, open_pdf
from worker.pipeline.invisible import drop_invisible_text
from worker.tools.picture_pdf import pictures_as_pdf


def lay_over(
    document: Document, layers: Mapping[int, Path], dropped: Iterable[int], work: Path, target: Path, limits: Limits
) -> None:
    """Write the document as PDF with the layers over its pages; `dropped`: pages that lose an earlier layer first.

    Raises:
        CorruptFile: the original, or a layer, is damaged.
    """
    original, password = document.path, document.password
    if document.kind == "image":
        original, password = work / "pictures.pdf", None
        pictures_as_pdf(document, work, original, limits)
    losing = frozenset(dropped)
    with ExitStack() as stack:
        pdf = stack.enter_context(open_pdf(original, document.name, password))
        for number, page in enumerate(pdf.pages, 1):
            if number in losing:
                drop_invisible_text(pdf, page)
            if number in layers:
                layer = stack.enter_context(pikepdf.open(layers[number]))
                page.add_overlay(layer.pages[0], pikepdf.Rectangle(*displayed_box(page)))
        if len(pdf.pages) < max(layers, default=0):
            raise CorruptFile(f"“{document.name}” lost pages while its copy was written.")
        pdf.save(target, compress_streams=True, encryption=False)
