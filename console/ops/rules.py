"""When something needs attention: the rules as data, with defaults that a user may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from console.ops.findings import Severity
from console.ops.health import Name

PREFERENCE = "attention"  # the key in the user's preferences: {"queue_old": {"threshold": 900, "on": true}}
LATELY_S = 600.0  # the failure rate is that of so long
LEAST_ENDED = 10  # fewer jobs than that have no rate
LONGEST_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of finding.

    What is found is told when it has been so for `after_s`, and is over when it has not been so for `calm_s`. Where
    there is a threshold, it is over only beyond `ease` times that: so nothing flaps.
    """

    name: str
    severity: Severity
    needs: tuple[Name, ...] = ("postgres",)  # while one of these is away, what was found stays as it was
    threshold: float | None = None
    unit: str = ""  # of the threshold
    bounds: tuple[float, float] = (0.0, 0.0)  # of a user's own
    ease: float = 1.0
    after_s: float = 0.0
    calm_s: float = 0.0
    on: bool = True


RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("service_away", Severity.BAD, (), after_s=5, calm_s=5),
        Rule("no_worker", Severity.BAD, ("postgres", "redis"), after_s=30, calm_s=5),
        Rule("worker_lost", Severity.BAD, calm_s=5),
        Rule("disk_low", Severity.BAD, threshold=2.0, unit="GB", bounds=(0.1, 1_000), ease=1.1, calm_s=10),
        Rule("failure_rate", Severity.BAD, threshold=20.0, unit="%", bounds=(1, 100), ease=0.8, calm_s=60),
        Rule("worker_silent", Severity.WARN, threshold=10.0, unit="s", bounds=(5, 60), calm_s=5),
        Rule(
            "queue_old",
            Severity.WARN,
            ("postgres", "redis"),
            threshold=10.0,
            unit="min",
            bounds=(0.5, 10_080),
            ease=0.8,
            calm_s=30,
        ),
        Rule("contradiction", Severity.WARN, ("postgres", "redis"), after_s=10, calm_s=10),
        Rule("unkept", Severity.WARN, calm_s=5),
        Rule("failed", Severity.WARN),  # a group's own severity may be higher
        Rule("queue_paused", Severity.NOTE, ("postgres", "redis")),
    )
}


def rules_of(preferences: Mapping[str, Any]) -> Mapping[str, Rule]:
    """The rules with what the user changed; what makes no sense is left as it was."""
    wishes = preferences.get(PREFERENCE)
    wished = wishes if isinstance(wishes, Mapping) else {}
    return {name: _changed(rule, wished.get(name)) for name, rule in RULES.items()}


def _changed(rule: Rule, wish: object) -> Rule:
    if not isinstance(wish, Mapping):
        return rule
    on, threshold, after = wish.get("on"), wish.get("threshold"), wish.get("after_s")
    if isinstance(on, bool):
        rule = replace(rule, on=on)
    if rule.threshold is not None and _lies(threshold, *rule.bounds):
        rule = replace(rule, threshold=float(threshold))
    if _lies(after, 0.0, LONGEST_S):
        rule = replace(rule, after_s=float(after))
    return rule


def _lies(value: object, least: float, most: float) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
