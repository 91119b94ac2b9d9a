"""`retry`, `cancel`, `reprocess`, `priority`, `delete`: on jobs by id, or by what they have in common."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from console.cli import shapes
from console.cli.jobs import chosen
from console.cli.passwords import password_in
from console.cli.progress import course
from console.cli.reading import change_of
from console.cli.session import Session
from console.ops.acts import Cancel, Delete, Reprocess, Retry, SetPriority
from console.ops.commands import counted, known_ids
from worker.core.errors import UsageError
from worker.core.jobs import ACTIVE, ENDED, Priority, State
from worker.core.said import said

if TYPE_CHECKING:
    from console.ops.commands import Acted, Command
    from console.ops.health import Name

SAID = 20  # refused jobs that are told one by one; the sentence counts them all
Ids = tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """A verb."""

    states: frozenset[State]  # in which jobs are meant where the words name none
    would: str  # what would happen to them without --yes
    need: tuple[Name, ...]
    command: Callable[[Namespace], Callable[[Ids], Command[Acted]]]  # reads the words before a service is asked


def run(session: Session) -> int:
    """0 if it was done to all that were asked for, 1 if not."""
    args = session.args
    act = ACTS[args.verb]
    by_filter = any((args.where, args.state, args.batch, args.text, args.error_class))
    if bool(args.ids) == by_filter:
        raise UsageError("Say which jobs: ids, or --where, --state, --batch, --text or --class.")
    ids = known_ids(args.ids)
    command = act.command(args)
    wanted = chosen(args)
    if by_filter and wanted.means_all:
        raise UsageError("These words mean every job.", "To mean all of them, name their states with --state.")
    session.confirm()
    with session.services(*act.need) as services:
        if by_filter:
            ids = tuple(services.store.ids(wanted if wanted.states else replace(wanted, states=act.states)))
            if not args.yes:
                would = said("{jobs} would be {done}.", jobs=counted(len(ids), "job"), done=act.would)
                raise UsageError(would, "Add --yes to do it.")
        with course(session.terminal) as watched:
            done = session.act(replace(command(ids), course=watched), services)  # type: ignore[type-var]
    for refused in done.data.refused[:SAID]:
        session.terminal.say(f"{refused.id}: {refused.why}.")
    session.terminal.answer(shapes.acted(done.data), [done.message])
    return 1 if done.data.refused else 0


def _retry(args: Namespace) -> Callable[[Ids], Command[Acted]]:
    password = password_in(args.password_file)
    return lambda ids: Retry(ids, password)


def _reprocess(args: Namespace) -> Callable[[Ids], Command[Acted]]:
    password, change = password_in(args.password_file), change_of(args)
    return lambda ids: Reprocess(ids, change, password)


def _priority(args: Namespace) -> Callable[[Ids], Command[Acted]]:
    priority = Priority[args.to.upper()]
    return lambda ids: SetPriority(ids, priority)


ACTS = {
    "retry": Act(frozenset({State.FAILED, State.CANCELLED}), "tried again", ("postgres", "redis"), _retry),
    "cancel": Act(ACTIVE, "cancelled", ("postgres",), lambda _: Cancel),
    "reprocess": Act(ENDED, "read anew", ("postgres", "redis"), _reprocess),
    "priority": Act(ACTIVE, "moved in the line", ("postgres",), _priority),
    "delete": Act(ENDED, "deleted", ("postgres",), lambda _: Delete),
}
