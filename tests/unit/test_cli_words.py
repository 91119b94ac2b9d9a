"""The words of the command line: what is taken, what is refused in one sentence, and that help is quick."""

import json
import subprocess
import sys

import pytest

from console.cli.arguments import parser
from console.cli.submit import order_of
from console.ops.reading_options import formats_in
from console.ops.submission import Same
from worker.core.errors import UsageError
from worker.core.jobs import Options, Priority

HEAVY = ("PySide6", "sqlalchemy", "celery", "kombu", "minio", "PIL", "pikepdf", "rich", "psycopg2", "redis")


def test_shared_options_stand_before_or_behind_the_verb():
    for words in (["--profile", "p", "--json", "jobs"], ["jobs", "--profile", "p", "--json"]):
        args = parser().parse_args(words)
        assert (args.profile, args.json) == ("p", True)


def test_submit_has_the_contract_s_defaults():
    args = parser().parse_args(["submit", "a", "b"])
    order = order_of(args)
    assert (args.paths, order.options, order.options.changed) == (["a", "b"], Options(), False)
    assert (order.priority, order.same, order.batch) == (Priority.NORMAL, Same.REUSE, None)
    assert (args.wait, args.out, args.plan) == (False, None, False)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["submit"],
        ["submit", "a", "--priority", "urgent"],
        ["submit", "a", "--same", "maybe"],
        ["jobs", "--limit", "0"],
        ["results", "x"],
        ["stack"],
        ["stack", "sideways"],
        ["worker", "stop", "scan", "--how", "gently"],
        ["worker", "start", "-c", "none"],
        ["purge"],
        ["reprocess", "x", "--mode", "twice"],
        ["search", "x"],  # of a later issue: not offered before it works
    ],
)
def test_wrong_words_are_one_sentence_and_2(words: list[str], capsys: pytest.CaptureFixture[str]):
    from console.__main__ import main

    with pytest.raises(SystemExit) as left:
        main(words or ["--json"])
    said = capsys.readouterr()
    assert left.value.code == 2
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    assert "_" not in said.err  # no name out of the program


def test_no_verb_promises_what_does_not_work_yet(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        parser().parse_args(["--help"])
    help_text = capsys.readouterr().out
    assert not [word for word in ("search", "examine-files") if word in help_text]


def test_help_imports_nothing_heavy():
    program = (
        "import sys, json\nfrom console.__main__ import main\n"
        "try: main(['submit', '--help'])\nexcept SystemExit: pass\n"
        f"print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_formats_in_a_list():
    assert formats_in(" PDF, txt ") == ("txt", "pdf")
    assert formats_in("") == ()
    with pytest.raises(UsageError, match="doc"):
        formats_in("txt,doc")
