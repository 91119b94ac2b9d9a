"""Where axes end and what stands at them: round figures, and moments in the zone of the user."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from math import floor, log10
from typing import Final, NamedTuple

from console.ui import words

MINUTE, HOUR, DAY = 60, 3600, 86_400
_UNITS: Final = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_TENS: Final = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_SECONDS: Final = (
    *(1, 2, 5, 10, 15, 30),
    *(MINUTE * minutes for minutes in (1, 2, 3, 5, 10, 15, 30)),
    *(HOUR * hours for hours in (1, 2, 3, 6, 12)),
)
_STEPS: Final = (
    *(MINUTE * minutes for minutes in (1, 2, 5, 10, 15, 30)),
    *(HOUR * hours for hours in (1, 2, 3, 6, 12)),
    *(DAY * days for days in (1, 2, 7, 14, 28)),
)


class Tick(NamedTuple):
    """A moment on the axis of time."""

    at: datetime
    label: str
    day: bool  # a day begins


def count_top(highest: float) -> float:
    """Where an axis of whole things ends, so that its half is a round figure too."""
    half = max(highest / 2, 1.0)
    power = 10.0 ** floor(log10(half))
    return 2 * _at_least(half / power, _UNITS if power == 1 else _TENS) * power


def time_top(highest_s: float) -> float:
    """Where an axis of seconds ends: twice a round time."""
    half = highest_s / 2
    return 2 * (_at_least(half, _SECONDS) if half <= _SECONDS[-1] else DAY * count_top(half / DAY))


def ticks(start: datetime, end: datetime, most: int) -> list[Tick]:
    """At most so many round moments within a span, by the clocks of the user's zone."""
    wanted = (end - start).total_seconds() / max(most, 1)
    step = timedelta(seconds=_at_least(wanted, _STEPS) if wanted <= _STEPS[-1] else _STEPS[-1])
    return [_tick(when) for when in _moments(start, end, step)]


def _moments(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    """Counted by the clock on the wall from midnight: where the clocks are put forward, a step falls out."""
    midnight = start.astimezone().replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    before = start
    for place in count():
        when = (midnight + place * step).astimezone()
        if when > end:
            return
        if when >= start and (when > before or when == start):
            yield when
            before = when


def _tick(when: datetime) -> Tick:
    day = (when.hour, when.minute) == (0, 0)
    return Tick(when, words.day(when) if day else words.clock(when), day)


def _at_least(value: float, sizes: tuple[float, ...]) -> float:
    return sizes[min(bisect_left(sizes, value), len(sizes) - 1)]
