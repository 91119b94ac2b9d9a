"""What charts are drawn from: a span of time in equal steps, curves over it, and what stood out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from console.ui.kit.charts_axes import count_top
from console.ui.theme import Role

Values = Sequence[float | None]  # None: nobody measured


@dataclass(frozen=True, slots=True)
class Span:
    """Equal steps of time, one after the other."""

    start: datetime
    step_s: int
    count: int

    @property
    def end(self) -> datetime:
        """When the last step is over."""
        return self.moment(self.count)

    def moment(self, place: int) -> datetime:
        """When a step begins."""
        return self.start + timedelta(seconds=self.step_s * place)

    def share(self, when: datetime) -> float:
        """Where a moment lies in the span, 0 to 1 from its start to its end."""
        return (when - self.start).total_seconds() / max(self.step_s * self.count, 1)


@dataclass(frozen=True, slots=True)
class Curve:
    """A value for each step of the span."""

    name: str
    values: tuple[float | None, ...]
    weak: bool = False  # drawn lighter, beside another one


@dataclass(frozen=True, slots=True)
class Chart:
    """One plot: a line or two, or bars, with its name and its newest figure beside it."""

    title: str
    curves: tuple[Curve, ...]
    say: Callable[[Values], str]  # a value of each curve in words: "7,533 pages"
    axis: Callable[[float], str]  # a value at the edge
    top: Callable[[float], float] = count_top  # where the axis ends, given the highest value
    figure: str = ""
    figure_role: Role = "text"
    note: str = ""
    note_role: Role = "text2"
    role: Role = "accent"
    bars: bool = False
    ceiling: float = field(init=False, compare=False)  # where its axis ends

    def __post_init__(self) -> None:
        highest = max((value for one in self.curves for value in one.values if value is not None), default=0.0)
        object.__setattr__(self, "ceiling", self.top(highest))

    def at(self, place: int) -> Values:
        """The value of each curve in a step."""
        return [one.values[place] if place < len(one.values) else None for one in self.curves]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that stood out, from when to when."""

    start: datetime
    end: datetime | None  # None: it goes on
    text: str
    icon: str
    role: Role
