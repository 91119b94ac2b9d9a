"""`poison`: messages that no worker can take, and the end of them."""

from __future__ import annotations

from console.cli import shapes
from console.cli.session import Session
from console.cli.terminal import table


def run(session: Session) -> int:
    """List the newest, or drop all."""
    return _drop(session) if session.args.drop else _list(session)


def _list(session: Session) -> int:
    with session.services("redis") as services:
        found = services.broker.poison.newest(session.args.limit)
    rows = [(shapes.moment(one.at), one.queue, one.why, one.message[:60]) for one in found]
    lines = table(["AT", "QUEUE", "WHY", "MESSAGE"], rows) if rows else ["No message is poison."]
    document = [
        {"at": shapes.moment(one.at), "queue": one.queue, "why": one.why, "message": one.message} for one in found
    ]
    session.terminal.answer(document, lines)
    return 0


def _drop(session: Session) -> int:
    from console.ops.poison import DropPoison

    session.confirm()
    with session.services("redis") as services:
        done = session.act(DropPoison(), services)
    session.terminal.answer({"dropped": done.data}, [done.message])
    return 0
