"""The life of a job, as a table."""

import json
from dataclasses import replace
from typing import Any

import pytest

from worker.core.jobs import ACTIVE, ENDED, LEGAL, Options, Priority, State, may_become

#                   UPLOADING QUEUED RUNNING DONE FAILED CANCELLED
TABLE = {
    "UPLOADING": "      .        x      .      x     x      x",
    "QUEUED": "         .        .      x      x     x      x",
    "RUNNING": "        .        x      .      x     x      x",
    "DONE": "           .        x      .      .     .      .",
    "FAILED": "         .        x      .      .     .      .",
    "CANCELLED": "      x        x      .      .     .      .",
}
CASES = [
    (State(before), after, mark == "x")
    for before, marks in TABLE.items()
    for after, mark in zip(State, marks.split(), strict=True)
]


@pytest.mark.parametrize(("before", "after", "legal"), CASES)
def test_changes_of_state(before: State, after: State, legal: bool) -> None:
    assert may_become(before, after) is legal


def test_every_state_has_its_changes() -> None:
    assert set(LEGAL) == set(State) == {State(name) for name in TABLE}


def test_a_state_is_active_or_has_ended() -> None:
    assert set(State) == ACTIVE | ENDED
    assert not ACTIVE & ENDED


def test_what_has_ended_can_only_come_in_again() -> None:
    assert {after for state in ENDED for after in LEGAL[state]} == {State.QUEUED, State.UPLOADING}


def test_priorities_are_the_steps_of_the_contract() -> None:
    assert [(step.name, int(step)) for step in Priority] == [("NEXT", 0), ("HIGH", 3), ("NORMAL", 6), ("LOW", 9)]


def test_options_survive_their_row() -> None:
    options = Options("deu+eng", "force", ("txt", "alto"), "3-7", 200, deskew=False, pdfa=True, keep_scripts=True)
    named = replace(options, preset="fast", changed=True)
    kept = Options.from_dict(json.loads(json.dumps(named.as_dict())))
    assert kept == named
    assert (kept.preset, kept.changed) == ("fast", True)


def test_a_row_of_an_earlier_version_was_read_with_the_defaults() -> None:
    row = {"languages": "eng", "mode": "auto", "formats": ["txt", "pdf", "hocr", "tsv", "json"], "pages": ""}
    assert Options.from_dict(row | {"dpi": 300, "preset": "balanced"}) == Options()


@pytest.mark.parametrize(
    "other", [{"deskew": False}, {"pdfa": True}, {"keep_scripts": True}, {"formats": ("md",)}, {"dpi": 400}]
)
def test_readings_differ_by_what_was_chosen_and_not_by_its_name(other: dict[str, Any]) -> None:
    assert replace(Options(), **other) != Options()
    assert replace(Options(), preset="mine") == Options()


@pytest.mark.parametrize("row", [None, {}, {"unknown": 1}])
def test_options_of_another_program_take_defaults(row: dict[str, object] | None) -> None:
    assert Options.from_dict(row) == Options()
