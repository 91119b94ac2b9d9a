"""How many of what, in words that agree in number."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from console.ui import words

translate = QCoreApplication.translate


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
    return part_of(words.size_figure(done, whole), words.size(whole))
