"""Connected pieces of ink, by runs of pixels: what letters, dots, rules and blots are before anybody reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Boxes around pieces and how many pixels of each are ink. Right and bottom lie just outside."""

    left: Ints
    top: Ints
    right: Ints
    bottom: Ints
    area: Ints

    def __len__(self) -> int:
        return len(self.area)

    @property
    def width(self) -> Ints:
        """Pixels."""
        return self.right - self.left

    @property
    def height(self) -> Ints:
        """Pixels."""
        return self.bottom - self.top

    @property
    def fill(self) -> NDArray[np.float64]:
        """The part of its box that is ink."""
        return self.area / (self.width * self.height)

    def where(self, chosen: Mask | Ints) -> Pieces:
        """Those that a mask or indices choose."""
        return Pieces(*(side[chosen] for side in (self.left, self.top, self.right, self.bottom, self.area)))


def pieces(ink: Mask) -> Pieces:
    """The pieces of a picture; pixels that touch at a corner belong together."""
    row = ink.shape[1] + 2  # with a gap, so that no piece reaches round the edge
    padded = np.zeros((ink.shape[0], row), np.int8)
    padded[:, 1:-1] = ink
    flat = padded.ravel()
    turns = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    starts, ends = turns[0::2], turns[1::2]
    if not len(starts):
        return Pieces(*(np.zeros(0, np.int64) for _ in range(5)))
    label = _joined(len(starts), *_touching(starts, ends, row))
    order = np.argsort(label, kind="stable")
    first = np.flatnonzero(np.diff(label[order], prepend=-1))
    line, left = starts[order] // row, starts[order] % row - 1
    length = (ends - starts)[order]
    return Pieces(
        np.minimum.reduceat(left, first),
        np.minimum.reduceat(line, first),
        np.maximum.reduceat(left + length, first),
        np.maximum.reduceat(line, first) + 1,
        np.add.reduceat(length, first),
    )


def _touching(starts: Ints, ends: Ints, row: int) -> tuple[Ints, Ints]:
    """Pairs of runs, one right below the other."""
    low = np.searchsorted(ends, starts + row, "left")
    high = np.searchsorted(starts, ends + row, "right")
    many = np.maximum(high - low, 0)
    above = np.repeat(np.arange(len(starts)), many)
    nth = np.arange(len(above)) - np.repeat(np.cumsum(many) - many, many)
    return above, np.repeat(low, many) + nth


def _joined(count: int, above: Ints, below: Ints) -> Ints:
    """A label for each run, the same for those that hang together."""
    label = np.arange(count)
    while len(above):
        one, other = label[above], label[below]
        apart = one != other
        above, below, one, other = above[apart], below[apart], one[apart], other[apart]
        least = np.minimum(one, other)
        np.minimum.at(label, one, least)
        np.minimum.at(label, other, least)
        while (label != label[label]).any():
            label = label[label]
    return label
