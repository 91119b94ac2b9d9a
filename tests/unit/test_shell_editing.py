"""Single assignments of a `.env` file are changed, and nothing else of it, as a real shell sees it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from console.ops.shell_editing import edited, quoted
from console.ops.shell_values import NotAssignments, parse
from tests.unit.test_shell_values import OUTER, SAME, by_shell
from worker.core.errors import UsageError

VALUES = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "",
        "a b",
        "it's",
        "$HOME",
        "`id`",
        '"',
        "\\",
        "\\\n",
        "~",
        "~/x",
        "a:~/b",
        "#",
        "a#b",
        "p@ss!w%40rd",
        "\n",
        "é•漢",
        "$$",
    ]
)
PIECES = [
    "A=1",
    "B='x y'",
    'C="z"',
    "export A=2",
    "export B",
    "A=1 B=2",
    "C=3;",
    " # note",
    "\n",
    "\n\n",
    "# A=4\n",
    "#B=\n",
]
PIECES += [" ", " \\\n ", ";", "# C=it is\n", "D=\\\n", "export D=1 A=2", "\ufeff"]
CHANGES = st.dictionaries(st.sampled_from("ABCDE"), st.none() | VALUES, min_size=1)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=10).map("".join), CHANGES, st.booleans())
def test_what_was_changed_is_so_and_all_else_as_it_was(text, changes, windows):
    if windows:
        text = text.replace("\n", "\r\n")
    try:
        before = parse(text, {})
    except NotAssignments:
        assume(False)
    after = parse(edited(text, changes), {})
    assert after == {name: value for name, value in (before | changes).items() if value is not None}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([text for text in SAME if "$" not in text]), CHANGES)
def test_a_shell_reads_the_same(tmp_path, text, changes):
    new = edited(text, changes)
    assert OUTER | parse(new, OUTER) == by_shell(new, tmp_path)


@given(VALUES)
def test_any_text_can_be_a_value(value):
    for like in ("", "bare", "'single'", '"double"'):
        assert parse(f"A={quoted('A', value, like)}\n", {}) == {"A": value}


FILE = """\
# The services of the north.
export DATABASE_URL="postgresql://ocr:old@db/ocr"  # theirs
HOST=redis  # not ours
CELERY_BROKER_URL=redis://$HOST/0
CELERY_RESULT_BACKEND='redis://other/1'

# LOG_LEVEL=INFO
LAST=1"""


def test_comments_order_and_quotes_stay():
    changes = {
        "DATABASE_URL": "postgresql://ocr:n$w@db/ocr",
        "CELERY_RESULT_BACKEND": "redis://third/1",
        "LOG_LEVEL": "DEBUG",
        "NEW": "it's",
    }
    assert (
        edited(FILE, changes)
        == """\
# The services of the north.
export DATABASE_URL="postgresql://ocr:n\\$w@db/ocr"  # theirs
HOST=redis  # not ours
CELERY_BROKER_URL=redis://$HOST/0
CELERY_RESULT_BACKEND='redis://third/1'

LOG_LEVEL=DEBUG
LAST=1
NEW="it's"
"""
    )


def test_what_is_taken_out_leaves_its_place():
    without = edited(FILE, {"CELERY_RESULT_BACKEND": None, "DATABASE_URL": None})
    assert "# CELERY_RESULT_BACKEND=\n" in without
    assert "\n# theirs\n" in without
    assert "old" not in without
    again = edited(without, {"CELERY_RESULT_BACKEND": "redis://other/1"})
    assert again.splitlines()[4] == "CELERY_RESULT_BACKEND=redis://other/1"


def test_line_ends_of_windows_stay():
    assert edited("\ufeffA=1\r\nB=2\r\n", {"A": "3", "C": "4"}) == "\ufeffA=3\r\nB=2\r\nC=4\r\n"


@pytest.mark.parametrize("value", ["a\0b", "a\rb", "\ud800"])
def test_what_no_file_can_hold_is_refused_and_not_quoted(value):
    with pytest.raises(UsageError) as problem:
        edited("A=1", {"A": value})
    assert "The value of A has characters" in problem.value.sentence
