"""What became of each hazard, as a table in Markdown: shown when the tests have ended, and kept in build/hazards.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PLACE = Path("build/hazards.md")
HEADS = ("file", "what it is", "class", "sentence", "seconds", "peak MB", "good job after it")


@dataclass(frozen=True)
class Met:
    """One hazard, as it was met."""

    file: str
    what: str
    state: str  # "done", or the class of its failure
    sentence: str
    seconds: float
    peak_mb: int | None  # of the worker with all its processes; None: no worker saw it
    after: str  # of the good job


rows: list[Met] = []  # of this run


def lines() -> Iterator[str]:
    """The table."""
    yield f"| {' | '.join(HEADS)} |"
    yield "|---" * len(HEADS) + "|"
    for one in rows:
        peak = "–" if one.peak_mb is None else str(one.peak_mb)
        cells = (one.file, one.what, one.state, one.sentence, f"{one.seconds:.1f}", peak, one.after)
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"


def write() -> list[str]:
    """Keep it; the lines to show."""
    if not rows:
        return []
    made = list(lines())
    PLACE.parent.mkdir(parents=True, exist_ok=True)
    PLACE.write_text("\n".join([*made, ""]), "utf-8")
    return made


def _cell(text: str) -> str:
    """On one line; a name that is longer than a line is cut, one that writes backwards is held together."""
    plain = "".join(sign if sign.isprintable() else "�" for sign in text.replace("|", "/").replace("\n", "⏎"))
    for word in plain.split():
        if len(word) > 60:
            plain = plain.replace(word, f"{word[:40]}…")
    return plain
