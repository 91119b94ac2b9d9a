"""What happened to a job in a few lines, and the way out that is offered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from console.ui.job_story import story, underway
from console.ui.job_trouble import Remedy, remedy
from tests.gui import closeups
from tests.gui.invented import job
from worker.core.jobs import Job, Options, PageMark, State

DOCUMENT = replace(job(1, State.FAILED), options=Options())


@pytest.mark.parametrize(
    ("row", "marks", "expected"),
    [
        (replace(DOCUMENT, error_class="needs_password"), (), Remedy.PASSWORD),
        (replace(DOCUMENT, error_class="out_of_memory"), (), Remedy.SCALE),
        (replace(DOCUMENT, error_class="timed_out", options=Options(dpi=150)), (), Remedy.RETRY),
        (replace(DOCUMENT, error_class="corrupt"), (), Remedy.LOG),
        (replace(DOCUMENT, error_class="storage"), (), Remedy.RETRY),
        (replace(DOCUMENT, error_class="of another program"), (), Remedy.RETRY),
        (replace(DOCUMENT, state=State.CANCELLED), (), Remedy.RETRY),
        (closeups.failing().job, closeups.marks(), Remedy.SCALE),
        (replace(closeups.failing().job, state=State.RUNNING), [PageMark(1, "failed")], Remedy.LOG),
    ],
)
def test_the_remedy_is_the_one_that_can_help(row: Job, marks, expected: Remedy):
    assert remedy(row, marks) is expected


def test_what_happened_is_told_newest_first():
    told = story(closeups.failing(), datetime.now(UTC))
    assert [entry.title for entry in told] == [
        "63 pages read",
        "Attempt 2 failed",
        "Attempt 1 failed",
        "Added by \u2068ann@desk\u2069",
    ]
    assert told[1].detail == "ocr2@scan-01, out of memory at 4.1 GB, after 41 s"


def test_a_thousand_failures_are_counted():
    basis = closeups.failing()
    log = tuple(closeups.attempt(number, "failed", ago_s=1000 - number) for number in range(1000))
    told = story(replace(basis, attempts=log), datetime.now(UTC))
    assert [entry.title for entry in told[:2]] == ["Attempt 999 failed", "Attempt 998 failed"]
    assert told[-2].title == "995 more attempts failed, see the log"
    assert len(told) == 7


def test_the_parts_of_a_long_document_are_listed_while_it_is_read():
    closeup = closeups.spread(parts=700)
    listed = underway(closeup)
    assert [(entry.title, entry.end) for entry in listed[:4]] == [
        ("Pages 17–24", "ocr2@scan-01"),
        ("Pages 25–32", "ocr3@scan-01"),
        ("Pages 33–40", "ocr4@scan-01"),
        ("Pages 41–48", "waits"),
    ]
    assert listed[-1].title == "691 more parts"
    assert underway(replace(closeup, job=replace(closeup.job, state=State.DONE))) == []
