"""What is told of an act on many: how many of how many, and what kept the others from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from console.ops.commands import Acted, Done, Refused
from worker.core.said import Said, clauses, said, said_counted, sentences

if TYPE_CHECKING:
    from worker.core.store import Outcome

MANY = {"is": "are", "has": "have", "was": "were"}


def told(outcome: Outcome, one: str, many: str) -> Done[Acted]:
    """The sentence and the facts: "2 of 3 jobs cancelled. 1 is done.".

    Args:
        outcome: What came of it.
        one: What is said where one job was asked for; `{n}` is that, `{done}` how many of it.
        many: The same for several.
    """
    acted = Acted(outcome.asked, tuple(outcome.done), refused(outcome))
    return Done(sentences(share(outcome, one, many), left(acted.refused)), acted, acted.entry)


def share(outcome: Outcome, one: str, many: str) -> Said:
    """How many of how many: the sentence alone."""
    return said_counted(outcome.asked, one, many, done=len(outcome.done))


def refused(outcome: Outcome) -> tuple[Refused, ...]:
    """The jobs that stay as they are, each with its reason."""
    return tuple(Refused(job_id, why) for job_id, why in outcome.refused)


def left(refused: Iterable[Refused]) -> str:
    """What keeps the others from it: "2 are done, 1 has failed."; "" for none."""
    return because(Counter(one.why for one in refused))


def because(reasons: Counter[str]) -> str:
    """The same, of reasons that are counted already."""
    if not reasons:
        return ""
    return said("{reasons}.", reasons=clauses(_counted_reason(why, count) for why, count in reasons.most_common()))


def _counted_reason(reason: str, count: int) -> Said:
    verb, _, rest = reason.partition(" ")
    if verb not in MANY:
        return said("{n}: {reason}", n=count, reason=said(reason))
    return said_counted(count, f"{{n}} {verb} {rest}", f"{{n}} {MANY[verb]} {rest}")
