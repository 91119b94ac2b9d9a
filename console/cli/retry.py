"""`retry`: failed and cancelled jobs back into the queue, by id or by what they have in common."""

from __future__ import annotations

from console.cli import shapes
from console.cli.jobs import chosen
from console.cli.passwords import password_in
from console.cli.session import Session
from console.ops.commands import Retry, counted, known_ids
from worker.core.errors import UsageError
from worker.core.jobs import State

RETRYABLE = frozenset({State.FAILED, State.CANCELLED})


def run(session: Session) -> int:
    """0 if all that were asked for are queued again, 1 if not."""
    args = session.args
    by_filter = any((args.state, args.batch, args.text, args.error_class))
    if bool(args.ids) == by_filter:
        raise UsageError("Say which jobs: ids, or --state, --batch, --text or --class.")
    ids = known_ids(args.ids)
    wanted = chosen(args)
    password = password_in(args.password_file)
    session.confirm()
    with session.services("postgres", "redis") as services:
        if by_filter:
            from dataclasses import replace

            wanted = wanted if wanted.states else replace(wanted, states=RETRYABLE)
            ids = tuple(services.store.ids(wanted))
            if not args.yes:
                raise UsageError(f"{counted(len(ids), 'job')} would be tried again.", "Add --yes to do it.")
        done = session.act(Retry(ids, password), services)
    for refused in done.data.refused:
        session.terminal.say(f"{refused.id}: {refused.why}.")
    session.terminal.answer(shapes.acted(done.data), [done.message])
    return 1 if done.data.refused else 0
