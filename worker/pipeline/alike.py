"""What tells that an image was read before: its pixels as drawn, and all that has a say in how they are read."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

from worker import pipeline, tools
from worker.core.jobs import Options
from worker.pipeline.rasterize import PageImage
from worker.tools.engine import Engine
from worker.tools.tessdata import split_languages

KEY_BYTES = 16


def image_key(image: PageImage, options: Options, engine: Engine) -> bytes:
    """The same for two images only if reading them gives the same; 5 ms for a page of A4 at 300 dpi."""
    with image.path.open("rb") as file:
        pixels = hashlib.file_digest(file, "sha256").hexdigest()
    languages = "+".join(split_languages(options.languages))
    how = f"{_program()} {engine.identity(languages)} {languages} {image.dpi} {options.deskew} {pixels}"
    return hashlib.sha256(how.encode()).digest()[:KEY_BYTES]


@cache
def _program() -> str:
    """Another version may prepare an image otherwise, and so may one that was changed where it lies.

    A frozen one has no sources: they lie inside the program.
    """
    sources = hashlib.sha256()
    folders = (Path(pipeline.__file__).parent, Path(tools.__file__).parent)
    for path in [path for folder in folders for path in sorted(folder.glob("*.py"))] or [Path(sys.executable)]:
        sources.update(path.read_bytes())
    return f"{version('ocr-console')} {sources.hexdigest()}"
