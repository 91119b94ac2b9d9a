"""The record of what people did here: one entry for every command that changes something."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from console.ops.submission import submitter
from worker.core.errors import ServiceError

if TYPE_CHECKING:
    from console.ops.services import Services

NAMED = 100  # ids that an entry names; it counts them all
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """What an entry says beside who, where, when and on which profile.

    `number` is that of the row where the command wrote it itself, in the transaction that did the work: then it is
    not written again.
    """

    asked: int = 0
    done: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)  # no secrets, no contents of files
    number: int | None = None


def record(services: Services, action: str, result: str, entry: Entry) -> bool:
    """Write the entry; False where it could not be, which the log says."""
    if entry.number is not None:
        return True
    try:
        write(services, action, result, entry)
    except ServiceError as error:
        log.warning("Not in the audit: %s, %d of %d: %s (%s)", action, entry.done, entry.asked, result, error)
        return False
    return True


def write(services: Services, action: str, result: str, entry: Entry, undo: Mapping[str, Any] | None = None) -> Entry:
    """Write the entry, with what taking the act back needs; the same with its number. Raises ServiceError."""
    number = services.store.audit(
        who=submitter(),
        profile=services.profile.name,
        action=action,
        asked=entry.asked,
        done=entry.done,
        result=result,
        details=entry.details,
        undo=undo,
    )
    return replace(entry, number=number)


def named(ids: Iterable[UUID]) -> list[str]:
    """The first of them, for an entry's details."""
    return [str(one) for one, _ in zip(ids, range(NAMED), strict=False)]
