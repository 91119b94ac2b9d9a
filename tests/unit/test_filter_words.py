"""The language of filters: what is typed, what it means, what is wrong with it, how it goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.core.filter_words import KEYS, Fault, completion, read, written
from worker.core.filters import JobFilter, wanted_words
from worker.core.jobs import Priority, State
from worker.core.spans import Span, moment

ID = "0192f0c1-2345-7abc-8def-0123456789ab"


def one(*names: str) -> frozenset[str]:
    return frozenset(names)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("", JobFilter()),
        ("rechnung halle", JobFilter(text="rechnung halle")),
        ('"halle 7" -entwurf', JobFilter(text='"halle 7" -entwurf')),
        ("state:failed", JobFilter(states=frozenset({State.FAILED}))),
        ("state:failed,QUEUED", JobFilter(states=frozenset({State.FAILED, State.QUEUED}))),
        ("state:failed state:queued", JobFilter(states=frozenset({State.FAILED, State.QUEUED}))),
        ("-state:done", JobFilter(unless=JobFilter(states=frozenset({State.DONE})))),
        ('-batch:"Bauakten Halle 7"', JobFilter(unless=JobFilter(batches=one("Bauakten Halle 7")))),
        ('batch:"A, B",C', JobFilter(batches=one("A, B", "C"))),
        ('batch:"say ""no"""', JobFilter(batches=one('say "no"'))),
        (f"batch-id:{ID}", JobFilter(batch_ids=frozenset({UUID(ID)}))),
        (ID, JobFilter(ids=(UUID(ID),))),
        ("class:needs_password", JobFilter(error_classes=one("needs_password"))),
        ("queue:ocr worker:ocr1@scan-01 by:ann@desk", JobFilter(
            queues=one("ocr"), workers=one("ocr1@scan-01"), submitters=one("ann@desk"))),
        ("priority:next,high", JobFilter(priorities=frozenset({Priority.NEXT, Priority.HIGH}))),
        ("conf:<80", JobFilter(confidence_below=80)),
        ("conf:>=92.5", JobFilter(confidence_from=92.5)),
        ("-conf:80..90", JobFilter(unless=JobFilter(confidence_from=80, confidence_below=90))),
        ("pages:failed", JobFilter(pages_failed=True)),
        ("since:2h", JobFilter(updated=Span("2h"))),
        ("since:2h until:30min", JobFilter(updated=Span("2h", "30min"))),
        ("created:2026-07-01..2026-07-03", JobFilter(created=Span("2026-07-01", "2026-07-03"))),
        ("finished:..yesterday", JobFilter(finished=Span("", "yesterday"))),
        ('"state:failed"', JobFilter(text='"state:failed"')),
        ("- --x", JobFilter(text="- --x")),
    ],
)  # fmt: skip
def test_what_is_typed(text: str, chosen: JobFilter):
    assert read(text).chosen == chosen
    assert read(text).problem is None
    assert read(written(chosen)).chosen == chosen


@pytest.mark.parametrize(
    ("text", "fault", "word"),
    [
        ("colour:red", Fault.KEY, "colour"),
        ("state:lost", Fault.VALUE, "lost"),
        ("state:", Fault.VALUE, ""),
        ("since:soon", Fault.TIME, "soon"),
        ("since:1h..2h", Fault.TIME, "1h..2h"),
        ("created:", Fault.TIME, ""),
        ("conf:high", Fault.NUMBER, "high"),
        ("conf:8.0.1..9", Fault.NUMBER, "8.0.1..9"),
        ("id:7", Fault.ID, "7"),
        ("pages:none", Fault.VALUE, "none"),
    ],
)
def test_what_is_wrong_is_told_and_the_rest_holds(text: str, fault: Fault, word: str):
    got = read(f"rechnung {text} -state:done")
    assert got.problem is not None
    assert (got.problem.fault, got.problem.word) == (fault, word)
    assert got.problem.sentence.endswith(".")
    assert got.chosen == JobFilter(text="rechnung", unless=JobFilter(states=frozenset({State.DONE})))


WORDS = st.text(alphabet='ab" ,:-7ö', min_size=1, max_size=6).map(str.strip).filter(bool)
sides = st.fixed_dictionaries(
    {},
    optional={
        "states": st.frozensets(st.sampled_from(State), min_size=1),
        "priorities": st.frozensets(st.sampled_from(Priority), min_size=1),
        "batches": st.frozensets(WORDS, min_size=1, max_size=3),
        "queues": st.frozensets(WORDS, min_size=1, max_size=2),
        "batch_ids": st.frozensets(st.uuids(), min_size=1, max_size=2),
        "ids": st.lists(st.uuids(), min_size=1, max_size=2).map(tuple),
        "finished": st.builds(Span, st.sampled_from(["2h", "today"]), st.sampled_from(["", "1h", "2026-07-01 10:00"])),
        "confidence_from": st.sampled_from([0.0, 79.9, 90.0]),
        "confidence_below": st.sampled_from([80.0, 97.25]),
        "pages_failed": st.just(True),
    },
)


@given(wanted=sides, unwanted=sides)
def test_what_is_written_is_read_again(wanted, unwanted):
    chosen = JobFilter(**wanted, unless=JobFilter(**unwanted) if unwanted else None)
    assert read(written(chosen)) == (type(read(""))(chosen))


@given(st.text(alphabet='ab"- :,7äst.e<', max_size=30))
def test_anything_can_be_typed(text: str):
    chosen = read(text).chosen
    assert read(written(chosen)).chosen == chosen
    wanted_words(chosen.text)
    completion(text, {"batch": ("a b",)})


@pytest.mark.parametrize(
    ("text", "kept", "choices"),
    [
        ("st", "", ("state:",)),
        ("rechnung -cl", "rechnung -", ("class:",)),
        ("state:", "state:", tuple(state.lower() for state in State)),
        ("state:failed,qu", "state:failed,", ("queued",)),
        ("batch:hal", "batch:", ('"Halle 7"', '"Bauakten Halle 7"')),
        ('batch:"Bau', "batch:", ('"Bauakten Halle 7"',)),
        ("queue:ocr", "queue:", ("ocr.bulk",)),
        ("state:failed ", "state:failed ", ()),
        ('"st', '"st', ()),
        ("s", "s", ()),
        ("", "", ()),
    ],
)
def test_what_is_begun_goes_on(text: str, kept: str, choices: tuple[str, ...]):
    offered = {"batch": ("Bauakten Halle 7", "Halle 7"), "queue": ("ocr", "ocr.bulk")}
    found = completion(text, offered)
    assert (text[: found.start], found.choices) == (kept, choices)


def test_every_key_can_be_begun():
    assert {choice for key in KEYS for choice in completion(key[:2], {}).choices} == {f"{key}:" for key in KEYS}


def test_moments_count_back_from_now_or_stand():
    now = datetime(2026, 7, 2, 12, tzinfo=UTC)
    midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    assert moment("2h", now) == now - timedelta(hours=2)
    assert moment("today", now) == midnight
    assert moment("yesterday", now) == (midnight - timedelta(hours=12)).replace(hour=0)
    assert moment("2026-07-01", now, last=True) == moment("2026-07-02", now)
    assert moment("2026-07-01T10:00:00+02:00", now) == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert Span("2h", "1h").holds(now - timedelta(minutes=90), now)
    assert not Span("2h", "1h").holds(now - timedelta(minutes=30), now)
    assert not Span("2h").holds(None, now)
