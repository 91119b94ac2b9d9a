"""Which columns of a table are shown, in which order and how wide: as the user left it, and as it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from console.bridge.table import CHECK, Column

NARROWEST, WIDEST = 32, 2000  # pixels


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The columns of a table by their keys."""

    order: tuple[str, ...]  # all of them
    hidden: frozenset[str] = frozenset()
    widths: Mapping[str, int] = field(default_factory=dict)  # set by hand; the others are as wide as they are defined

    def moved(self, key: str, place: int) -> Arrangement:
        """One column put at a place among all; the check boxes stay first."""
        others = [one for one in self.order if one != key]
        first = 1 if CHECK in others else 0
        others.insert(min(max(place, first), len(others)), key)
        return replace(self, order=tuple(others))

    def with_hidden(self, key: str, hidden: bool) -> Arrangement:
        """One column hidden or shown."""
        return replace(self, hidden=self.hidden | {key} if hidden else self.hidden - {key})

    def with_width(self, key: str, width: int | None) -> Arrangement:
        """One column as wide as that; None: as it is defined."""
        widths = {one: wide for one, wide in self.widths.items() if one != key}
        if width is not None:
            widths[key] = min(max(width, NARROWEST), WIDEST)
        return replace(self, widths=widths)

    def as_json(self) -> dict[str, Any]:
        """What is kept of it."""
        return {"order": list(self.order), "hidden": sorted(self.hidden), "widths": dict(self.widths)}


def required(columns: Sequence[Column[Any]]) -> frozenset[str]:
    """What cannot be hidden: what has no title, and the first column with one, which says what a row is."""
    words = [column.key for column in columns if column.title]
    return frozenset({*words[:1], *(column.key for column in columns if not column.title)})


def as_defined(columns: Sequence[Column[Any]]) -> Arrangement:
    """As they are before anybody touched them."""
    hidden = frozenset(column.key for column in columns if column.hidden) - required(columns)
    return Arrangement(tuple(column.key for column in columns), hidden)


def restored(columns: Sequence[Column[Any]], kept: Mapping[str, Any]) -> Arrangement:
    """As it was kept, by this version or another: keys that are unknown are left out, new columns stand as defined."""
    basis = as_defined(columns)
    order = [key for key in dict.fromkeys(_strings(kept.get("order"))) if key in basis.order]
    if not order:
        return basis
    hidden = (set(_strings(kept.get("hidden"))) & set(order)) | (basis.hidden - set(order))
    made = Arrangement(tuple(order), frozenset(hidden) - required(columns))
    for place, key in enumerate(basis.order):
        if key not in order:
            before = made.order.index(basis.order[place - 1]) + 1 if place else 0
            made = replace(made, order=(*made.order[:before], key, *made.order[before:]))
    if CHECK in made.order:
        made = replace(made, order=(CHECK, *(key for key in made.order if key != CHECK)))
    widths = kept.get("widths")
    for key, width in widths.items() if isinstance(widths, Mapping) else ():
        if key in made.order and type(width) is int:
            made = made.with_width(key, width)
    return made


def _strings(kept: object) -> list[str]:
    return [one for one in kept if isinstance(one, str)] if isinstance(kept, list) else []
