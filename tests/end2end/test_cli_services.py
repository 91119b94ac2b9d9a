"""The embedded servers, the workers of this machine, and the demo, each as a user has them."""

import csv
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import text

from console.ops.stack import Stack
from tests.end2end.program import Program
from tests.unit.documents import picture
from tests.waiting import until
from worker.core.database import open_engine, transaction


def runs(pid: int) -> bool:
    """A process that nobody has buried yet does not run."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def audit(program: Program) -> list[dict[str, Any]]:
    """What is written of acts on workers, oldest first."""
    engine = open_engine(Stack(program.home).settings(), application="tests")
    with transaction(engine) as connection:
        found = connection.execute(text("select row_to_json(a) from audit a where action like '%worker' order by id"))
        entries = list(found.scalars())
    engine.dispose()
    return entries


def test_stack_up_status_down(fresh: Program):
    assert fresh.run("stack", "status", "--json").json["running"] is False
    up = fresh.run("stack", "up", "--json").json
    assert up["running"] is True
    assert {name: service["state"] for name, service in up["services"].items()} == {
        "postgres": "ok",
        "redis": "ok",
        "s3": "ok",
    }
    assert Path(up["profile_file"]).stat().st_mode & 0o777 == 0o600
    assert fresh.run("jobs", "--profile", up["profile_file"], "--json").json == []
    assert fresh.run("stack", "status", "--json").json == up
    pids = [service["pid"] for service in up["services"].values()]
    assert all(map(runs, pids))
    assert fresh.run("stack", "down", "--json").json["running"] is False
    assert not any(map(runs, pids))


def test_a_worker_is_started_listed_killed_started_again_replaced_and_stopped(program: Program):
    before = program.processes()
    worker = program.run("worker", "start", "-c", "1", "--name", "tester", "--json").json
    assert (worker["name"].partition("@")[0], worker["state"], worker["slots"]) == ("tester", "online", 1)
    assert worker["local"] is True
    assert set(worker["queues"]) == {"ocr", "celery"}
    assert f"worker {worker['pid']}" in program.processes() - before
    listed = program.run("workers", "--json").json
    assert worker["pid"] in {one["pid"] for one in listed}
    program.run("worker", "start", "--name", "tester", code=2)
    psutil.Process(worker["pid"]).kill()

    def again() -> bool:
        online = [one for one in program.run("workers", "--json").json if one["name"] == worker["name"]]
        return bool(online) and online[0]["pid"] != worker["pid"] and online[0]["state"] == "online"

    until(again)
    until(lambda: f"Housekeeping: by {worker['name']}, " in program.run("workers").err)
    (here,) = program.run("workers", "--local", "--json").json
    assert (here["name"], here["restarts"], here["profile"]) == (worker["name"], 1, "embedded")
    assert here["memory_mb"] > sum(one["memory_mb"] for one in here["processes"] if one["role"] == "main") > 0
    assert "INFO" in program.run("worker", "log", "tester", "--level", "info").out
    new = program.run("worker", "restart", "tester", "--json").json[worker["name"]]
    assert new == worker["name"].replace("tester", "tester.2")
    assert [one["name"] for one in program.run("worker", "stop", "--all", "--json").json] == [new]
    assert program.processes() == before
    program.run("worker", "stop", "tester", code=4)
    entries = [one for one in audit(program) if worker["name"] in one["result"] or new in one["result"]]
    assert [(one["action"], one["asked"], one["done"]) for one in entries] == [
        ("start worker", 1, 1),
        ("start worker", 1, 0),
        ("restart worker", 1, 1),
        ("stop worker", 1, 1),
    ]


def test_jobs_and_job(worked: Program, tmp_path: Path):
    picture(tmp_path / "listed.png", "A list")
    picture(tmp_path / "other.png", "Another")
    submitted = worked.run("submit", tmp_path, "--wait", "--json").json["jobs"]
    found = worked.run("jobs", "--text", "LISTED", "--state", "done", "--json").json
    assert [job["name"] for job in found] == ["listed.png"]
    assert len(worked.run("jobs", "--limit", "1", "--json").json) == 1
    listed = list(csv.DictReader(worked.run("jobs", "--text", "LISTED", "--csv").out.splitlines()))
    assert [(row["name"], row["state"], row["created"]) for row in listed] == [
        ("listed.png", "DONE", found[0]["created"])
    ]
    whole = worked.run("job", submitted[0]["id"], "--json").json
    assert [task["state"] for task in whole["tasks"]] == ["done"] * len(whole["tasks"])
    assert whole["log"][-1]["state"] == "success"
    assert [page["number"] for page in whole["page_list"]] == [1]
    assert submitted[0]["id"] in worked.run("job", submitted[0]["id"]).out
    worked.run("job", "01a207dd-25b2-7dc1-a1e1-2530fc3cbeb2", code=4)
    worked.run("job", "nonsense", code=4)
    worked.run("jobs", "--state", "sleeping", code=2)


def test_the_demo_reads_the_samples_and_says_why_there_is_no_window(
    fresh: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    answer = fresh.run("demo", "--out", tmp_path)
    assert "no display" in answer.err
    assert str(tmp_path) in answer.out
    samples = json.loads((files("resources.samples") / "samples.json").read_text("utf-8"))
    assert len(samples) >= 5
    for sample in samples:
        if f"{sample['file']} is left out: no worker has the language vie." in answer.err:
            continue
        (line,) = [line for line in answer.out.splitlines() if line.startswith(sample["file"])]
        assert line.split()[1:3] == [f"{sample['pages']}/{sample['pages']}", "DONE"]
        text = " ".join((tmp_path / f"{sample['file']}.txt").read_text("utf-8").split())
        assert [phrase for phrase in sample["phrases"] if phrase not in text] == []
        assert (tmp_path / f"{sample['file']}.pdf").read_bytes().startswith(b"%PDF")
    assert fresh.processes() == set()


def test_what_was_purged_never_runs_and_comes_back_by_an_undo(fresh: Program, tmp_path: Path):
    for number in range(4):
        picture(tmp_path / f"{number}.png", f"Letter {number}")
    jobs = fresh.run("submit", tmp_path, "--same", "read", "--json").json["jobs"]
    named = [job["id"] for job in jobs]

    def states() -> set[str]:
        return {job["state"] for job in fresh.run("jobs", "--json").json if job["id"] in named}

    assert "4 jobs and 4 messages would go" in fresh.run("purge", "ocr", code=2).err
    purged = fresh.run("purge", "ocr", "--yes", "--json").json
    assert (purged["queue"], purged["purged"], purged["held"]) == ("ocr", 4, 0)
    assert purged["undo_until"]
    worker = fresh.run("worker", "start", "-c", "1", "--json").json["name"]
    assert fresh.run("submit", tmp_path / "0.png", "--same", "read", "--wait", "--json").json["done"] == 1
    assert states() == {"CANCELLED"}
    fresh.run("worker", "stop", worker)
    assert fresh.run("undo", "--json").json == {"undone": "purge", "jobs": 4}
    assert fresh.run("cancel", named[0], "--json").json == {"asked": 1, "done": 1, "not": []}
    assert fresh.run("queues", "--json").json[0]["ready"] == 3
    worker = fresh.run("worker", "start", "-c", "2", "--json").json["name"]
    until(lambda: states() == {"CANCELLED", "DONE"}, "the end of the others", every=1)
    fresh.run("worker", "stop", worker)
    assert fresh.run("undo", "--json").json == {"undone": "cancel", "jobs": 1}
