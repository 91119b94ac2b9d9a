"""What needs attention, judged in one place: the rules over what is known, and what was found before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from console.ops.facts import Snapshot
from console.ops.findings import Finding, Severity
from console.ops.rules import RULES, Rule
from console.ops.sightings import SEERS, Sighting
from worker.core.history import Lately

MOST = 100  # findings at once: workers and queues may be many
INSTEAD = {"worker_silent": "worker_lost", "worker_lost": "worker_silent"}  # of a worker only one of them is so
_RANK = {Severity.BAD: 0, Severity.WARN: 1, Severity.NOTE: 2}
_ORDER = {name: place for place, name in enumerate(RULES)}


@dataclass(frozen=True, slots=True)
class Held:
    """A finding, and what must be known of it at the next look."""

    finding: Finding
    first: datetime  # since when it has been so
    last: datetime  # when it was so last
    told: bool  # it has been so for long enough


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found at one look; the next one is judged with it."""

    held: Mapping[tuple[str, str], Held] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What needs attention, the worst first."""
        told = [held.finding for held in self.held.values() if held.told]
        told.sort(key=lambda one: (_RANK[one.severity], _ORDER[one.rule], -one.count, one.subject))
        return tuple(told[:MOST])


def judge(
    seen: Snapshot,
    lately: Lately | None = None,
    *,
    rules: Mapping[str, Rule] = RULES,
    before: Judgement | None = None,
) -> Judgement:
    """What the rules find in a picture. Pure: the same is found of the same.

    Args:
        seen: What is known.
        lately: How jobs ended within the last minutes.
        rules: When something is told.
        before: The judgement of the look before; None at the first, when what the facts say of the past counts.
    """
    held: dict[tuple[str, str], Held] = {}
    for rule in rules.values():
        if not rule.on:
            continue
        if _is_blind(rule, seen):
            held |= {key: one for key, one in (before or Judgement()).held.items() if key[0] == rule.name}
            continue
        for sighting in SEERS[rule.name](seen, rule, lately or Lately()):
            found = _held(rule, sighting, seen.at, before)
            if found is not None:
                held[found.finding.key] = found
    return Judgement(held | _fading(before, held, rules, seen.at))


def _is_blind(rule: Rule, seen: Snapshot) -> bool:
    """What it looks at is not known any more, or was never."""
    away = {one.service for one in seen.health if not one.ok}
    return not away.isdisjoint(rule.needs) or ("postgres" in rule.needs and seen.facts.at is None)


def _held(rule: Rule, sighting: Sighting, now: datetime, before: Judgement | None) -> Held | None:
    was = before.held.get((rule.name, sighting.subject)) if before is not None else None
    if not sighting.firm and (was is None or not was.told):
        return None
    if was is not None:
        first = was.first
    else:
        first = min(now, sighting.begun) if before is None and sighting.begun is not None else now
    told = (was is not None and was.told) or now - first >= timedelta(seconds=rule.after_s)
    since = was.finding.since if was is not None else min(now, sighting.begun or now)
    finding = Finding(
        rule.name,
        sighting.subject,
        sighting.severity or rule.severity,
        sighting.title,
        sighting.sentence,
        since,
        sighting.remedy,
        sighting.count,
    )
    return Held(finding, first, now, told)


def _fading(
    before: Judgement | None,
    held: Mapping[tuple[str, str], Held],
    rules: Mapping[str, Rule],
    now: datetime,
) -> dict[tuple[str, str], Held]:
    """What was told and is not so any more, for as long as it must have been calm."""
    fading = {}
    for key, was in (before or Judgement()).held.items():
        rule = rules[key[0]]
        if (INSTEAD.get(key[0], ""), key[1]) in held:  # it did not end, it became another
            continue
        if key not in held and was.told and rule.on and now - was.last < timedelta(seconds=rule.calm_s):
            fading[key] = was
    return fading
