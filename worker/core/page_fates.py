"""What becomes of the pages of a document, a letter for each, so that those of thousands of files fit in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from worker.core.page_content import PageContent  # loads PDFium, which those who only count do without

READ, TEXT, LAYER, EMPTY, REFUSED = "r", "t", "l", "e", "x"  # LAYER: text with an earlier reading in it


def fate_of(content: PageContent) -> str:
    """The letter of a page that was looked at."""
    if content.is_empty:
        return EMPTY
    if content.decision("auto") == "read":
        return READ
    return LAYER if content.decision("redo") == "read" else TEXT


@dataclass(frozen=True, slots=True)
class PageCounts:
    """How many pages meet which fate."""

    read: int = 0  # by an engine, with those that are unknown
    text: int = 0  # have good text, or a good earlier reading
    kept: int = 0  # of those, whose text is taken as it is; the others are read
    empty: int = 0
    refused: int = 0  # too large or too much to be drawn: they are delivered without text
    unknown: int = 0  # not looked at

    @classmethod
    def of(cls, letters: str, unknown: int, mode: str) -> PageCounts:
        """Pages of these fates, and so many that nobody looked at, in `auto`, `force` or `redo` mode."""
        whole, layered = letters.count(TEXT), letters.count(LAYER)
        kept = {"auto": whole + layered, "redo": whole}.get(mode, 0)
        read = letters.count(READ) + whole + layered - kept + unknown
        return cls(read, whole + layered, kept, letters.count(EMPTY), letters.count(REFUSED), unknown)
