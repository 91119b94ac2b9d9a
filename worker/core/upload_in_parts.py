"""An upload in parts, as a job's row remembers it; apart from what sends it, whose driver few need."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UploadInParts:
    """What a job's row remembers of an upload that is under way."""

    id: str
    key: str
    part_bytes: int
    file: tuple[int, int, int]  # inode, size and time of change in ns of the file that it was begun with
