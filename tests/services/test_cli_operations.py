"""The verbs `batches` and `activity` on real servers, in words and as JSON."""

from __future__ import annotations

import io
import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from console.cli import activity, batches
from console.cli.session import Session
from console.cli.terminal import Terminal
from console.ops.acting import act
from console.ops.acts import Cancel
from console.ops.services import Services
from console.ops.undo import Undo
from tests.services.connections import profile
from tests.services.queued_jobs import queued
from worker.core.store import Store


@pytest.fixture
def ask(settings, clean, monkeypatch):
    """Runs a verb's module; returns what it printed."""
    monkeypatch.setattr(Session, "profile", profile(settings))

    def run(module: Any, *, as_json: bool, limit: int = 100) -> Any:
        out = io.StringIO()
        args = Namespace(limit=limit, verb="", home=str(Path("/nowhere")))
        session = Session(args, Terminal(as_json=as_json, out=out), start_worker=print, open_window=lambda *_: 0)
        assert module.run(session) == 0
        return json.loads(out.getvalue()) if as_json else out.getvalue()

    return run


def test_batches(ask, store: Store):
    assert ask(batches, as_json=False) == "No batches.\n"
    batch = store.add_batch("tax 2025", "ann@desk")
    queued(store, batch_id=batch)
    queued(store, batch_id=batch)
    said = ask(batches, as_json=False).splitlines()
    assert said[0].split()[:3] == ["BATCH", "STATE", "JOBS"]
    assert said[1].split()[:6] == ["tax", "2025", "waiting", "2", "0", "0/4"]
    (shape,) = ask(batches, as_json=True)
    assert shape["id"] == str(batch)
    assert (shape["state"], shape["jobs"]["QUEUED"], shape["pages"], shape["left_s"]) == ("waiting", 2, 4, None)
    queued(store, batch_id=store.add_batch("newer", None))
    assert [one["name"] for one in ask(batches, as_json=True, limit=1)] == ["newer"]


def test_activity(ask, store: Store, settings):
    assert ask(activity, as_json=False) == "Nothing was done yet.\n"
    job, _ = queued(store)
    with Services(profile(settings)) as services:
        act(Cancel((job,)), services)
    said = ask(activity, as_json=False).splitlines()[1]
    assert "cancel" in said
    assert "1/1" in said
    assert "until" in said
    (shape,) = ask(activity, as_json=True)
    assert (shape["action"], shape["asked"], shape["done"], shape["undo"]) == ("cancel", 1, 1, "open")
    assert shape["undo_until"] > shape["at"]
    with Services(profile(settings)) as services:
        act(Undo(shape["id"]), services)
    newest, before = ask(activity, as_json=True)
    assert (newest["action"], newest["details"]["entry"]) == ("undo", shape["id"])
    assert (before["undo"], before["undo_until"]) == ("undone", None)
    assert "undone" in ask(activity, as_json=False)
