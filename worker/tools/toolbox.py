"""The best tools that are here: what reads, what draws, and the bounds they work in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from worker.core.document import Limits
from worker.core.errors import NoEngine
from worker.core.settings import Settings
from worker.tools.engine import Engine
from worker.tools.pdfium import Pdfium
from worker.tools.poppler import Poppler
from worker.tools.rasterizer import Rasterizer
from worker.tools.tessdata import Tessdata
from worker.tools.tesseract import Tesseract, newest_program
from worker.tools.tesserocr_engine import Tesserocr

Tool = TypeVar("Tool")


@dataclass(slots=True)
class Toolbox:
    """What a worker process works with; made once for each process, not for two threads at a time."""

    engine: Engine
    rasterizer: Rasterizer
    limits: Limits = field(default_factory=Limits)
    pdfium: Pdfium = field(default_factory=Pdfium)  # looks at pages and takes the text that they have
    draws_scans: bool = False  # it draws the pages, too, that are a picture and little else: in a fifth of the time

    def drawer(self, *, scan: bool) -> Rasterizer:
        """What draws a page. What can hang on a drawing works in a process of its own; a picture is decoded."""
        return self.pdfium if scan and self.draws_scans else self.rasterizer

    def describe(self, languages: str) -> dict[str, Any]:
        """What is recorded with a job: engine, version, model, variables, what drew the pages."""
        drawn_by = f"{self.rasterizer.name} {self.rasterizer.version}"
        if self.draws_scans:
            drawn_by += f"; scans: {self.pdfium.name} {self.pdfium.version}"
        return {**self.engine.describe(languages), "rasterizer": drawn_by}


def toolbox(settings: Settings, *, isolated: bool = False, expendable: bool = False) -> Toolbox:
    """The tools that the settings ask for, or the best that are here.

    Args:
        settings: Of this worker.
        isolated: An engine that may crash alone, if there is one.
        expendable: Whether this process may be ended by an engine in it that does not come back.

    Raises:
        NoEngine: nothing here can read, or what the settings ask for is not here.
    """
    limits = Limits.of(settings)
    tessdata = Tessdata.find(settings.tessdata)
    engine = _engine(settings.ocr_engine, tessdata, limits, isolated=isolated, expendable=expendable)
    if not engine.languages():
        raise NoEngine("Tesseract is here, but no language data.", "Install some (apt install tesseract-ocr-eng).")
    scans = settings.rasterizer == "auto" and not isolated
    return Toolbox(engine, _rasterizer(settings.rasterizer, limits), limits, draws_scans=scans)


def _engine(asked: str, tessdata: Tessdata, limits: Limits, *, isolated: bool, expendable: bool) -> Engine:
    """In process where that can be: a third less CPU than a program for each page."""
    ways: list[Callable[[], Engine]] = []
    if asked in {"auto", "tesserocr"} and not (isolated and asked == "auto"):
        ways.append(lambda: Tesserocr(tessdata, expendable=expendable))
    if asked in {"auto", "tesseract"}:
        ways.append(lambda: Tesseract(newest_program(), tessdata, memory_mb=limits.tool_memory_mb))
    if isolated and asked == "auto":
        ways.append(lambda: Tesserocr(tessdata, expendable=expendable))
    return _first(ways)


def _rasterizer(asked: str, limits: Limits) -> Rasterizer:
    if asked == "pdfium" or (asked == "auto" and sys.platform == "win32"):
        return Pdfium()
    ways: list[Callable[[], Rasterizer]] = [lambda: Poppler(memory_mb=limits.tool_memory_mb)]
    if asked == "auto":
        ways.append(Pdfium)
    return _first(ways)


def _first(ways: list[Callable[[], Tool]]) -> Tool:
    problem: NoEngine | None = None
    for way in ways:
        try:
            return way()
        except NoEngine as reason:
            problem = problem or reason
    raise problem or NoEngine("There is no tesseract on this worker.")
