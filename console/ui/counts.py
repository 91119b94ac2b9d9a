"""How many of what, in words that agree in number."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from console.ui import words

translate = QCoreApplication.translate
_SCALE: Final = {"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}


def files(count: int) -> str:
    """1 file, 2,000 files."""
    return words.counted(count, translate("Counts", "{n} file"), translate("Counts", "{n} files"))


def jobs(count: int) -> str:
    """1 job, 2,000 jobs."""
    return words.counted(count, translate("Counts", "{n} job"), translate("Counts", "{n} jobs"))


def pages(count: int) -> str:
    """1 page, 2,000 pages."""
    return words.counted(count, translate("Counts", "{n} page"), translate("Counts", "{n} pages"))


def words_read(count: int) -> str:
    """1 word, 2,000 words."""
    return words.counted(count, translate("Counts", "{n} word"), translate("Counts", "{n} words"))


def workers(count: int) -> str:
    """1 worker, 4 workers."""
    return words.counted(count, translate("Counts", "{n} worker"), translate("Counts", "{n} workers"))


def part_of(part: str, whole: str) -> str:
    """Two amounts as one: 58 of 187 pages."""
    return translate("Counts", "{part} of {whole}").replace("{part}", part).replace("{whole}", whole)


def bytes_of(done: int, whole: int) -> str:
    """How many bytes of how many, both in the unit of the whole: 14.1 of 17.2 MB."""
    shown = words.size(whole)
    unit = shown.rpartition(" ")[2]
    value = done / _SCALE.get(unit, 1.0)
    small = unit in _SCALE and unit != "KB" and whole / _SCALE[unit] < 99.95
    return part_of(words.decimal(value) if small else words.number(round(value)), shown)
