"""Looks at everything at once: each check on a thread of its own, so that none holds up or takes down another."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from console.ops.doctor.abilities import ABILITIES
from console.ops.doctor.broker import BROKER
from console.ops.doctor.clocks import CLOCKS
from console.ops.doctor.database import DATABASE
from console.ops.doctor.disks import DISKS
from console.ops.doctor.fleet import FLEET
from console.ops.doctor.local import LOCAL
from console.ops.doctor.messages import MESSAGES
from console.ops.doctor.patient import Look, Patient
from console.ops.doctor.reachable import REACHABLE
from console.ops.doctor.rows import LEASES
from console.ops.doctor.storage import STORAGE
from console.ops.doctor.terms import TERMS
from console.ops.doctor.verdicts import Check, Report
from console.ops.doctor.ways import WAYS
from console.ops.health import PATIENCE_S, Question
from console.ops.home import default_home
from worker.core.addresses import hide

if TYPE_CHECKING:
    from pathlib import Path

    from console.ops.services import Services

SERVICES: tuple[Look, ...] = (*REACHABLE, *STORAGE, *BROKER, *DATABASE, *CLOCKS, *WAYS, *DISKS)
ROWS: tuple[Look, ...] = (*MESSAGES, *LEASES)
WORKERS: tuple[Look, ...] = (*FLEET, *ABILITIES, *TERMS, *LOCAL)
LOOKS: tuple[Look, ...] = (*SERVICES, *WORKERS, *ROWS)  # in the order in which they are read
SLACK_S = 0.2  # a check that waits until the very end has its say


def examine(
    services: Services,
    *,
    quick: bool = False,
    patience_s: float = PATIENCE_S,
    looks: tuple[Look, ...] | None = None,
    home: Path | None = None,
) -> Report:
    """Look at everything; changes nothing. Takes as long as the slowest check, and hardly longer than the patience.

    Args:
        services: Of one profile; they need not answer.
        quick: Only what probes want to know.
        patience_s: For everything together; what is not known then is unknown.
        looks: The checks; all there are if none are named.
        home: Where this machine's workers are; the user's, if None.
    """
    at, began = datetime.now(UTC), time.monotonic()
    patient = Patient(services, began + patience_s, home or default_home())
    patient.greet()
    chosen = [one for one in (LOOKS if looks is None else looks) if one.quick or not quick]
    asked = [(one, Question(partial(one, patient), f"doctor-{one.name}")) for one in chosen]
    for _, question in asked:
        question.begin()
    checks = tuple(check for one, question in asked for check in _found(one, question, patient.until + SLACK_S))
    safe = tuple(_without(services.settings.secrets, check) for check in checks)
    return Report(services.profile.name, at, time.monotonic() - began, safe, services.settings.masked())


def _found(one: Look, question: Question[tuple[Check, ...]], until: float) -> Iterator[Check]:
    try:
        yield from question.answer(until)
    except TimeoutError:
        yield one.late().named(one.name)


def _without(secrets: frozenset[str], check: Check) -> Check:
    """Servers' own words are in it: whatever they say, no secret gets out."""
    remedy = check.remedy
    texts = (check.title, check.fact, check.cause, *((remedy.text, remedy.copy) if remedy else ()))
    if all(hide(text, secrets) == text for text in texts):
        return check
    title, fact, cause, *rest = (hide(text, secrets) for text in texts)
    hidden = replace(remedy, text=rest[0], copy=rest[1]) if remedy else None
    return replace(check, title=title, fact=fact, cause=cause, remedy=hidden)
