"""Tools for the pipeline's tests: the best engine that is here, and one that only copies what it is told."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit import engines
from worker.core.document import Document, Limits
from worker.core.examine import examine
from worker.core.jobs import FORMATS, Options
from worker.pipeline.assemble import assemble
from worker.pipeline.read import PageReading, read_page
from worker.tools.pdfium import Pdfium
from worker.tools.toolbox import Toolbox

Read = Callable[..., tuple[list[PageReading], dict[str, Path]]]


@pytest.fixture(scope="session")
def toolbox() -> Toolbox:
    """An engine in process, which is quick to start, and a rasteriser that is always there."""
    return Toolbox(engines.engine("tesserocr"), Pdfium())


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def read(toolbox: Toolbox, tmp_path: Path) -> Read:
    """Examine, read all pages, assemble, in a work folder of its own."""

    def go(
        path: Path, *, password: str | None = None, limits: Limits | None = None, **options: object
    ) -> tuple[list[PageReading], dict[str, Path]]:
        work = Path(tempfile.mkdtemp(prefix="work-", dir=tmp_path))
        tools = Toolbox(toolbox.engine, toolbox.rasterizer, limits or toolbox.limits)
        document: Document = examine(path, password=password, limits=tools.limits)
        asked = Options.from_dict(options)
        readings = [read_page(document, page.number, asked, work, tools) for page in document.pages]
        return readings, assemble(document, readings, FORMATS, work, engine=tools.describe(asked.languages))

    return go
