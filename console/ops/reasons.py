"""What is told of an act on many: how many of how many, and what kept the others from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from console.ops.commands import Acted, Done, Refused
from worker.core.said import Said, clauses, said, said_counted, sentences

if TYPE_CHECKING:
    from worker.core.store import Outcome

_COUNTED = (
    ("{n} is being uploaded", "{n} are being uploaded"),
    ("{n} is waiting already", "{n} are waiting already"),
    ("{n} is running", "{n} are running"),
    ("{n} is done", "{n} are done"),
    ("{n} has failed", "{n} have failed"),
    ("{n} is cancelled already", "{n} are cancelled already"),
    ("{n} makes no searchable PDF: PDF/A needs it", "{n} make no searchable PDF: PDF/A needs it"),
    ("{n} is being worked on", "{n} are being worked on"),
    ("{n} is being uploaded: to be cancelled first", "{n} are being uploaded: to be cancelled first"),
    ("{n} is waiting: to be cancelled first", "{n} are waiting: to be cancelled first"),
    ("{n} is running: to be cancelled first", "{n} are running: to be cancelled first"),
    ("{n} was not reached before the stop", "{n} were not reached before the stop"),
    ("{n} was changed since", "{n} were changed since"),
    ("{n} was begun or changed since", "{n} were begun or changed since"),
    ("{n} has another priority by now", "{n} have another priority by now"),
    ("{n} has the priority next already", "{n} have the priority next already"),
    ("{n} has the priority high already", "{n} have the priority high already"),
    ("{n} has the priority normal already", "{n} have the priority normal already"),
    ("{n} has the priority low already", "{n} have the priority low already"),
)
COUNTED = {one.removeprefix("{n} "): (one, many) for one, many in _COUNTED}  # by the reasons that core gives


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
    if reason not in COUNTED:
        return said("{n}: {reason}", n=count, reason=said(reason))
    return said_counted(count, *COUNTED[reason])
