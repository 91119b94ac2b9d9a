"""`pause` and `resume`: queues by name, or a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from console.cli.session import Session
from worker.core.errors import NotFoundError, UsageError
from worker.core.said import said

if TYPE_CHECKING:
    from console.ops.services import Services


def run(session: Session) -> int:
    """0, also where it was so already."""
    from console.ops.pausing import PauseBatch, PauseQueues, ResumeBatch, ResumeQueues

    args, pauses = session.args, session.args.verb == "pause"
    if bool(args.queues) == bool(args.batch):
        raise UsageError("Say what: queues, or --batch NAME.")
    session.confirm()
    with session.services("postgres") as services:
        if args.batch:
            ids = (_batch(services, args.batch),)
            done = session.act(PauseBatch(ids) if pauses else ResumeBatch(ids), services)
        else:
            names = tuple(args.queues)
            done = session.act(PauseQueues(names) if pauses else ResumeQueues(names), services)
    session.terminal.answer({"paused": pauses, "changed": list(done.data)}, [done.message])
    return 0


def _batch(services: Services, name: str) -> UUID:
    found = services.store.find_batch(name)
    if found is None:
        raise NotFoundError(said("There is no batch {name}.", name=name), "`ocr-console batches` lists them.")
    return found
