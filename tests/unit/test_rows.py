"""Values made fit for PostgreSQL, and other programs' values made fit for us."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.core.jobs import DPI, FORMATS, Options, Output, Priority
from worker.core.rows import composed, outputs_json, outputs_of, priority_of, storable, to_json


def test_text_loses_what_postgres_refuses() -> None:
    assert storable("a\x00b \ud800c é 漢 \U0001f600") == "ab \ufffdc é 漢 \U0001f600"


def test_text_is_cut_with_a_mark() -> None:
    assert storable("abcdef", 4) == "abc…"
    assert storable("abcd", 4) == "abcd"
    assert storable(None, 4) is None


def test_json_is_cleaned_to_the_depths() -> None:
    one = UUID(int=7)
    stored = to_json({"a\x00": ["x\x00", ("\udfff",), {"id": one}], "n": 1.5, "t": True, "none": None})
    assert json.loads(stored) == {"a": ["x", ["\ufffd"], {"id": str(one)}], "n": 1.5, "t": True, "none": None}


def test_names_are_composed() -> None:
    assert composed("Nga\u0302n") == "Ngân"


@pytest.mark.parametrize(
    ("number", "step"),
    [(-5, Priority.NEXT), (0, Priority.NEXT), (1, Priority.HIGH), (6, Priority.NORMAL), (7, Priority.LOW), (99, 9)],
)
def test_priorities_between_the_steps(number: int, step: Priority) -> None:
    assert priority_of(number) is Priority(step)


def test_outputs_survive_their_row() -> None:
    outputs = {"txt": Output("k", 3, "h")}
    assert outputs_of(json.loads(outputs_json(outputs))) == outputs


def test_outputs_come_out_of_their_row_as_they_are_listed() -> None:
    stored = {"md": "k", "pdf": "k", "tsv": "k", "txt": "k", "xyz": "k", "alto": "k", "djvu": "k", "receipt": "k"}
    assert list(outputs_of(stored)) == ["txt", "pdf", "alto", "tsv", "md", "receipt", "djvu", "xyz"]


def test_outputs_of_another_program_are_bare_keys() -> None:
    assert outputs_of({"pdf": "results/x.pdf"}) == {"pdf": Output("results/x.pdf", 0, "")}
    assert outputs_of(None) == {}


@pytest.mark.parametrize("stored", [None, [], 7, "txt", {"txt": None}, {"txt": {"bytes": "x"}}, {"txt": {"key": 5}}])
def test_outputs_of_another_program_break_nobody(stored: object) -> None:
    assert all(isinstance(output.key, str) and output.bytes == 0 for output in outputs_of(stored).values())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(JSON | st.dictionaries(st.sampled_from(Options.__slots__), JSON))
def test_options_of_another_program_are_of_the_right_kinds(stored: object) -> None:
    options = Options.from_dict(stored)
    assert all(isinstance(one, str) for one in (options.languages, options.mode, options.pages, options.preset))
    assert all(isinstance(one, bool) for one in (options.deskew, options.pdfa, options.keep_scripts, options.changed))
    assert options.dpi in DPI
    assert set(options.formats) <= set(FORMATS)
    assert options.formats
    assert Options.from_dict(options.as_dict()) == options
