"""What draws a page of a PDF: one interface, whichever library does it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Rasterizer(Protocol):
    """Draws pages as a viewer shows them: inside the crop box, rotated, with filled-in forms."""

    @property
    def name(self) -> str:
        """`poppler` or `pdfium`."""

    @property
    def version(self) -> str:
        """The version of the library that draws."""

    def draw(self, pdf: Path, number: int, *, dpi: float, image: Path, timeout: float) -> None:
        """Draw page `number` (1-based) as 8-bit grey into `image`, a PGM. The caller has bounded dpi.

        Raises:
            CorruptFile: the page cannot be drawn.
            PageTimedOut, OutOfMemory, NoEngine: as they say.
        """
