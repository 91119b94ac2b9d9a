"""What waits in a queue, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.core.said import Said, said, said_counted

if TYPE_CHECKING:
    from console.ops.fleet import Queue

MINUTE = 60
THEIRS = "No job of ours waits there: its messages are of another program."


def waits(queue: Queue) -> bool:
    """Whether there is work in it."""
    return bool(queue.ready + queue.held)


def waiting(queue: Queue) -> Said:
    """What waits, in pages where they are known: "762 pages wait, the oldest for 31 min."."""
    if queue.oldest_s is None:
        if queue.pages:
            return said_counted(queue.pages, "1 page waits.", "{n} pages wait.")
        return said_counted(queue.ready + queue.held, "1 message waits.", "{n} messages wait.")
    age = lasting(queue.oldest_s)
    if queue.pages:
        one, many = "1 page waits, the oldest for {age}.", "{n} pages wait, the oldest for {age}."
        return said_counted(queue.pages, one, many, age=age)
    one, many = "1 message waits, the oldest for {age}.", "{n} messages wait, the oldest for {age}."
    return said_counted(queue.ready + queue.held, one, many, age=age)


def lasting(seconds: float) -> Said:
    """A time that has passed: "45 s", "31 min", "3 h"."""
    if seconds < 2 * MINUTE:
        return said("{n} s", n=round(seconds))
    minutes = seconds / MINUTE
    return said("{n} min", n=round(minutes)) if minutes < 120 else said("{n} h", n=round(minutes / 60))
