"""A page's image to its text, hOCR and invisible text layer, in one pass of an engine."""

from __future__ import annotations

from pathlib import Path

from worker.core.errors import NoLanguage
from worker.core.said import said
from worker.pipeline.rasterize import PageImage
from worker.pipeline.words import Word, words
from worker.tools.tessdata import split_languages
from worker.tools.toolbox import Toolbox


def check_languages(languages: str, toolbox: Toolbox) -> None:
    """Refuse what the engine would silently do without.

    Raises:
        NoLanguage: naming what is not here.
    """
    missing = sorted(set(split_languages(languages)) - toolbox.engine.languages())
    if missing:
        named = ", ".join(f"“{language}”" for language in missing)
        raise NoLanguage(said("There is no data for the language {languages} on this worker.", languages=named))


def recognize(image: PageImage, languages: str, base: Path, toolbox: Toolbox) -> list[Word]:
    """Read the image into `base`.txt, `base`.hocr and `base`.pdf; its words.

    Raises:
        EngineError: no language, a crash, out of time, out of memory, garbage.
    """
    toolbox.engine.read(
        image.path, languages=languages, dpi=image.dpi, base=base, timeout=toolbox.limits.page_timeout_s
    )
    return list(words(base.with_name(f"{base.name}.hocr")))
