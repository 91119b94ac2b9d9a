"""`worker pool|autoscale|consume|leave|rate|limit|renew|ping|end|forget`: workers anywhere, by name."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from console.cli.session import Session
from console.ops.steering import AddConsumer, Autoscale, CancelConsumer, Grow, RateLimit, RestartPool, Shrink, TimeLimit
from console.ops.worker_ends import ForgetWorkers, Ping, WarmStop

if TYPE_CHECKING:
    from console.ops.commands import Command
    from worker.core.control import Answer

STEERS: Mapping[str, Callable[[Namespace], Command[Answer]]] = {
    "pool": lambda args: Grow(args.name, args.by) if args.by > 0 else Shrink(args.name, -args.by),
    "autoscale": lambda args: Autoscale(args.name, args.most, args.fewest),
    "consume": lambda args: AddConsumer(args.name, args.queue),
    "leave": lambda args: CancelConsumer(args.name, args.queue),
    "rate": lambda args: RateLimit(args.name, args.task, args.rate),
    "limit": lambda args: TimeLimit(args.name, args.task, args.soft, args.hard),
    "renew": lambda args: RestartPool(args.name),
}


def steer(session: Session) -> int:
    """One worker; 4 where it does not answer, 2 where it refuses."""
    session.confirm()
    with session.services("redis", "postgres") as services:
        done = session.act(STEERS[session.args.act](session.args), services)
    session.terminal.answer({"worker": done.data.worker, "answer": done.data.said}, [done.message])
    return 0


def ping(session: Session) -> int:
    """1 if one does not answer."""
    with session.services("redis") as services:
        done = session.act(Ping(tuple(session.args.names)), services)
    found = {name: None if seconds is None else round(seconds, 3) for name, seconds in done.data.items()}
    session.terminal.answer(found, [done.message])
    return 1 if None in found.values() else 0


def end(session: Session) -> int:
    """1 if one may not have heard."""
    session.confirm()
    with session.services("redis", "postgres") as services:
        done = session.act(WarmStop(tuple(session.args.names)), services)
    answer: dict[str, Any] = {name: list(getattr(done.data, name)) for name in ("ended", "ending", "silent", "deaf")}
    session.terminal.answer(answer, [done.message])
    return 1 if done.data.silent or done.data.deaf else 0


def forget(session: Session) -> int:
    """1 if one is not lost."""
    session.confirm()
    with session.services("postgres") as services:
        done = session.act(ForgetWorkers(tuple(session.args.names)), services)
    session.terminal.answer({"forgotten": list(done.data)}, [done.message])
    return 0 if len(done.data) == len(set(session.args.names)) else 1
