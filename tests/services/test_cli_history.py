"""The verbs `history` and `attention` on real servers: in words, as JSON, as CSV, and their exit codes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.cli import attention, history
from console.cli.arguments import parser
from console.cli.session import Session
from console.cli.terminal import Terminal
from console.ops import preferences
from tests.services.connections import profile
from tests.services.queued_jobs import change, queued
from worker.core.broker import Broker
from worker.core.errors import UsageError
from worker.core.history import floor
from worker.core.incidents import Incidents, Sight
from worker.core.jobs import Doorbell
from worker.core.sampling import Sampler
from worker.core.series import FIGURES
from worker.core.settings import Settings
from worker.core.store import Store

Ask = Callable[..., tuple[int, str]]
MODULES = {"history": history, "attention": attention}


@pytest.fixture
def ask(settings: Settings, clean: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ask:
    """Runs a verb with its words; its exit code and what it printed."""
    monkeypatch.setattr(Session, "profile", profile(settings))

    def run(*words: str) -> tuple[int, str]:
        args, out = parser().parse_args([*words, "--home", str(tmp_path)]), io.StringIO()
        terminal = Terminal(as_json=getattr(args, "json", False), out=out)
        session = Session(args, terminal, start_worker=print, open_window=lambda *_: 0)
        return MODULES[words[0]].run(session), out.getvalue()

    return run


@pytest.fixture
def sampled(store: Store, engine: Engine, settings: Settings) -> datetime:
    """A queue with a job, sampled a minute ago; and an incident."""
    begins = floor(datetime.now(UTC), 10) - timedelta(minutes=1)
    queued(store)
    broker = Broker(settings)
    Sampler(engine, broker).sample_span(begins)
    broker.close()
    Incidents(engine).say([Sight("worker_lost", "ocr@a", "bad", "ocr@a is lost", "Its process has ended.", begins)])
    return begins


def test_the_last_hour_in_words(ask: Ask, sampled: datetime) -> None:
    code, said = ask("history")
    lines = said.splitlines()
    assert code == 0
    assert lines[0].split()[:3] == ["FROM", "PAGES", "WAIT"]
    rows = [line.split() for line in lines[1:14]]
    assert [row[2] for row in rows if row[2] != "-"] == ["2"]  # the others are gaps
    assert "ocr@a is lost" in lines[-1]


def test_the_last_hour_as_json(ask: Ask, sampled: datetime) -> None:
    code, said = ask("history", "--json", "--queue", "ocr")
    found = json.loads(said)
    assert (code, found["queue"], found["step_s"], len(found["points"])) == (0, "ocr", 10, 361)
    (point,) = [one for one in found["points"] if "waiting" in one]
    assert (point["waiting"], point["added"], point["failure_rate"]) == (2, 0, None)
    assert point["at"].startswith(f"{sampled:%Y-%m-%dT%H:%M:%S}")
    assert [(one["title"], one["closed"]) for one in found["incidents"]] == [("ocr@a is lost", None)]


@pytest.mark.parametrize(("span", "steps"), [("hour", 361), ("day", 289), ("week", 1009)])
def test_a_span_as_csv(ask: Ask, sampled: datetime, span: str, steps: int) -> None:
    _, said = ask("history", "--csv", "--span", span)
    head, *rows = csv.reader(io.StringIO(said))
    assert head == ["at", *FIGURES]
    assert steps - 1 <= len(rows) <= steps
    (looked,) = [dict(zip(head, row, strict=True)) for row in rows if row[1]]
    assert (looked["waiting"], looked["covered_s"], looked["oldest_s"]) == ("2", "10", "")
    assert datetime.fromisoformat(looked["at"]) <= sampled
    assert {len(row) for row in rows} == {len(head)}


def test_a_moment_is_marked_and_stands_in_the_history(ask: Ask) -> None:
    code, said = ask("history", "--mark", " deployed  1.4 ", "--json")
    marked = json.loads(said)
    assert (code, marked["rule"], marked["title"]) == (0, "mark", "deployed 1.4")
    assert marked["opened"] == marked["closed"]
    assert "deployed 1.4" in ask("history")[1].splitlines()[-1]


def test_csv_and_json_at_once_are_refused(ask: Ask) -> None:
    with pytest.raises(UsageError):
        ask("history", "--csv", "--json")


def test_where_nothing_needs_attention(ask: Ask) -> None:
    assert ask("attention") == (0, "Nothing needs attention.\n")
    assert ask("attention", "--json") == (0, "[]\n")


def test_what_needs_attention_now(ask: Ask, store: Store, engine: Engine, settings: Settings, tmp_path: Path) -> None:
    job, task = queued(store)
    broker = Broker(settings)
    broker.ring(Doorbell(task, job))
    broker.close()
    failed = "insert into jobs (id, name, state, error_class) values (gen_random_uuid(), 'a.pdf', 'FAILED', 'corrupt')"
    change(engine, failed)
    code, said = ask("attention")
    assert code == 1
    assert "No worker serves ocr" in said
    assert "a.pdf, since" in said
    found = json.loads(ask("attention", "--json")[1])
    assert [(one["rule"], one["subject"], one["remedy"], one["count"]) for one in found] == [
        ("no_worker", "ocr", "start_worker", 2),
        ("failed", "corrupt", "show_jobs", 1),
    ]
    preferences.save(tmp_path, {"attention": {"no_worker": {"on": False}, "failed": {"on": False}}})
    assert ask("attention") == (0, "Nothing needs attention.\n")


def test_a_pause_alone_is_no_trouble(ask: Ask, store: Store, engine: Engine, settings: Settings) -> None:
    job, task = queued(store)
    broker = Broker(settings)
    broker.ring(Doorbell(task, job))
    broker.close()
    change(engine, "insert into queues (name, paused) values ('ocr', true)")
    code, said = ask("attention")
    change(engine, "delete from queues")
    assert code == 0
    assert "ocr is paused" in said
