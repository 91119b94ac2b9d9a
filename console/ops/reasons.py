"""What is told of an act on many: how many of how many, and what kept the others from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from console.ops.commands import Acted, Done, Refused, counted

if TYPE_CHECKING:
    from worker.core.store import Outcome

MANY = {"is": "are", "has": "have", "was": "were"}


def told(outcome: Outcome, what: str) -> Done[Acted]:
    """The sentence and the facts: "2 of 3 jobs cancelled. 1 is done."."""
    acted = Acted(outcome.asked, tuple(outcome.done), refused(outcome))
    return Done(f"{share(outcome)} {what}.{left(acted.refused)}", acted, acted.entry)


def share(outcome: Outcome) -> str:
    """How many of how many."""
    return f"{len(outcome.done):,} of {counted(outcome.asked, 'job')}"


def refused(outcome: Outcome) -> tuple[Refused, ...]:
    """The jobs that stay as they are, each with its reason."""
    return tuple(Refused(job_id, why) for job_id, why in outcome.refused)


def left(refused: Iterable[Refused]) -> str:
    """What keeps the others from it, with a space before it: " 2 are done, 1 has failed."; "" for none."""
    return because(Counter(one.why for one in refused))


def because(reasons: Counter[str]) -> str:
    """The same, of reasons that are counted already."""
    said = ", ".join(_counted_reason(reason, count) for reason, count in reasons.most_common())
    return f" {said}." if said else ""


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them: a, b and c."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _counted_reason(reason: str, count: int) -> str:
    verb, _, rest = reason.partition(" ")
    if verb not in MANY:
        return f"{count:,}: {reason}"
    return f"{count:,} {verb if count == 1 else MANY[verb]} {rest}"
