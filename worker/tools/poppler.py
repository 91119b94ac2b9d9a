"""Poppler's pdftoppm, through pdf2image."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from worker.core.errors import CorruptFile, NoEngine, PageTimedOut
from worker.core.said import said
from worker.tools.run import guarded, run

_VERSION = re.compile(r"pdftoppm version (\S+)")
_PROGRAMS = ("pdftoppm", "pdfinfo")


class Poppler:
    """Draws in a process of its own, so a page that kills it is only a page that failed."""

    name = "poppler"

    def __init__(self, folder: Path | None = None, *, memory_mb: int = 3000) -> None:
        """Take the programs of a folder, or those on the PATH.

        Raises:
            NoEngine: there is no poppler.
        """
        self._memory_mb = memory_mb
        path = str(folder) if folder else None
        found = {program: shutil.which(program, path=path) for program in _PROGRAMS}
        self._programs = {program: Path(place) for program, place in found.items() if place}
        if len(self._programs) < len(_PROGRAMS):
            raise NoEngine("Poppler is not installed.", "Install it (Debian: apt install poppler-utils).")
        ended = run([str(self._programs["pdftoppm"]), "-v"], timeout=20)
        match = _VERSION.search(ended.stderr + ended.stdout)
        if match is None:
            raise NoEngine("pdftoppm does not work here.", "Install poppler again.")
        self.version = match[1]

    def draw(self, pdf: Path, number: int, *, dpi: float, image: Path, timeout: float) -> None:
        """Draw a page; see Rasterizer."""
        import pdf2image
        from pdf2image import exceptions

        with tempfile.TemporaryDirectory(prefix="draw-", dir=image.parent) as folder:
            try:
                drawn: Sequence[Any] = pdf2image.convert_from_path(
                    pdf,
                    dpi=dpi,  # type: ignore[arg-type] # pdftoppm takes fractions
                    first_page=number,
                    last_page=number,
                    fmt="ppm",
                    grayscale=True,
                    paths_only=True,
                    output_folder=folder,
                    use_cropbox=True,
                    timeout=timeout,  # type: ignore[arg-type]
                    poppler_path=self._guarded(timeout),
                )
            except exceptions.PDFPopplerTimeoutError as problem:
                raise PageTimedOut(
                    said("Page {page} was not drawn within {limit} s.", page=str(number), limit=f"{timeout:g}")
                ) from problem
            except exceptions.PDFInfoNotInstalledError as problem:
                raise NoEngine("Poppler could not be started.") from problem
            except (exceptions.PDFPageCountError, exceptions.PDFSyntaxError) as problem:
                raise CorruptFile(
                    said("Page {page} cannot be drawn: the file is damaged.", page=str(number))
                ) from problem
            if not drawn or not _is_whole(Path(drawn[0])):
                raise CorruptFile(said("Page {page} cannot be drawn.", page=str(number)))
            Path(drawn[0]).replace(image)

    def _guarded(self, timeout: float) -> Path:
        """A folder with the programs within their bounds; pdf2image runs pdfinfo without a time limit of its own."""
        return guarded(self._programs, timeout=timeout, memory_mb=self._memory_mb)["pdftoppm"].parent


def _is_whole(image: Path) -> bool:
    """Whether a PGM has all the bytes that its header promises: a killed pdftoppm leaves half of them."""
    with image.open("rb") as file:
        header = file.readline() + file.readline() + file.readline()
    fields = header.split()
    if len(fields) < 4 or fields[0] != b"P5":
        return False
    return image.stat().st_size == len(header) + int(fields[1]) * int(fields[2])
