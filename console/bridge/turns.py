"""Short turns at the interpreter for the threads of the window.

One thread runs Python at a time, and one that wants its turn waits for that of another to end. Qt's calls give the turn
away: a table that is painted in hundreds of them could wait, beside a thread that reads an answer, 5 ms at each. With
turns of a fifth of a millisecond its picture took 25 ms where it had taken 70.
"""

from __future__ import annotations

import sys

TURN_S = 0.0002  # shorter ones gained nothing more


def take_short_turns(turn_s: float = TURN_S) -> None:
    """Let every thread of this process run for so long at a time while others wait."""
    sys.setswitchinterval(turn_s)
