"""Lines of a page with their words, paragraph by paragraph, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from worker.pipeline.words import Row


@dataclass(frozen=True, slots=True)
class Line:
    """A line with at least one word; pixels of the page's image."""

    words: tuple[str, ...]
    x: int
    y: int
    right: int
    bottom: int
    size: float  # of its letters, from the lowest to the highest that there are
    first: int = 0  # width of its first word
    leftwards: bool = False

    def without_first(self) -> Line:
        """The line after its first word."""
        return replace(self, words=self.words[1:])


def lines_of(rows: Sequence[Row]) -> Iterator[list[Line]]:
    """The lines of each paragraph, those without words left out."""
    for paragraph in _parts(rows, 3):
        lines = (_line(part, paragraph[0].leftwards) for part in _parts(paragraph, 4))
        if found := [line for line in lines if line is not None]:
            yield found


def _parts(rows: Sequence[Row], level: int) -> Iterator[Sequence[Row]]:
    """Rows of a level with what is in them."""
    starts = [index for index, row in enumerate(rows) if row.level == level]
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=False):
        part = rows[start:end]
        yield [part[0], *takewhile(lambda row: row.level > level, part[1:])]


def _line(rows: Sequence[Row], leftwards: bool) -> Line | None:
    line, *words = rows
    if not words:
        return None
    box = (line.x, line.y, line.x + line.w, line.y + line.h)
    size = line.h if leftwards else line.size or line.h  # engines measure it by Latin letters
    return Line(tuple(word.text for word in words), *box, size, words[0].w, leftwards)
