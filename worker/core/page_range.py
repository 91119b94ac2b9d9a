"""Page ranges as people write them: `3-7,9`, `-4`, `12-`."""

from __future__ import annotations

import re

from worker.core.errors import UsageError
from worker.core.said import said

_PART = re.compile(r"(\d{1,9})|(\d{0,9})-(\d{0,9})", re.ASCII)


def check_range(spec: str) -> None:
    """Refuse a range that cannot be meant, whatever the document.

    Raises:
        UsageError: naming the part that is wrong.
    """
    page_numbers(spec, 1)


def page_numbers(spec: str, total: int) -> list[int]:
    """The pages of a document of `total` pages that the range names, ascending, each once; empty spec: all.

    Raises:
        UsageError: naming the part that is wrong. A page past the end is left out in silence.
    """
    if not spec.strip():
        return list(range(1, total + 1))
    chosen: set[int] = set()
    for part in spec.split(","):
        first, last = _bounds(part.strip(), total)
        chosen.update(range(first, min(last, total) + 1))
    return sorted(chosen)


def _bounds(part: str, total: int) -> tuple[int, int]:
    match = _PART.fullmatch(part)
    if match is None or part == "-":
        raise UsageError(said("“{part}” is not a page range.", part=part), "Write ranges like 3-7,9.")
    one, first, last = match.groups()
    low, high = (int(one), int(one)) if one else (int(first or 1), int(last) if last else max(total, int(first or 1)))
    if low < 1 or high < low:
        raise UsageError(
            said("The page range “{part}” runs backwards or starts before page 1.", part=part),
            "Write ranges like 3-7,9.",
        )
    return low, high
