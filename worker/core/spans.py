"""A stretch of time as somebody wrote it: it may be counted back from now, and then it moves along."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

_AGO = re.compile(r"(\d{1,6})(s|min|m|h|d|w)")
_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}  # seconds
_DAYS = {"today": 0, "yesterday": 1}


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to another; either may be left open.

    Each is "2h" (s, min, h, d, w: so long ago), "today", "yesterday", a day or a moment in ISO 8601, which without an
    offset is meant in this machine's zone. A day as the end is meant with the whole of it.
    """

    since: str = ""
    until: str = ""

    @classmethod
    def between(cls, since: datetime | None, until: datetime | None) -> Span:
        """From the one to just before the other."""
        return cls(*(when.isoformat() if when else "" for when in (since, until)))

    def __bool__(self) -> bool:
        return bool(self.since or self.until)

    def bounds(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """The first moment within, and the first behind.

        Raises:
            ValueError: One of them is no moment.
        """
        return (
            moment(self.since, now) if self.since else None,
            moment(self.until, now, last=True) if self.until else None,
        )

    def holds(self, when: datetime | None, now: datetime) -> bool:
        """Whether that moment lies within; what never was does not."""
        since, until = self.bounds(now)
        return when is not None and (since is None or when >= since) and (until is None or when < until)


ANY_TIME = Span()


def moment(text: str, now: datetime, *, last: bool = False) -> datetime:
    """The moment that a text names; of a day its beginning, or with `last` its end.

    Raises:
        ValueError: It names none.
    """
    if ago := _AGO.fullmatch(text):
        return now - timedelta(seconds=int(ago[1]) * _UNITS[ago[2]])
    if text in _DAYS:
        return _midnight(now.astimezone().date() - timedelta(days=_DAYS[text] - last))
    if len(text) == len("2026-07-01"):
        return _midnight(date.fromisoformat(text) + timedelta(days=last))
    return datetime.fromisoformat(text).astimezone(UTC)


def is_moment(text: object) -> bool:
    """Whether a text names one."""
    try:
        return isinstance(text, str) and bool(moment(text, datetime.now(UTC)))
    except (ValueError, OverflowError):
        return False


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone(UTC)
