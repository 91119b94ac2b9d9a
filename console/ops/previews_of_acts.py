"""What an act on jobs would hit: how many in which state, how many pages, how many not and why; nothing is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from console.ops.reasons import because
from worker.core.cancels import why_no_cancel
from worker.core.deletes import why_no_delete
from worker.core.jobs import Priority, State
from worker.core.outcomes import NO_SUCH_JOB
from worker.core.priorities import why_no_priority
from worker.core.retries import why_no_retry, why_not_anew

if TYPE_CHECKING:
    from console.ops.services import Services
    from worker.core.filters import JobFilter

WhyNot = Callable[[Any], str]


class ActKind(StrEnum):
    """What is to be done."""

    RETRY = "retry"
    REPROCESS = "reprocess"
    CANCEL = "cancel"
    PRIORITY = "priority"
    DELETE = "delete"


_WHY_NOT: Mapping[ActKind, WhyNot] = {
    ActKind.RETRY: why_no_retry,
    ActKind.REPROCESS: why_not_anew,
    ActKind.CANCEL: why_no_cancel,
    ActKind.DELETE: why_no_delete,
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen to a frozen list: act on `ids`, and just that happens, but for what changes meanwhile."""

    ids: tuple[UUID, ...]
    jobs: Mapping[State, int]  # that would be hit
    pages: int  # of those
    pages_left: int  # of those, still to be read
    cannot: Mapping[str, int]  # why not, of how many; the most first

    @property
    def hit(self) -> int:
        """How many jobs would be hit."""
        return sum(self.jobs.values())

    @property
    def reasons(self) -> str:
        """Why the others stay as they are, in a sentence; "" for none."""
        return because(Counter(self.cannot))


def foresee(
    services: Services, kind: ActKind, chosen: JobFilter | Sequence[UUID], *, priority: Priority = Priority.NEXT
) -> Preview:
    """Look what an act would hit. Blocks; never on the window's thread.

    Args:
        services: Where the jobs are.
        kind: The act.
        chosen: A filter, which is frozen now, or ids.
        priority: That would be set, for PRIORITY.

    Raises:
        DatabaseError: It cannot be looked at now.
    """
    ids = tuple(chosen) if isinstance(chosen, Sequence) else tuple(services.store.ids(chosen))
    why_not: WhyNot = why_no_priority(priority) if kind is ActKind.PRIORITY else _WHY_NOT[kind]
    jobs, cannot, pages, left = Counter[State](), Counter[str](), 0, 0
    groups = services.store.groups(ids)
    for group in groups:
        if why := why_not(group.alike):
            cannot[why] += group.jobs
            continue
        jobs[State(group.alike.state)] += group.jobs
        pages, left = pages + group.pages, left + group.pages_left
    if missing := len(set(ids)) - sum(group.jobs for group in groups):
        cannot[NO_SUCH_JOB] = missing
    return Preview(ids, dict(jobs.most_common()), pages, left, dict(cannot.most_common()))
