"""What is known of a file before it is read: its type, its pages, their sizes, and the bounds that hold for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path

from worker.core.errors import TooLarge
from worker.core.said import said
from worker.core.settings import Settings

POINTS_PER_INCH = 72.0
LEAST_DPI = 20.0  # below it no print can be read


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may ask of a machine. Checked from headers, before anything is decoded or drawn."""

    max_pixels: int = 50_000_000
    max_side: int = 10_000
    max_source_pixels: int = 300_000_000
    max_content_bytes: int = (
        20_000_000  # that a page is drawn with, unpacked; understood, they are a hundred times that
    )
    max_file_mb: int = 4096
    max_pages: int = 20_000
    page_timeout_s: float = 180.0
    tool_memory_mb: int = 3000  # address space of an external program

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits that the settings give."""
        return cls(
            max_pixels=settings.max_pixels,
            max_side=settings.max_side,
            max_source_pixels=settings.max_source_pixels,
            max_file_mb=settings.max_file_mb,
            max_pages=settings.max_pages,
            page_timeout_s=settings.page_timeout_s,
        )

    def dpi(self, width: float, height: float, wanted: float) -> float:
        """The resolution at which a page of this size, in points, is drawn: as wanted, or less to stay in bounds."""
        wide, high = max(width, 1.0) / POINTS_PER_INCH, max(height, 1.0) / POINTS_PER_INCH
        return min(wanted, sqrt(self.max_pixels / (wide * high)), self.max_side / max(wide, high))

    def drawing_dpi(self, name: str, page: PageInfo, wanted: float) -> float:
        """The resolution at which a page of a PDF is drawn. Raises TooLarge if no print on it could be read then."""
        dpi = self.dpi(page.width, page.height, wanted)
        if dpi < min(LEAST_DPI, wanted):
            template = "Page {page} of “{name}” is {width} × {height} inches: too large to be read."
            width, height = round(page.width / POINTS_PER_INCH), round(page.height / POINTS_PER_INCH)
            raise TooLarge(said(template, page=str(page.number), name=name, width=width, height=height))
        return dpi

    def check_pages(self, name: str, count: int) -> None:
        """Refuse a document of too many pages. Raises TooLarge."""
        if count > self.max_pages:
            many = said(
                "“{name}” has {count} pages; {limit} is the limit.", name=name, count=count, limit=self.max_pages
            )
            raise TooLarge(many, "Split it in parts.")

    def check_content(self, name: str, page: PageInfo) -> None:
        """Refuse to look at a page that takes more instructions than can be held. Raises TooLarge."""
        if page.content_bytes > self.max_content_bytes:
            template = "Page {page} of “{name}” has more than {limit} MB of drawing instructions."
            limit = self.max_content_bytes // 1_000_000
            raise TooLarge(said(template, page=str(page.number), name=name, limit=limit), "Print it to a new PDF.")

    def check_picture(self, name: str, number: int, pixels: int) -> None:
        """Refuse to draw a page with a picture of so many pixels. Raises TooLarge."""
        if pixels > self.max_source_pixels:
            bound = self.max_source_pixels // 1_000_000
            template = "Page {page} of “{name}” has a picture of more than {bound} million pixels."
            raise TooLarge(said(template, page=str(number), name=name, bound=bound))


@dataclass(frozen=True, slots=True)
class PageInfo:
    """A page as its header has it. Sizes are points as displayed: after rotation, inside the crop box."""

    number: int  # 1-based
    width: float
    height: float
    dpi: float | None = None  # of an image that names a sane one
    largest_image: int = 0  # pixels of the largest picture on it
    content_bytes: int = 0  # of instructions to draw it with, where they may be too many


@dataclass(frozen=True, slots=True)
class Document:
    """A file that can be read. `name` is what its user calls it; it never reaches a tool."""

    path: Path
    name: str
    kind: str  # "pdf" or "image"
    media_type: str
    extension: str  # by content, without the dot
    pages: tuple[PageInfo, ...]
    notes: tuple[str, ...] = ()
    encrypted: bool = False
    repaired: bool = False
    password: str | None = field(default=None, repr=False)
