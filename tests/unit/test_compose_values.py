"""Files of variables as `docker compose` reads them become a shell's, whatever stands in them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.ops.compose_values import translated
from console.ops.shell_values import NotAssignments, parse
from tests.unit.test_shell_values import OUTER, by_shell
from worker.core.errors import UsageError

READ = [  # as compose's own documentation has it
    ("VAR=VAL", "VAL"),
    ("VAR=VAL # comment", "VAL"),
    ("VAR=VAL# not a comment", "VAL# not a comment"),
    ('VAR="VAL # not a comment"', "VAL # not a comment"),
    ('VAR="VAL" # comment', "VAL"),
    ("VAR='$OTHER'", "$OTHER"),
    ("VAR='${OTHER}'", "${OTHER}"),
    (r"VAR='Let\'s go!'", "Let's go!"),
    (r'VAR="{\"hello\": \"json\"}"', '{"hello": "json"}'),
    (r'VAR="some\tvalue"', "some\tvalue"),
    (r"VAR='some\tvalue'", r"some\tvalue"),
    ("VAR=some value with blanks  ", "some value with blanks"),
    ("VAR: VAL", "VAL"),
    ("  export VAR = VAL", "VAL"),
    ("VAR=", ""),
    ("VAR=pa$$word", "pa$word"),
    ("VAR=pa$word", "pa$word"),
    ("OTHER=x\nVAR=${OTHER}/$OTHER/${NO:-def}", "x/x/def"),
    ("VAR=`id` $(id) ; id", "`id` $(id) ; id"),
    ('VAR="two\nlines"', "two\nlines"),
    ("VAR='never closed", "'never closed"),
]


@pytest.mark.parametrize(("text", "value"), READ)
def test_as_compose_reads_it(text, value, tmp_path):
    new, left_out = translated(text)
    assert left_out == ()
    assert parse(new, {})["VAR"] == value
    shell = by_shell(new, tmp_path)
    assert shell is not None
    assert shell["VAR"] == value


PIECES = [
    "A",
    "B",
    "=",
    ": ",
    "1",
    "x y",
    " ",
    "\n",
    "'",
    '"',
    "\\",
    "$",
    "{",
    "}",
    ":-",
    "#",
    "`id`",
    ";",
    "|",
    "&",
    "(",
]
PIECES += ["export ", "A=", "$A", "${B}", "$$", "a.b=", "\r\n"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join))
def test_nothing_of_it_is_ever_run(tmp_path, text):
    try:
        new, _ = translated(text)
    except (NotAssignments, UsageError):
        return
    assert OUTER | parse(new, OUTER) == by_shell(new, tmp_path)
