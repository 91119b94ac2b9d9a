"""One notification for what is new and bad, once, and never a flood; by a clock of the test's own."""

from __future__ import annotations

from datetime import UTC, datetime

from console.ops.findings import Finding, Remedy, Severity, Way
from console.ops.notifying import Notification, Notifier

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def finding(subject: str, severity: Severity = Severity.BAD) -> Finding:
    return Finding(
        "worker_lost", subject, severity, f"{subject} is lost", "Why.", NOW, Remedy(Way.SHOW_WORKER, subject)
    )


def told(times: dict[float, list[Finding]]) -> dict[float, list[str]]:
    """What is shown when: the subjects. The first look sees nothing."""
    notifier = Notifier()
    assert notifier.next([], 0.0) is None
    shown = {now: notifier.next(findings, now) for now, findings in times.items()}
    return {now: [one.subject for one in each.findings] for now, each in shown.items() if each}


A, B, C = finding("a"), finding("b"), finding("c")


def test_one_thing_is_told_with_its_words() -> None:
    notifier = Notifier()
    notifier.next([], 0)
    assert [notifier.next([A], now) for now in (1, 5.9)] == [None, None]
    shown = notifier.next([A], 6)
    assert shown == Notification((A,))
    assert (shown.title, shown.sentence) == ("a is lost", "Why.")


def test_what_comes_together_is_told_together() -> None:
    assert told({1: [A], 3: [A, B], 6: [A, B, C]}) == {6: ["a", "b", "c"]}
    several = Notification((A, B))
    assert (several.title, several.sentence) == ("2 things need attention", "a is lost. b is lost.")


def test_what_lasts_is_told_once() -> None:
    assert told({float(now): [A] for now in range(1, 4_000)}) == {6: ["a"]}


def test_what_is_gone_before_it_is_told_is_not() -> None:
    assert told({1: [A], 4: [], 6: [], 9: [B], 14: [B]}) == {14: ["b"]}


def test_at_most_one_a_minute_and_nothing_is_left_out() -> None:
    assert told({1: [A], 6: [A], 10: [A, B], 15: [A, B], 65: [A, B, C], 66: [A, B, C]}) == {6: ["a"], 66: ["b", "c"]}


def test_what_comes_and_goes_is_not_told_again_soon() -> None:
    flapping = {float(now): [A] if now // 7 % 2 == 0 else [] for now in range(1, 3_000)}
    assert list(told(flapping).values()) == [["a"]]
    assert told({1: [A], 6: [A], 7: [], 607: [], 608: [A], 613: [A]}) == {6: ["a"], 613: ["a"]}


def test_a_storm_is_a_handful() -> None:
    """Ten new things a second for ten minutes."""
    storm = {float(now): [finding(f"w{number}") for number in range(10 * now)] for now in range(1, 600)}
    shown = told(storm)
    assert len(shown) == 10
    assert sum(map(len, shown.values())) > 5_000  # each in one of them


def test_only_what_is_bad_is_told() -> None:
    assert (
        told({1: [finding("a", Severity.WARN), finding("b", Severity.NOTE)], 60: [finding("a", Severity.WARN)]}) == {}
    )


def test_what_is_there_at_the_first_look_is_on_the_screen_already() -> None:
    notifier = Notifier()
    assert [notifier.next([A], now) for now in (0.0, 5.0, 100.0)] == [None, None, None]
    assert notifier.next([A, B], 101.0) is None
    assert notifier.next([A, B], 106.0) == Notification((B,))
