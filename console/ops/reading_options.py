"""What may be chosen for a reading, and what is refused, each with a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from worker.core.errors import UsageError
from worker.core.jobs import DPI, FORMATS, MODES, Options
from worker.core.page_range import check_range
from worker.core.said import said

_LANGUAGES = re.compile(r"[A-Za-z0-9_]{2,40}(\+[A-Za-z0-9_]{2,40})*")


def check_options(options: Options) -> None:
    """Refuse options that cannot be meant, whatever the files.

    Raises:
        UsageError: the languages, the mode, the page range, the resolution or the outputs.
    """
    if not _LANGUAGES.fullmatch(options.languages):
        raise UsageError(
            said("“{languages}” names no languages.", languages=options.languages),
            "Write them as tesseract does: eng or deu+eng.",
        )
    if options.mode not in MODES:
        none = said("There is no mode {mode}.", mode=options.mode)
        raise UsageError(none, said("Modes are {known}.", known=", ".join(MODES)))
    check_range(options.pages)
    check_dpi(options.dpi)
    if not options.formats:
        raise UsageError("No output is chosen.", said("Formats are {known}.", known=", ".join(FORMATS)))
    if options.pdfa and "pdf" not in options.formats:
        raise UsageError("PDF/A is chosen without the searchable PDF.", "Add pdf to the formats, or leave PDF/A out.")


def check_dpi(dpi: int) -> None:
    """Raise UsageError for a resolution at which pages cannot be drawn."""
    if dpi not in DPI:
        bounds = said("From {least} to {most} is possible.", least=str(DPI[0]), most=str(DPI[-1]))
        raise UsageError(said("Pages cannot be drawn at {dpi} dpi.", dpi=str(dpi)), bounds)


def settled(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is chosen on top of a preset or of a job's own: where no PDF is made, none becomes a PDF/A."""
    bare = bool(given.get("formats")) and "pdf" not in given["formats"]
    return ({"pdfa": False} if bare else {}) | dict(given)


def formats_in(text: str, known: Sequence[str] = FORMATS) -> tuple[str, ...]:
    """The formats of a list such as `txt,pdf`, in the usual order; none where it is empty.

    Args:
        text: The list.
        known: Those that may be named, in their order.

    Raises:
        UsageError: there is no such format.
    """
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    for word in words:
        if word not in known:
            none = said("There is no format {word}.", word=word)
            raise UsageError(none, said("Formats are {known}.", known=", ".join(known)))
    return tuple(form for form in known if form in words)
