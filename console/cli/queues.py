"""`queues`, `purge` and `undo`: what waits where, out of a queue with it, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli import shapes
from console.cli.session import Session
from console.cli.terminal import table
from console.ops.commands import counted
from worker.core.errors import UsageError

if TYPE_CHECKING:
    from console.ops.fleet import Queue

HEADS = ["QUEUE", "PAGES", "READY", "HELD", "RUNNING", "DELAYED", "OLDEST S", "IN/MIN", "OUT/MIN", "STATE"]


def run(session: Session) -> int:
    """One of the three."""
    return {"queues": _list, "purge": _purge, "undo": _undo}[session.args.verb](session)


def _list(session: Session) -> int:
    from console.ops.queues import queues

    with session.services("postgres", "redis") as services:
        found = queues(services)
    session.terminal.answer([shapes.queue(one) for one in found], table(HEADS, map(_row, found), right=HEADS[1:-1]))
    return 0


def _row(one: Queue) -> tuple[object, ...]:
    messages = (one.ready, one.held, one.running, one.delayed, one.oldest_s)
    state = "paused" if one.paused else f"{len(one.workers)} online" if one.workers else "no worker"
    return (one.queue, one.pages, *messages, one.pages_in, one.pages_out, state)


def _purge(session: Session) -> int:
    from console.ops.purge import Purge, look

    queue = session.args.queue
    session.confirm()
    with session.services("postgres", "redis") as services:
        if not session.args.yes:
            there = look(services, queue)
            what = f"{counted(there.jobs, 'job')} and {counted(there.messages, 'message')}"
            raise UsageError(f"{what} would go from {queue}; {there.held:,} stay with workers.", "Add --yes to do it.")
        done = session.act(Purge(queue), services)
    session.terminal.answer(shapes.purged(done.data), [done.message])
    return 0


def _undo(session: Session) -> int:
    from console.ops.undo import Undo

    session.confirm()
    with session.services("postgres") as services:
        done = session.act(Undo(), services)
    session.terminal.answer({"undone": done.data.what, "jobs": done.data.jobs}, [done.message])
    return 0
