"""The verbs that act on jobs and queues: which jobs are meant, what is asked first, what is printed, how it ends."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from console.cli.main import run
from console.cli.session import Session
from console.ops import fleet, peeking, presence, purge, queues, reconciling
from console.ops.acts import Cancel, Delete, Reprocess, Retry, SetPriority
from console.ops.commands import Acted, Done, Refused
from console.ops.contradictions import Contradiction, Kind, Mend
from console.ops.purge import Purged, Waiting
from console.ops.reasons import left
from console.ops.ways_back import Undone
from tests.unit.test_cli_main import as_it_was, profile
from worker.core.filters import JobFilter
from worker.core.jobs import ACTIVE, ENDED, Priority, State
from worker.core.peeking import Peeked
from worker.core.spans import Span

__all__ = ["as_it_was"]

ONE, TWO = UUID("01a207dd-25b2-7dc1-a1e1-2530fc3cbeb2"), UUID("01a207dd-25b2-7dc1-a1e1-2530fc3cbeb3")
ALL = Acted(2, (ONE, TWO), ())
Verb = Callable[..., tuple[int, Any, str]]


class Deployment:
    """Services that remember what they were asked."""

    def __init__(self) -> None:
        self.store = self
        self.asked: list[JobFilter] = []
        self.commands: list[Any] = []
        self.answer: Any = ALL

    def ids(self, chosen: JobFilter) -> list[UUID]:
        self.asked.append(chosen)
        return [ONE, TWO]


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Deployment:
    deployment = Deployment()

    @contextmanager
    def services(_session: Session, *_need: str) -> Iterator[Deployment]:
        yield deployment

    def act(_session: Session, command: Any, _services: Deployment) -> Done[Any]:
        deployment.commands.append(command)
        return Done("Done.", deployment.answer)

    monkeypatch.setattr(Session, "services", services)
    monkeypatch.setattr(Session, "act", act)
    return deployment


@pytest.fixture
def verb(there: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Verb:
    def say(*words: object) -> tuple[int, Any, str]:
        given = [*map(str, words), "--json", "--home", str(tmp_path)]
        code = run(given, start_worker=lambda _: None, open_window=lambda *_: 0)
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else None, said.err

    return say


def test_jobs_are_printed_in_one_way(verb: Verb) -> None:
    assert verb("jobs", "--csv")[::2] == (2, "It is either --csv or --json.\n")


@pytest.mark.parametrize("words", [("--where", " "), ("--where", '"'), ("--text", '""'), ("--state", ",")])
def test_words_that_say_nothing_do_not_mean_every_job(verb: Verb, there: Deployment, words: tuple[str, ...]) -> None:
    code, _, said = verb("cancel", *words, "--yes")
    assert (code, there.asked, there.commands) == (2, [], [])
    assert "mean every job" in said


@pytest.mark.parametrize(
    ("name", "states", "command"),
    [
        ("retry", {State.FAILED, State.CANCELLED}, Retry((ONE, TWO))),
        ("cancel", ACTIVE, Cancel((ONE, TWO))),
        ("reprocess", ENDED, Reprocess((ONE, TWO))),
        ("delete", ENDED, Delete((ONE, TWO))),
        ("priority --to high", ACTIVE, SetPriority((ONE, TWO), Priority.HIGH)),
    ],
)
def test_by_what_they_have_in_common_it_wants_a_yes(
    verb: Verb, there: Deployment, name: str, states: set[State], command: object
) -> None:
    words = name.split()
    code, printed, said = verb(*words, "--batch", "Minutes", "--text", "7")
    assert (code, printed, there.commands) == (2, None, [])
    assert "2 jobs would be" in said
    assert "--yes" in said
    assert verb(*words, "--batch", "Minutes", "--text", "7", "--yes")[0] == 0
    assert there.asked[1] == JobFilter(states=frozenset(states), batches=frozenset({"Minutes"}), text="7")
    assert there.commands == [command]
    verb(*words, "--state", "failed", "--class", "corrupt", "--yes")
    assert there.asked[2] == JobFilter(states=frozenset({State.FAILED}), error_classes=frozenset({"corrupt"}))
    verb(*words, "--where", "-batch:Minutes since:2h 7", "--state", "failed", "--yes")
    unless = JobFilter(batches=frozenset({"Minutes"}))
    assert there.asked[3] == JobFilter(states=frozenset({State.FAILED}), updated=Span("2h"), text="7", unless=unless)
    code, _, said = verb(*words, "--where", "colour:red", "--yes")
    assert (code, len(there.asked)) == (2, 4)
    assert "There is no key colour:" in said


@pytest.mark.parametrize("name", ["retry", "cancel", "reprocess", "delete"])
def test_ids_are_acted_on_at_once_and_the_contract_s_counts_printed(verb: Verb, there: Deployment, name: str) -> None:
    there.answer = Acted(2, (ONE,), (Refused(TWO, "is done"),))
    code, printed, said = verb(name, ONE, TWO)
    assert code == 1
    assert printed == {"asked": 2, "done": 1, "not": [{"id": str(TWO), "why": "is done"}]}
    assert f"{TWO}: is done." in said
    assert there.commands[0].ids == (ONE, TWO)
    assert there.asked == []


@pytest.mark.parametrize("words", [["cancel"], ["cancel", ONE, "--state", "queued"], ["delete", "--yes"]])
def test_it_must_be_said_which_jobs(verb: Verb, there: Deployment, words: list[object]) -> None:
    assert verb(*words)[0] == 2
    assert there.commands == []


def test_an_interrupt_ends_it_between_two_portions_and_the_next_one_at_once(
    verb: Verb, there: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act(_session: Session, command: Any, _services: Deployment) -> Done[Any]:
        signal.raise_signal(signal.SIGINT)
        assert command.course.stop.is_set()
        command.course.tell(500, 1000)
        return Done("1 of 2 jobs cancelled.", Acted(2, (ONE,), (Refused(TWO, "was not reached"),)))

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(Session, "act", act)
    assert verb("cancel", ONE, TWO)[:2] == (
        1,
        {"asked": 2, "done": 1, "not": [{"id": str(TWO), "why": "was not reached"}]},
    )
    assert signal.getsignal(signal.SIGINT) is before


def test_no_such_id_is_4(verb: Verb) -> None:
    assert verb("cancel", "nonsense")[0] == 4


def test_thousands_that_are_refused_are_counted_and_some_told(verb: Verb, there: Deployment) -> None:
    there.answer = Acted(5_000, (), tuple(Refused(UUID(int=place), "is done") for place in range(5_000)))
    code, printed, said = verb("cancel", ONE)
    assert (code, len(printed["not"])) == (1, 5_000)
    assert len(said.splitlines()) < 50


def test_a_reprocess_changes_the_options_that_are_named(verb: Verb, there: Deployment) -> None:
    verb("reprocess", ONE)
    verb("reprocess", ONE, "--lang", "deu+eng", "--mode", "force", "--pages", "3-7,9", "--dpi", 200)
    verb("reprocess", ONE, "--pages", "all")
    verb("reprocess", ONE, "--pdfa")  # whether each makes a PDF, its row knows
    changes = [command.change for command in there.commands]
    everything = {"languages": "deu+eng", "mode": "force", "pages": "3-7,9", "dpi": 200}
    assert changes == [{}, everything, {"pages": ""}, {"pdfa": True}]


@pytest.mark.parametrize("words", [["--lang", "eng;rm"], ["--pages", "9-3"], ["--dpi", "99999"]])
def test_a_reprocess_that_cannot_be_meant(verb: Verb, there: Deployment, words: list[str]) -> None:
    assert verb("reprocess", ONE, *words)[0] == 2
    assert there.commands == []


def test_purge_says_what_would_go_and_then_what_went(
    verb: Verb, there: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "look", lambda *_: Waiting(12, 14, 3))
    code, printed, said = verb("purge", "ocr")
    assert (code, printed, there.commands) == (2, None, [])
    assert "12 jobs and 14 messages would go from ocr; 3 stay with workers. Add --yes" in said
    there.answer = Purged("ocr", 14, 3, datetime(2026, 11, 23, 12, 10, tzinfo=UTC))
    code, printed, _ = verb("purge", "ocr", "--yes")
    assert code == 0
    assert printed == {"queue": "ocr", "purged": 14, "held": 3, "undo_until": "2026-11-23T12:10:00.000Z"}


def test_undo_says_what_and_how_many(verb: Verb, there: Deployment) -> None:
    there.answer = Undone("purge", 14)
    assert verb("undo")[:2] == (0, {"undone": "purge", "jobs": 14})
    there.answer = Undone(None, 0)
    assert verb("undo")[:2] == (0, {"undone": None, "jobs": 0})


def test_queues_in_numbers(verb: Verb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "queues", lambda _: (fleet.Queue("ocr", 7, 2, 1, 0, 61.234),))
    odd = Contradiction(Kind.UNRUNG, "ocr", "2 tasks of ocr wait, and no message tells the workers.", Mend.RING)
    monkeypatch.setattr(reconciling, "seen_once", lambda *_: (odd,))
    code, printed, said = verb("queues")
    assert odd.sentence in said
    assert code == 0
    numbers = {"ready": 7, "held": 2, "running": 1, "delayed": 0, "oldest_s": 61.23, "paused": False}
    pages = {"pages": 0, "pages_in": 0, "pages_out": 0, "workers": [], "slots": 0, "utilisation": 0, "estimated": False}
    assert printed == [{"queue": "ocr", **numbers, **pages}]


def test_a_look_into_a_queue(verb: Verb, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int, tuple[str, ...]]] = []

    def look(_: object, queue: str, *, limit: int, ask: tuple[str, ...]) -> peeking.Peek:
        asked.append((queue, limit, ask))
        message = Peeked("ocr.run_job", "m-1", ONE, TWO, 3, 1.5, 420, "['x']")
        held = peeking.Seen(replace(message, held=True), "b.pdf", "RUNNING", 9.0, "one@desk", running=True)
        return peeking.Peek(queue, (peeking.Seen(message, "a.pdf", "QUEUED", 1.5),), (held,))

    monkeypatch.setattr(peeking, "peek", look)
    monkeypatch.setattr(presence, "everybody", lambda _: ())
    code, printed, _ = verb("queues", "--peek", "ocr", "--limit", "7")
    assert (code, asked) == (0, [("ocr", 7, ())])
    assert [one["name"] for one in (*printed["ready"], *printed["held"])] == ["a.pdf", "b.pdf"]
    assert (printed["ready"][0]["priority"], printed["ready"][0]["worker"]) == (3, None)
    assert (printed["held"][0]["worker"], printed["held"][0]["running"]) == ("one@desk", True)


@pytest.mark.parametrize("words", [["cancel", ONE], ["delete", ONE], ["reprocess", ONE], ["purge", "ocr"], ["undo"]])
def test_production_is_changed_only_when_confirmed_by_name(
    verb: Verb, there: Deployment, tmp_path: Path, words: list[object]
) -> None:
    file = profile(tmp_path, OCR_CONSOLE_PRODUCTION="true")
    code, _, said = verb(*words, "--yes", "--profile", file) if words != ["undo"] else verb("undo", "--profile", file)
    assert (code, there.commands) == (2, [])
    assert "--confirm live" in said


def test_why_others_stay_is_counted() -> None:
    refused = [Refused(ONE, "is done"), Refused(TWO, "is done"), Refused(ONE, "no such job")]
    assert left(refused) == "2 are done, 1: no such job."
    assert left(refused[:1]) == "1 is done."
    assert left([]) == ""
