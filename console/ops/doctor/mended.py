"""A contradiction as the doctor says it: the same words and the same button as where it needs attention."""

from __future__ import annotations

from collections.abc import Callable

from console.ops.contradictions import Contradiction, Mend
from console.ops.doctor.verdicts import Remedy, Seen
from console.ops.findings import Remedy as Button
from console.ops.findings import Way

_TEXTS = {
    Mend.TAKE_BACK: "Take it back: it waits again, and is read by another.",
    Mend.TAKE_OUT: "Take them out of the queue.",
    Mend.RING: "Ring again: a message is sent for each row that waits and has none.",
    Mend.PING: "Ask it whether it is there, and restart it.",
    Mend.SHOW: "Start it with the CELERY_BROKER_URL of this profile.",
}


def contrary(found: Contradiction, fact: str, make: Callable[..., Seen]) -> Seen:
    """What is said of it; `make`: as a warning or as a failure."""
    way = Way.SHOW_WORKER if found.remedy is Mend.SHOW else Way.MEND
    remedy = Remedy(_TEXTS[found.remedy], button=Button(way, found.subject, contradiction=found))
    seen: Seen = make(found.title, fact, found.sentence, remedy, about=found.subject)
    return seen
