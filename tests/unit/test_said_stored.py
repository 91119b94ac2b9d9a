"""What sentences are made of, there and back as JSON beside their English."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.core.said import Joined, Manner, Moment, Said, said, sentences
from worker.core.said_stored import kept, kept_of, recalled, recalled_in

MADE = said("{file} has {n} pages.", file="a.pdf", n=4200)
STORED = {"template": "{file} has {n} pages.", "values": {"file": "a.pdf", "n": 4200}}

moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
plain = st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)


def _made(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    values = plain | st.builds(Moment, moments, moments) | inner
    some = st.builds(lambda a, b: Said("{a} of {b} {{}}.", {"a": a, "b": b}), values, values)
    parts = st.lists(st.text() | inner, min_size=2, max_size=4).map(tuple)
    return some | st.builds(Joined, parts, st.sampled_from(Manner))


def _built(text: object) -> object:
    """What it is made of, for comparing: two sentences are equal as texts already when they read alike."""
    if isinstance(text, Said):
        return text.template, {name: _built(value) for name, value in text.values.items()}
    return (text.manner, [_built(part) for part in text.parts]) if isinstance(text, Joined) else text


@given(st.recursive(_made(st.nothing()), _made, max_leaves=5))
def test_it_comes_back_as_it_was(text: str):
    back = recalled(str(text), json.loads(json.dumps(kept(text))))
    assert (back, _built(back)) == (text, _built(text))


def test_a_plain_text_is_all_there_is_to_it():
    assert (kept("Plain."), kept(None), kept_of({"error": "Plain.", "advice": None})) == (None, None, None)
    assert kept_of({"error": MADE, "advice": "Plain."}) == {"error": STORED}
    assert kept(said("{x}", x=float("nan"))) == {"template": "{x}", "values": {"x": "nan"}}


@pytest.mark.parametrize(
    "foreign",
    [
        None,
        "a text",
        [1],
        {},
        {"template": "{file} has {n} pages.", "values": {"file": "a.pdf"}},  # of another version
        {"template": "{file.name} has {n} pages.", "values": STORED["values"]},
        {"template": "{file", "values": STORED["values"]},
        {"template": "{} has {n} pages.", "values": STORED["values"]},
        {"template": "{file} has {n} sides.", "values": STORED["values"]},  # it says something else
        {"template": 3, "values": STORED["values"]},
        {"template": "{file}", "values": 3},
        {"template": "{at}", "values": {"at": {"when": "noon", "now": "noon"}}},
        {"manner": "LOUDLY", "parts": [str(MADE)]},
        {"manner": "SENTENCES", "parts": 3},
    ],
)
def test_what_cannot_be_read_or_says_something_else_leaves_the_plain_text(foreign: object):
    assert type(recalled(str(MADE), foreign)) is str
    assert recalled(str(MADE), foreign) == MADE


def test_columns_of_a_row_come_back():
    row = {"error": str(sentences(MADE, "Plain.")), "advice": "Plain."}
    made_of = {"error": kept(sentences(MADE, "Plain.")), "advice": STORED, "gone": STORED}
    back = dict(recalled_in(row, made_of))
    assert back == row
    assert [type(text) for text in back.values()] == [Joined, str]
    assert dict(recalled_in(row, "foreign")) == {}
