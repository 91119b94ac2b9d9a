"""The verbs that hold back and steer: what they mean, what they print, how they end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from console.ops.pausing import PauseBatch, PauseQueues, ResumeBatch, ResumeQueues
from console.ops.steering import AddConsumer, Autoscale, CancelConsumer, Grow, RateLimit, RestartPool, Shrink, TimeLimit
from console.ops.worker_ends import ForgetWorkers, Ping, Stopped, WarmStop
from tests.unit.test_cli_acts import ONE, Deployment, Verb, as_it_was, there, verb
from worker.core.control import Answer

__all__ = ["as_it_was", "there", "verb"]
NAME = "ocr@desk"


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("pause ocr other", PauseQueues(("ocr", "other"))),
        ("resume ocr", ResumeQueues(("ocr",))),
        ("pause --batch May", PauseBatch((ONE,))),
        ("resume --batch May", ResumeBatch((ONE,))),
    ],
)
def test_queues_or_a_batch_are_held_back_and_let_go(
    verb: Verb, there: Deployment, monkeypatch: pytest.MonkeyPatch, words: str, command: object
) -> None:
    there.answer = ("ocr",)
    monkeypatch.setattr(there, "find_batch", lambda name: ONE if name == "May" else None, raising=False)
    assert verb(*words.split())[:2] == (0, {"paused": words.startswith("pause"), "changed": ["ocr"]})
    assert there.commands == [command]


def test_it_must_be_said_what_is_held_back(verb: Verb, there: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(there, "find_batch", lambda _: None, raising=False)
    assert verb("pause")[0] == 2
    assert verb("pause", "ocr", "--batch", "May")[0] == 2
    assert verb("pause", "--batch", "June")[0] == 4
    assert there.commands == []


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("pool ocr@desk +2", Grow(NAME, 2)),
        ("pool ocr@desk -1", Shrink(NAME, 1)),
        ("autoscale ocr@desk 4 1", Autoscale(NAME, 4, 1)),
        ("consume ocr@desk other", AddConsumer(NAME, "other")),
        ("leave ocr@desk other", CancelConsumer(NAME, "other")),
        ("rate ocr@desk ocr.run_job 10/m", RateLimit(NAME, "ocr.run_job", "10/m")),
        ("limit ocr@desk ocr.run_job 60 90", TimeLimit(NAME, "ocr.run_job", 60, 90)),
        ("renew ocr@desk", RestartPool(NAME)),
    ],
)
def test_a_worker_is_told_and_its_answer_printed(verb: Verb, there: Deployment, words: str, command: object) -> None:
    there.answer = Answer(NAME, True, "pool will grow")
    assert verb("worker", *words.split())[:2] == (0, {"worker": NAME, "answer": "pool will grow"})
    assert there.commands == [command]


@pytest.mark.parametrize(
    ("act", "answer", "command", "code", "printed"),
    [
        ("ping", {NAME: 0.0212}, Ping((NAME,)), 0, {NAME: 0.021}),
        ("ping", {NAME: None}, Ping((NAME,)), 1, {NAME: None}),
        ("forget", (NAME,), ForgetWorkers((NAME,)), 0, {"forgotten": [NAME]}),
        ("forget", (), ForgetWorkers((NAME,)), 1, {"forgotten": []}),
        (
            "end",
            Stopped((), (), (), (NAME,)),
            WarmStop((NAME,)),
            1,
            {"ended": [], "ending": [], "silent": [], "deaf": [NAME]},
        ),
    ],
)
def test_workers_are_asked_told_to_go_and_forgotten(
    verb: Verb, there: Deployment, act: str, answer: Any, command: object, code: int, printed: object
) -> None:
    there.answer = answer
    assert verb("worker", act, NAME)[:2] == (code, printed)
    assert there.commands == [command]


def test_a_priority_is_one_of_four(verb: Verb, there: Deployment) -> None:
    assert verb("priority", UUID(int=1), "--to", "next")[0] == 0
    for words in ([], ["--to", "soon"]):
        with pytest.raises(SystemExit) as ended:
            verb("priority", UUID(int=1), *words)
        assert ended.value.code == 2
