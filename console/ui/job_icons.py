"""The icon of a document, by the name of its file."""

from __future__ import annotations

from pathlib import PurePath

IMAGES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".gif", ".jp2", ".j2k"})


def job_icon(name: str) -> str:
    """The icon of a file by its name."""
    return "file-image" if PurePath(name).suffix.lower() in IMAGES else "file-text"
