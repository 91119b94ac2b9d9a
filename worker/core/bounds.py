"""How much memory a process that opens strangers' files may take, and how much room on a disk it needs at least.

Past the bound an allocation fails, not the machine.
"""

from __future__ import annotations

from contextlib import suppress

ROOM_BYTES = 200_000_000  # on a disk, beside the document: pages of several processes lie there for a moment
MEMORY_BYTES = 4 << 30  # of address space: the programs' own libraries take about one


def bound_memory(limit: int = MEMORY_BYTES) -> None:
    """Bound this process and what it starts, and keep crashes off the disk. Windows knows no such bound."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, most in ((resource.RLIMIT_AS, limit), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):  # a lower one was set from outside
            resource.setrlimit(kind, (most, most))
