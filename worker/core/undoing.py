"""What can be taken back of what somebody did: entries of the audit that kept what an undo needs."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, text

from worker.core.database import single

UNDOABLE = ("cancel", "purge", "retry", "priority", "pause", "resume", "forget worker", "mark")
UNDO_S = 600  # for so long
MOST_BYTES = 20_000_000  # of what one entry keeps, packed
_LOCK_KEY = 0x4F43_5202
# The last act of its kind, also where it cannot be undone: an earlier one behind it is not what is meant.
_LAST = text("""
select id, action, at, at + make_interval(secs => :undo_s) as until, undo ->> 'packed' as packed from audit
where who = :who and profile = :profile and action = any(:actions) and done > 0 and undone_at is null
    and at > clock_timestamp() - make_interval(secs => :undo_s) and (cast(:entry as bigint) is null or id = :entry)
order by id desc limit 1""")
_UNTIL = text("select at + make_interval(secs => :undo_s) from audit where id = :entry")
_UNDONE = text("update audit set undone_at = clock_timestamp() where id = :entry and undone_at is null")


@dataclass(frozen=True, slots=True)
class Undoable:
    """An act that can be taken back, and what it kept for that; None if that was too much to keep."""

    entry: int
    action: str  # one of UNDOABLE
    at: datetime
    until: datetime
    kept: Mapping[str, Any] | None


class Undoing:
    """The audit, read backwards."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def undoable(self, *, who: str, profile: str, entry: int | None = None) -> Undoable | None:
        """The last act of this user on this profile that can be undone and was not yet, or the one of that number."""
        asked: dict[str, Any] = {"who": who, "profile": profile, "entry": entry, "undo_s": UNDO_S}
        asked["actions"] = list(UNDOABLE)
        with single(self.engine) as connection:
            row = connection.execute(_LAST, asked).first()
        if row is None:
            return None
        return Undoable(row.id, row.action, row.at, row.until, unpacked(row.packed) if row.packed else None)

    def mark_undone(self, entry: int) -> None:
        """It cannot be taken back again."""
        with single(self.engine) as connection:
            connection.execute(_UNDONE, {"entry": entry})

    def undo_until(self, entry: int) -> datetime:
        """When an entry can no longer be taken back."""
        with single(self.engine) as connection:
            until: datetime = connection.execute(_UNTIL, {"entry": entry, "undo_s": UNDO_S}).scalar_one()
        return until

    @contextmanager
    def alone(self, entry: int) -> Iterator[bool]:
        """Whether nobody else undoes this entry just now; nobody does for as long as the block lasts."""
        asked = {"key": _LOCK_KEY, "entry": entry % 2**31}
        with single(self.engine) as connection:
            locked = bool(connection.scalar(text("select pg_try_advisory_lock(:key, :entry)"), asked))
            try:
                yield locked
            finally:
                if locked:
                    connection.execute(text("select pg_advisory_unlock(:key, :entry)"), asked)


def packed(kept: Mapping[str, Any]) -> dict[str, str] | None:
    """What an undo needs, as the audit keeps it; None if it is too much."""
    small = base64.b64encode(zlib.compress(json.dumps(kept).encode())).decode()
    return {"packed": small} if len(small) <= MOST_BYTES else None


def unpacked(text_of_it: str) -> Mapping[str, Any]:
    """The same again."""
    kept: Mapping[str, Any] = json.loads(zlib.decompress(base64.b64decode(text_of_it)))
    return kept
