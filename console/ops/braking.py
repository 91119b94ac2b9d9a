"""Queues and batches held back and let go: the rows, and a word to the workers of other programs."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from console.ops.submission import submitter
from worker.core.errors import ServiceError
from worker.core.said import listed, said, said_counted, sentences

if TYPE_CHECKING:
    from console.ops.services import Services

# Asking round among workers takes a second. What is wanted meanwhile waits, or what was wanted before would come last.
_in_turn = threading.Lock()
NOBODY_TOLD = "The broker did not answer: workers of other programs were not told."


@dataclass(frozen=True, slots=True)
class Braked:
    """What was held back, or let go, and what a sentence says of the others."""

    changed: tuple[str, ...] = ()  # queues
    note: str = ""


def brake_queues(services: Services, names: Sequence[str], *, paused: bool) -> Braked:
    """Hold queues back or let them go. Our workers look at the rows; those of other programs are told by name.

    Raises:
        DatabaseError: Nothing was changed.
    """
    store, by = services.store, submitter()
    with _in_turn:
        told = {} if paused else store.told(names)
        changed = store.pause_queues(names, by=by) if paused else store.resume_queues(names, by=by)
        try:
            note = _leave(services, names) if paused else _come_back(services, told)
        except ServiceError:
            note = NOBODY_TOLD
    return Braked(tuple(changed), note)


def brake_batches(services: Services, ids: Iterable[UUID], *, paused: bool) -> list[UUID]:
    """The same with batches. Returns those for which that was new. Raises DatabaseError."""
    return services.store.pause_batches(ids, paused=paused)


def _leave(services: Services, names: Sequence[str]) -> str:
    control = services.broker.control
    ours = {report.name for report in services.store.workers() if report.stopped is None}
    consuming = {name: queues for name, queues in control.consuming().items() if name not in ours}
    notes = []
    for queue in names:
        asked = {name for name, queues in consuming.items() if queue in queues}
        answers = control.ask("cancel_consumer", asked, queue=queue)
        gone = {name for name, answer in answers.items() if answer.ok}
        if gone:
            services.store.remember_told(queue, gone)
            one = "{workers} was told to leave {queue}, which is forgotten at a restart there."
            many = "{workers} were told to leave {queue}, which is forgotten at a restart there."
            notes.append(said_counted(len(gone), one, many, workers=listed(sorted(gone)), queue=queue))
        if silent := listed(sorted(asked - gone)):
            template = "{workers} did not answer and may still take from {queue}."
            notes.append(said(template, workers=silent, queue=queue))
    return sentences(*notes)


def _come_back(services: Services, told: dict[str, list[str]]) -> str:
    notes = []
    for queue, workers in told.items():
        answers = services.broker.control.ask("add_consumer", workers, queue=queue)
        back = {name for name, answer in answers.items() if answer.ok}
        if back:
            one = "{workers} was told to take from {queue} again."
            many = "{workers} were told to take from {queue} again."
            notes.append(said_counted(len(back), one, many, workers=listed(sorted(back)), queue=queue))
        if silent := listed(sorted(set(workers) - back)):
            template = "{workers} did not answer and may not take from {queue} until a restart."
            notes.append(said(template, workers=silent, queue=queue))
    if told:
        services.store.forget_told(told)  # where the broker is away, they are told when somebody resumes once more
    return sentences(*notes)
