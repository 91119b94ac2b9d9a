"""What is printed: the contract's JSON, tables that line up, and nothing that commands a terminal."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import pytest

from console.cli import shapes
from console.cli.jobs import lines_of
from console.cli.progress import Bars, Lines, progress
from console.cli.terminal import Terminal, printable, table
from console.cli.waiting import wait_for
from console.ops.services import Services
from worker.core.jobs import Attempt, Job, Output, Page, Priority, State, Task, TaskKind, TaskState

JOB = UUID("01a207dd-25b2-7dc1-a1e1-2530fc3cbeb2")
CONTRACT = {
    "id",
    "name",
    "path",
    "batch",
    "state",
    "priority",
    "pages",
    "pages_done",
    "mean_confidence",
    "error_class",
    "error",
    "advice",
    "attempts",
    "seconds",
    "created",
    "updated",
    "pages_failed",
    "notes",
    "outputs",
}


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_job_has_the_contract_s_keys_and_nothing_else():
    row = Job(
        JOB,
        "a.pdf",
        "in/a.pdf",
        State.DONE,
        priority=Priority.NEXT,
        mean_confidence=91.23456,
        outputs={"txt": Output("results/j/t-1/txt", 5, "ab")},
        created=datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=2))),
    )
    shape = shapes.job(row)
    assert set(shape) == CONTRACT
    assert shape["created"] == "2026-11-23T10:00:00.000Z"
    assert datetime.fromisoformat(shape["created"]) == row.created
    assert (shape["updated"], shape["priority"], shape["mean_confidence"]) == (None, "next", 91.23)
    assert shape["outputs"] == {"txt": "results/j/t-1/txt"}
    assert json.loads(json.dumps(shape)) == shape


def test_one_job_has_its_tasks_log_and_pages_too():
    row = Job(JOB, "a.pdf", "a.pdf", State.RUNNING)
    task = Task(JOB, JOB, TaskKind.PAGES, TaskState.RUNNING, 2, 4, first_page=9, last_page=16, worker="ocr@host")
    attempt = Attempt(JOB, 1, "ocr@host", "failed", "storage", "away", datetime.now(UTC), None)
    shape = shapes.whole_job(row, [task], [attempt], [Page(1, "done", text="private")])
    assert set(shape) == CONTRACT | {"options", "tasks", "log", "page_list"}
    assert shape["tasks"][0]["pages"] == [9, 16]
    assert set(shape["log"][0]) == {"task", "attempt", "worker", "state", "error_class", "error", "started", "finished"}
    assert "private" not in json.dumps(shape)


def test_a_table_tells_why_a_job_waits_and_of_what_kind_a_failure_is():
    why = "Waits for a worker that has “jpn”: none of 3 has it."
    jobs = [
        Job(JOB, "a.pdf", "a.pdf", state, error_class="no_language", error=why)
        for state in (State.QUEUED, State.FAILED)
    ]
    _, first, second = lines_of(jobs)
    assert first.rstrip().endswith(why)
    assert second.rstrip().endswith("no_language")


def test_json_is_one_line_on_standard_output():
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(as_json=True, out=out, err=err)
    terminal.say("Starting")
    terminal.answer({"name": "Bản đồ\n\x1b[2J.png"}, ["a line"])
    assert json.loads(out.getvalue()) == {"name": "Bản đồ\n\x1b[2J.png"}
    assert out.getvalue().count("\n") == 1
    assert err.getvalue() == "Starting\n"


def test_a_name_cannot_command_the_terminal():
    assert "\x1b" not in printable("\x1b]0;title\x07.pdf")
    assert "\u202e" not in printable("gpj\u202efdp.exe")
    assert printable("Tờ khai – 发票.pdf") == "Tờ khai – 发票.pdf"
    assert not any("\x1b" in line or "\n" in line for line in table(["NAME"], [["a\x1b[31m\nb"]]))


def test_tables_line_up_whatever_the_script():
    lines = table(["FILE", "PAGES"], [["发票.pdf", 3], ["a.pdf", 12], ["b.pdf", None]], right=["PAGES"])
    assert lines == ["FILE      PAGES", "发票.pdf      3", "a.pdf        12", "b.pdf         -"]


def test_lines_are_said_when_complete_and_not_for_every_step():
    err = io.StringIO()
    with progress(Terminal(as_json=False, err=err)) as shown:
        assert isinstance(shown, Lines)
        for done in range(1, 101):
            shown.set("Reading", done, 100, "pages")
        shown.set("Reading", 100, 100, "pages")
    assert err.getvalue().splitlines() == ["Reading: 1 of 100 pages", "Reading: 100 of 100 pages"]


def test_what_came_too_soon_is_said_before_what_comes_after_it():
    err = io.StringIO()
    with progress(Terminal(as_json=False, err=err)) as shown:
        for done in (0, 1):
            shown.set("Uploading", done, 2, "files")
        for done in (0, 1):
            shown.set("Reading", done, 1, "pages")
    steps = ["Uploading: 0 of 2 files", "Uploading: 1 of 2 files", "Reading: 0 of 1 pages", "Reading: 1 of 1 pages"]
    assert err.getvalue().splitlines() == steps


@pytest.mark.parametrize(
    ("pages", "done", "first", "last"),
    [
        (None, 0, "0 of 1 pages", "no pages"),
        (3, 1, "0 of 3 pages", "1 of 3 pages"),
        (3, 3, "0 of 3 pages", "3 of 3 pages"),
    ],
)
def test_pages_that_a_failed_job_has_and_did_not_read_are_counted(pages: int | None, done: int, first: str, last: str):
    row = Job(JOB, "a.pdf", "a.pdf", State.RUNNING, pages=pages)
    looks = iter([row, replace(row, state=State.FAILED, pages_done=done, error="It is torn.")])
    store = SimpleNamespace(jobs=lambda *_, **__: SimpleNamespace(rows=[next(looks)]))
    err = io.StringIO()
    with progress(Terminal(as_json=False, err=err)) as shown:
        wait_for(cast("Services", SimpleNamespace(store=store)), [JOB], shown)
    assert err.getvalue().splitlines() == [f"Reading: {first}", "failed     a.pdf: It is torn.", f"Reading: {last}"]


def test_bars_on_a_terminal_leave_standard_output_alone():
    out, err = Screen(), Screen()
    with progress(Terminal(as_json=True, out=out, err=err)) as shown:
        assert isinstance(shown, Bars)
        shown.set("Uploading", 1_500_000, 3_000_000, "bytes")
        shown.line("done  [bold]a.pdf\x1b[2J")
    assert out.getvalue() == ""
    assert "1.5 of 3.0 MB" in err.getvalue()
    assert "[bold]a.pdf" in err.getvalue()
    assert "\x1b[2J" not in err.getvalue()


def test_the_names_over_a_csv_are_the_contract_s():
    assert set(shapes.names_of_a_job()) == CONTRACT
