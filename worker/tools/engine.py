"""What an engine that reads is: one interface, whichever way tesseract is reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from worker.core.errors import EngineCrashed
from worker.tools.tessdata import ORIENTATION, Tessdata

# What every engine is told, beside the languages and the resolution. One pass writes all of these outputs.
VARIABLES: Mapping[str, str] = {
    "tessedit_create_txt": "1",
    "tessedit_create_hocr": "1",
    "tessedit_create_pdf": "1",
    "textonly_pdf": "1",
    "page_separator": "",
}
SUFFIXES = ("txt", "hocr", "pdf")
LAYOUT = 3  # tesseract's page segmentation: it looks for blocks, lines and words itself
Orientation = tuple[int, float]  # quarter turns, clockwise, after which the print is upright; how sure, 15 is very


class Engine(Protocol):
    """Reads an image of ours; what comes from users never reaches it."""

    @property
    def name(self) -> str:
        """`tesserocr` or `tesseract`."""

    @property
    def version(self) -> str:
        """The version of tesseract, such as 5.5.4."""

    def languages(self) -> frozenset[str]:
        """What it can read here, as tesseract spells it."""

    def describe(self, languages: str) -> dict[str, Any]:
        """What is recorded with a job: engine, version, model, variables."""

    def identity(self, languages: str) -> str:
        """What two readings of one image must have in common to be the same: engine, version, data by its content."""

    def read(self, image: Path, *, languages: str, dpi: int, base: Path, timeout: float) -> None:
        """Read the image in one pass into `base`.txt, `base`.hocr and `base`.pdf (invisible text, nothing else).

        Raises:
            NoLanguage, EngineCrashed, PageTimedOut, OutOfMemory: nothing half-written is to be used then.
        """

    def orientation(self, image: Path, timeout: float) -> Orientation | None:
        """How the print lies; None where there is too little of it to tell, or no data to tell it by.

        Raises:
            EngineCrashed, PageTimedOut, OutOfMemory: as they say.
        """


@contextmanager
def as_bitmap(image: Path, base: Path) -> Iterator[Path]:
    """The same image as BMP, for as long as the block runs.

    tesseract reads it to the same bytes as a PGM and saves a tenth of a second a page: leptonica takes 76 ms to load
    the PGM at 300 dpi and 5 ms to load the BMP, and its lines are cut out faster.

    Raises:
        EngineCrashed: it is no image.
    """
    path = base.with_name(f"{base.name}.bmp")
    try:
        _loaded(image).save(path, format="BMP")
        yield path
    finally:
        path.unlink(missing_ok=True)


def _loaded(image: Path) -> Image.Image:
    try:
        with Image.open(image, formats=["PPM"]) as opened:
            opened.load()
            return opened
    except OSError as problem:  # no image, or half of one
        raise EngineCrashed("tesseract could not read the page's image.") from problem


class Reader:
    """What is the same whichever way tesseract is reached: its language data, and what is recorded of it."""

    name: str
    version: str

    def __init__(self, tessdata: Tessdata) -> None:
        self._tessdata = tessdata

    def languages(self) -> frozenset[str]:
        """What it can read here."""
        return self._tessdata.languages

    def describe(self, languages: str) -> dict[str, Any]:
        """What is recorded with a job."""
        return {
            "engine": self.name,
            "version": self.version,
            "model": self._tessdata.describe(languages),
            "variables": {"psm": LAYOUT, **VARIABLES},
        }

    def identity(self, languages: str) -> str:
        """What makes two readings the same; see Engine."""
        variables = " ".join(f"{name}={value}" for name, value in sorted(VARIABLES.items()))
        data = self._tessdata.digest(f"{languages}+{ORIENTATION}")  # without it, what lies wrong is found otherwise
        return f"{self.name} {self.version} {data} {variables}"
