"""`worker run`: be a worker. It loads nothing of the console that it does not need, to be ready soon."""

from __future__ import annotations

import os
import signal
from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

from console.cli.session import Session
from worker.core.errors import UsageError

if TYPE_CHECKING:
    from console.ops.worker_options import WorkerOptions


def run(session: Session) -> int:
    """Take the services from the environment that is made here; end with the worker's own exit code."""
    from console.ops.local_workers import environment
    from console.ops.supervisor import watch
    from console.ops.worker_options import new_name

    session.confirm()
    options = options_of(session.args)
    options = replace(options, name=options.name or new_name())
    with session.settings() as settings:
        own = environment(options.applied_to(settings), session.profile.others)
        os.environ.clear()
        os.environ.update(own)
        if options.nice and hasattr(os, "nice"):
            os.nice(options.nice)
        if session.args.lifeline:
            watch(0, lambda: os.kill(os.getpid(), signal.SIGTERM))
        return session.start_worker(options.celery()) or 0


def options_of(args: Namespace) -> WorkerOptions:
    """What the words say; what they do not say is as usual."""
    from console.ops.worker_options import WorkerOptions

    given = {
        "name": args.name,
        "concurrency": args.concurrency,
        "queues": _queues(args.queues),
        "pool": args.pool,
        "nice": args.nice,
        "time_limit_s": args.time_limit,
        "soft_time_limit_s": args.soft_time_limit,
        "memory_mb": args.memory,
        "tasks_per_child": args.tasks_per_child,
        "log_level": args.log_level,
        "log_format": args.log_format,
        "restart_when_it_dies": False if getattr(args, "no_restart", False) else None,
    }
    return replace(WorkerOptions(), **{name: value for name, value in given.items() if value is not None})


def _queues(words: str | None) -> tuple[str, ...] | None:
    if words is None:
        return None
    queues = tuple(word.strip() for word in words.split(",") if word.strip())
    if not queues:
        raise UsageError("--queues names no queue.")
    return queues
