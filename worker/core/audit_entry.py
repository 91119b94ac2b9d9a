"""An entry of the audit as people look at it, and which entries are meant: data, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from worker.core.said import apart

MOST = 10_000  # a larger count means more than that


class UndoState(StrEnum):
    """What can be said of taking an act back."""

    OPEN = "open"  # by who did it, until `until`
    UNDONE = "undone"
    PAST = "past"  # it could have been
    NEVER = "never"


class Kind(StrEnum):
    """What entries can be looked for by."""

    OPEN = "open"  # this user can still take them back
    UNDONE = "undone"
    PARTLY = "partly"  # not all were hit
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to how many, when, and on which profile."""

    id: int
    at: datetime
    who: str  # "user@host", or a worker's name
    host: str
    profile: str
    action: str
    asked: int = 0
    done: int = 0
    result: str = ""  # the sentence that was told
    details: Mapping[str, Any] = field(default_factory=dict)
    undo: UndoState = UndoState.NEVER
    mine: bool = False  # it was this user on this profile, so this user may take it back
    until: datetime | None = None  # when it can no longer be taken back; None: it cannot be
    undone_at: datetime | None = None

    @property
    def is_partial(self) -> bool:
        """Whether not all were hit."""
        return self.done < self.asked

    @property
    def why(self) -> str:
        """What kept the others from it: the sentences behind the first; "" where all were hit."""
        return apart(self.result)[1] if self.is_partial else ""

    def can_be_undone(self, now: datetime) -> bool:
        """Whether this user can take it back."""
        return self.undo is UndoState.OPEN and self.mine and self.until is not None and now < self.until


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Entries that meet all of these; what is left out does not matter."""

    kinds: frozenset[Kind] = frozenset()  # any of them
    text: str = ""  # in who did it, what, the sentence, or the details
    who: str = ""
    profile: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some entries, the newest first, and behind which number the next ones are; None after the last."""

    rows: tuple[AuditEntry, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class AuditCounts:
    """How many entries there are under a filter, whatever it says of kinds; figures above MOST mean "more than"."""

    all: int = 0
    kinds: Mapping[Kind, int] = field(default_factory=lambda: dict.fromkeys(Kind, 0))
    people: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
