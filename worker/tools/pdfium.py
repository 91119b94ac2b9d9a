"""PDFium, through pypdfium2: draws pages, and takes the text of pages that have it. Not for two threads at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pypdfium2

from worker.core.document import POINTS_PER_INCH
from worker.core.errors import CorruptFile, OutOfMemory
from worker.core.page_content import opened_page
from worker.core.said import said


class Pdfium:
    """Draws in this process; the document that was used last stays open."""

    name = "pdfium"

    def __init__(self) -> None:
        self.version = str(pypdfium2.PDFIUM_INFO)
        self._open: tuple[tuple[Path, int, int], Any] | None = None

    def draw(self, pdf: Path, number: int, *, dpi: float, image: Path, timeout: float) -> None:  # noqa: ARG002
        """Draw a page; see Rasterizer. The time limit is the task's own: the library cannot be interrupted."""
        with self.page(pdf, number) as page:
            try:
                bitmap = page.render(
                    scale=dpi / POINTS_PER_INCH,
                    force_bitmap_format=pypdfium2.raw.FPDFBitmap_Gray,  # a third of the time of its option for grey
                    fill_color=(255, 255, 255, 255),
                )
                bitmap.to_pil().save(image, format="PPM")
            except pypdfium2.PdfiumError as problem:
                raise CorruptFile(
                    said("Page {page} cannot be drawn: the file is damaged.", page=str(number))
                ) from problem
            except MemoryError as problem:
                raise OutOfMemory(
                    said("Page {page} needed more memory than this worker has.", page=str(number))
                ) from problem

    @contextmanager
    def page(self, pdf: Path, number: int) -> Iterator[Any]:
        """One page, opened.

        Raises:
            CorruptFile: it cannot be.
        """
        with ExitStack() as stack:
            try:
                page = stack.enter_context(opened_page(self._document(pdf), number))
            except (pypdfium2.PdfiumError, IndexError) as problem:
                damaged = said("Page {page} cannot be opened: the file is damaged.", page=str(number))
                raise CorruptFile(damaged) from problem
            yield page

    def close(self) -> None:
        """Let go of the document."""
        if self._open:
            self._open[1].close()
            self._open = None

    def _document(self, pdf: Path) -> Any:  # noqa: ANN401 - the library has no types
        found = pdf.stat()
        key = (pdf, found.st_mtime_ns, found.st_size)
        if self._open and self._open[0] == key:
            return self._open[1]
        self.close()
        document = pypdfium2.PdfDocument(pdf)
        with suppress(pypdfium2.PdfiumError):
            document.init_forms()
        self._open = (key, document)
        return document
