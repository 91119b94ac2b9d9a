"""The life of a job, as a table."""

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
    options = Options(languages="deu+eng", mode="force", formats=("txt",), pages="3-7", dpi=200, preset="fast")
    assert Options.from_dict(options.as_dict()) == options


@pytest.mark.parametrize("row", [None, {}, {"unknown": 1}])
def test_options_of_another_program_take_defaults(row: dict[str, object] | None) -> None:
    assert Options.from_dict(row) == Options()
