"""How a process ended, in words."""

from __future__ import annotations

import signal
from pathlib import Path

from worker.core.said import said

_COUNTERS = Path("/proc/vmstat")  # Linux alone tells


def memory_kills() -> int:
    """How many processes this system has killed since its start because it, or their container, ran out of memory."""
    try:
        counters = dict(line.split() for line in _COUNTERS.read_text("ascii").splitlines())
    except OSError:
        return 0
    return int(counters.get("oom_kill", 0))


def how_it_ended(code: int, kills: int) -> str:
    """A sentence.

    Args:
        code: as `subprocess` gives it; a negative one is the signal that ended the process.
        kills: processes that were killed for want of memory while it ran.
    """
    if code >= 0:
        return said("It ended with exit code {code}.", code=str(code))
    if code != -signal.SIGKILL:
        names = {number.value: number.name for number in signal.Signals}
        return said("It crashed ({signal}).", signal=names.get(-code) or said("signal {number}", number=-code))
    if kills:
        return "The system killed it, for it ran out of memory: give it fewer slots, or the machine more memory."
    return "It was killed."
