"""Identifiers: version 7 UUIDs (RFC 9562), whose order is the order in which they were made."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A new identifier, larger than every earlier one of this process.

    48 bits of milliseconds, 12 bits of fractions of one, 62 random bits. Foreign systems' rows may have other versions.
    """
    global _last  # noqa: PLW0603 - the clock may stand still or go back: then count on
    with _lock:
        # 1/4096 ms steps: the 12 bits below the milliseconds
        _last = max(_last + 1, time.time_ns() * 4096 // 1_000_000)
        stamp = _last
    random = int.from_bytes(os.urandom(8)) >> 2
    return UUID(int=(stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | random)
