"""`queues`, `purge` and `undo`: what waits where, out of a queue with it, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli import fleet_shapes, shapes
from console.cli.session import Session
from console.cli.terminal import table
from console.ops.commands import counted
from worker.core.errors import UsageError
from worker.core.said import said

if TYPE_CHECKING:
    from console.ops.fleet import Queue
    from console.ops.peeking import Seen

SAID = 20  # jobs that stay as they are, told one by one; the sentence counts them all
HEADS = ["QUEUE", "PAGES", "READY", "HELD", "RUNNING", "DELAYED", "OLDEST S", "IN/MIN", "OUT/MIN", "STATE"]
MESSAGE_HEADS = ["WHERE", "PRIORITY", "AGE S", "TASK", "OF", "DUE"]


def run(session: Session) -> int:
    """One of the three."""
    return {"queues": _list, "purge": _purge, "undo": _undo}[session.args.verb](session)


def _list(session: Session) -> int:
    from console.ops.queues import queues
    from console.ops.reconciling import seen_once

    if session.args.peek:
        return _peek(session)
    with session.services("postgres", "redis") as services:
        found = queues(services)
        contradictions = seen_once(services, found)
    for one in contradictions:
        session.terminal.say(one.sentence)
    session.terminal.answer(
        [fleet_shapes.queue(one) for one in found], table(HEADS, map(_row, found), right=HEADS[1:-1])
    )
    return 0


def _row(one: Queue) -> tuple[object, ...]:
    messages = (one.ready, one.held, one.running, one.delayed, one.oldest_s)
    state = "paused" if one.paused else f"{len(one.workers)} online" if one.workers else "no worker"
    return (one.queue, one.pages, *messages, one.pages_in, one.pages_out, state)


def _peek(session: Session) -> int:
    from console.ops.peeking import peek
    from console.ops.presence import everybody

    queue = session.args.peek
    with session.services("postgres", "redis") as services:
        serving = tuple(one.name for one in everybody(services) if one.state == "online" and queue in one.serves)
        found = peek(services, queue, limit=session.args.limit, ask=serving)
    lines = table(MESSAGE_HEADS, map(_message, (*found.ready, *found.held)), right=("PRIORITY", "AGE S"))
    session.terminal.answer(fleet_shapes.peek(found), lines)
    return 0


def _message(seen: Seen) -> tuple[object, ...]:
    one = seen.message
    where = "ready" if not one.held else f"{'running on' if seen.running else 'held by'} {seen.worker or 'a worker'}"
    return (where, one.priority, seen.age_s, one.task, seen.name or one.arguments, one.eta)


def _purge(session: Session) -> int:
    from console.ops.purge import Purge, look

    queue = session.args.queue
    session.confirm()
    with session.services("postgres", "redis") as services:
        if not session.args.yes:
            there = look(services, queue)
            would = said(
                "{jobs} and {messages} would go from {queue}; {held} stay with workers.",
                jobs=counted(there.jobs, "job"),
                messages=counted(there.messages, "message"),
                queue=queue,
                held=there.held,
            )
            raise UsageError(would, "Add --yes to do it.")
        done = session.act(Purge(queue), services)
    session.terminal.answer(shapes.purged(done.data), [done.message])
    return 0


def _undo(session: Session) -> int:
    from console.ops.undo import Undo

    session.confirm()
    with session.services("postgres") as services:
        done = session.act(Undo(), services)
    for refused in done.data.refused[:SAID]:
        session.terminal.say(f"{refused.id}: {refused.why}.")
    session.terminal.answer({"undone": done.data.what, "jobs": done.data.jobs}, [done.message])
    return 0
