"""The formats of outputs in words."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from worker.core.jobs import RECEIPT

translate = QCoreApplication.translate
ORDER = ("pdf", "txt", "json", "hocr", "tsv", "alto", "md")  # in which they are named


def format_word(name: str) -> str:
    """Searchable PDF for "pdf"; a format of another program is called by its name."""
    known = {
        "pdf": translate("Plan", "Searchable PDF"),
        "txt": translate("Plan", "Text"),
        "json": "JSON",
        "hocr": "hOCR",
        "tsv": "TSV",
        "alto": "ALTO",
        "md": "Markdown",
        RECEIPT: translate("Outputs", "Receipt"),
    }
    return known.get(name, name)


def in_order(names: Iterable[str]) -> list[str]:
    """The names in which they are named; those of other programs stand last, as they came."""
    return sorted(names, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


def formats_in_words(formats: Iterable[str]) -> str:
    """Searchable PDF, Text, JSON."""
    wanted = set(formats)
    return ", ".join(format_word(name) for name in ORDER if name in wanted)
