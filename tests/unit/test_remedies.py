"""Groups of failed jobs with their remedies, and the rules that a user may change."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from console.ops.attention import judge
from console.ops.findings import Severity, Way
from console.ops.fleet import Presence
from console.ops.remedies import CURES, remedy_of
from console.ops.rules import RULES, rules_of
from tests.unit.pictures import NOW, group, keys, queue, seen, worker
from worker.core.errors import CLASSES
from worker.core.failures import FailedBatch
from worker.core.jobs import State


def test_failed_jobs_are_one_finding_a_class() -> None:
    tax = FailedBatch(uuid4(), "Hồ sơ thuế 2025", 31)
    groups = (
        group(batches=(tax,), batch_count=1),
        group("corrupt", 4, names=("Biên lai_0231.pdf",)),
        group("corrupted_by_another_program", 1, names=("a.pdf",)),
    )
    damaged, locked, other = judge(seen(failures=groups)).findings
    assert (locked.title, locked.count, locked.key) == ("31 files need a password", 31, ("failed", "needs_password"))
    assert locked.sentence.startswith("Hồ sơ thuế 2025, since ")
    assert locked.sentence.endswith(". One password may open them all.")
    assert locked.since == NOW - timedelta(minutes=26)
    assert locked.remedy.way is Way.UNLOCK
    assert locked.remedy.jobs is not None
    assert (set(locked.remedy.jobs.states), set(locked.remedy.jobs.error_classes)) == (
        {State.FAILED},
        {"needs_password"},
    )
    assert (damaged.title, damaged.severity) == ("4 files are damaged beyond repair", Severity.BAD)
    assert damaged.sentence.startswith("Biên lai_0231.pdf and 3 more, since ")
    assert (other.title, other.remedy.way) == ("1 file failed: corrupted_by_another_program", Way.SHOW_JOBS)


def test_every_class_of_error_has_a_remedy_with_what_it_needs() -> None:
    assert set(CURES) == CLASSES
    for name, cure in CURES.items():
        assert cure.one.startswith("1 file ")
        assert cure.many.startswith("{n} files ")
        remedy = remedy_of(group(name))
        assert remedy.jobs is not None
        assert (remedy.way is Way.REPROCESS) == bool(remedy.change)


def test_a_user_s_own_thresholds() -> None:
    rules = rules_of({"attention": {"queue_old": {"threshold": 1}, "worker_lost": {"on": False}}})
    fleet = (worker(), worker("ocr@b", Presence.LOST))
    assert keys(judge(seen(workers=fleet, queues=(queue(),)), rules=rules)) == [("queue_old", "ocr")]


@pytest.mark.parametrize(
    "wish",
    [
        None,
        [],
        {"queue_old": 3},
        {"no_such_rule": {"on": False}},
        {"queue_old": {"threshold": "much", "on": "no", "after_s": -1}},
        {"queue_old": {"threshold": 0}, "disk_low": {"threshold": float("nan")}},
        {"failure_rate": {"threshold": True}, "unkept": {"threshold": 5}},
    ],
)
def test_what_makes_no_sense_leaves_a_rule_as_it_was(wish: object) -> None:
    assert rules_of({"attention": wish}) == RULES
