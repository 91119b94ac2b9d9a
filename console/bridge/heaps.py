"""Few heaps for many threads.

The C library of Linux gives every thread that meets another a heap of its own, and a heap keeps the room of the largest
answer that was ever read on it. The threads that ask the services come and go: sooner or later each heap has held the
largest answer, and the window has grown by as much for each.
"""

from __future__ import annotations

import sys

MOST = 2
_M_ARENA_MAX = -8  # of malloc.h


def share_heaps(most: int = MOST) -> None:
    """Let all threads share so many heaps; those that are there already stay. Only glibc knows this."""
    if sys.platform != "linux":
        return
    import ctypes

    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_M_ARENA_MAX, most)
