"""Plans that nobody looked through."""

from __future__ import annotations

from pathlib import Path

from console.ops.intake import Plan, PlannedFile, Skipped


def planned(path: str, pages: int | None = 3, *, size: int = 2_000_000, text: int = 0, locked: bool = False):
    """A file of a plan; its path is below /data."""
    known = None if locked else pages
    fates = "" if known is None else "t" * text + "r" * (known - text)
    return PlannedFile(Path("/data") / path, path, size, 0.0, "application/pdf", "pdf", known, known, fates, locked)


def fated(path: str, fates: str, pages: int) -> PlannedFile:
    """A file of which so many pages were looked at, with a letter for each; its path is below /data."""
    return PlannedFile(Path("/data") / path, path, 2_000_000, 0.0, "application/pdf", "pdf", pages, pages, fates)


def mixed_plan() -> Plan:
    """340 scans of 17 pages, 14 documents with text, two locked files, and what is left out."""
    files = [planned(f"Archiv/Rat/Protokoll {number}.pdf", 17) for number in range(340)]
    files += [planned(f"Archiv/Neu/Haushalt {number}.pdf", 34, text=34) for number in range(14)]
    files += [planned("Archiv/Steuern/Bescheid 1971.pdf", locked=True), planned("Hồ sơ/Tờ khai.pdf", locked=True)]
    skipped = [
        Skipped("Archiv/Inventar.docx", "unsupported_type", "Inventar.docx is an Office document.", 64_000),
        Skipped("Archiv/link", "link", "A link. Links are not followed."),
        *(Skipped(f"Archiv/{n}/Thumbs.db", "system", "A file that the system keeps.", 1000) for n in range(5)),
    ]
    return Plan(tuple(files), tuple(skipped))
