"""The parser of profiles against a real shell."""

import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.ops.shell_values import NotAssignments, parse

OUTER = {"PATH": "/usr/bin:/bin", "HOME": "/home/someone", "OUTER": "from outside", "EMPTY": ""}
SAME = [
    "",
    "# only a comment\n",
    "A=1",
    "A=1\nB=2\n",
    "A=\nB=''\nC=\"\"\n",
    "export A=1",
    "export A=1 B=2",
    "export\tA=1",
    "export   A=1   # said to all",
    "  A=1  ",
    "A=1;B=2; C=3;",
    "A=1 B=$A C=${B}3",
    "A=1 # comment",
    "A=1#nocomment",
    "A='#no comment' # comment",
    "A=a'b'\"c\"d",
    "A='single $HOME ${HOME} \\n \" stays'",
    "A='two\nlines'",
    'A="two\nlines"',
    'A="$HOME and ${HOME}"',
    'A="${OUTER}"\nB=$OUTER',
    "A=x\nB=\"$A/$A\"\nC='$A'\n",
    "A=$NOWHERE.",
    'A="${NOWHERE}."',
    "A=${NOWHERE:-other}",
    "A=${EMPTY:-other}\nB=${EMPTY-other}\nC=${OUTER-other}",
    "A=${OUTER:+yes}\nB=${EMPTY:+yes}\nC=${EMPTY+yes}\nD=${NOWHERE+yes}",
    "A=${NOWHERE:-}",
    r"A=a\ b",
    r"A=\$HOME",
    r"A=\\",
    r'A="\$HOME \" \\ \` \n \a"',
    "A=one\\\ntwo",
    'A="one\\\ntwo"',
    "A=1 \\\nB=2",
    "export A=1 \\\n  B=2\n",
    "A=$",
    'A="$"',
    'A="a $ b"',
    "A=100%",
    "A=*",
    "A=a=b==c",
    "A=~",
    "A=~/data",
    "A='~/data'",
    "A=x~/data",
    "A=/a:~/b:~",
    "A=~nobodyatall/x",
    "HOME=/other\nA=~/data B=$HOME",
    "A=1\nA=2",
    "A=1\nA=${A}2",
    "_a1=x\nB=$_a1",
    "A=é•漢",
    'A="é•漢"',
    "DATABASE_URL=postgresql://ocr:p@ss!w%40rd@db:5432/ocr?sslmode=require",
    "CELERY_BROKER_URL=rediss://default:pw@redis:6379?ssl_cert_reqs=none",
    "A={a,b}",
    "A=[x]?",
    "A=!x^y+z",
    "export A",
    "export A B=1",
    "export A='x y'\nexport B=\"$A\"\nexport C=$A",
]
REFUSED = {
    "A=b c": 1,
    "A = 1": 1,
    "A= 1": 1,
    "OK=1\n\nhello": 3,
    "A='never closed": 1,
    'OK=1\nA="never\nclosed': 2,
    "A=$(id)": 1,
    'A="$(id)"': 1,
    "A=`id`": 1,
    'A="`id`"': 1,
    "A=1|2": 1,
    "A=1&B=2": 1,
    "A=1>file": 1,
    "A=(1 2)": 1,
    "A=${B%x}": 1,
    "A=$1": 1,
    "A=$$": 1,
    "A+=1": 1,
    "1A=1": 1,
    "A-B=1": 1,
    "A=1\nunset A": 2,
    "A=1\x00": 1,
    "A=x\\": 1,
    "readonly A=1": 1,
    "exportA": 1,
    "export": 1,
    "A=1\nexport # nothing": 2,
    "; A=1": 1,
}


def by_shell(text: str, folder) -> dict[str, str] | None:
    """What a real shell assigns; None if it complains."""
    profile = folder / "profile.env"
    profile.write_text(text, encoding="utf-8", newline="")
    script = "set -a && . ./profile.env && set +a && exec env -0"
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=folder,
        env=OUTER,
        capture_output=True,
        timeout=20,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode or done.stderr:
        return None
    pairs = (entry.partition(b"=") for entry in done.stdout.split(b"\0") if entry)
    return {key.decode(): value.decode() for key, _, value in pairs if key not in {b"PWD", b"OLDPWD", b"SHLVL", b"_"}}


@pytest.mark.parametrize("text", SAME)
def test_as_the_shell_reads_it(text, tmp_path):
    assert OUTER | parse(text, OUTER) == by_shell(text, tmp_path)


@pytest.mark.parametrize(("text", "line"), REFUSED.items())
def test_refused_with_its_line(text, line):
    with pytest.raises(NotAssignments) as problem:
        parse(text, OUTER)
    assert problem.value.line == line


def test_a_refusal_quotes_nothing():
    with pytest.raises(NotAssignments) as problem:
        parse("KEY=geheim wort", {})
    assert "geheim" not in str(problem.value)
    assert "wort" not in str(problem.value)


def test_only_what_the_file_assigns():
    assert parse("A=$OUTER", OUTER) == {"A": "from outside"}


def test_a_file_written_on_windows():
    assert parse("\ufeffA=1\r\nB='2'\r\n", {}) == {"A": "1", "B": "2"}


PIECES = ["A", "B", "=", "1", "x y", " ", "\n", "'", '"', "\\", "$", "{", "}", ":-", "#", "~", "/", ":", ";"]
PIECES += ["export ", "A=", "$A", "${B}"]


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join))
def test_what_is_accepted_is_what_the_shell_reads(tmp_path, text):
    try:
        ours = parse(text, OUTER)
    except NotAssignments:
        return
    assert OUTER | ours == by_shell(text, tmp_path)
