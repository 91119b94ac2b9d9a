"""The runner: a command's sentence, its history, its undo; the lock of production and the audit around it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, cast
from uuid import uuid4

import pytest

from console.bridge.background import Background
from console.bridge.runner import Act, Runner, Running
from console.ops.acting import NOT_RECORDED, Lock, Unlock
from console.ops.acts import OnJobs
from console.ops.audit import Entry
from console.ops.commands import Done
from console.ops.guard import Guard, Locked, Weight
from console.ops.profiles import Profile
from tests.unit.test_settings import PLAIN
from worker.core.errors import DatabaseError, NetworkError, OcrConsoleError
from worker.core.settings import Settings

INVENTED = Settings.from_mapping(PLAIN, "a test")


@dataclass
class Note:
    """A command that writes its word into the services."""

    word: str
    undo: Note | None = field(default=None)
    action: ClassVar[str] = "note"
    weight: ClassVar[Weight] = Weight.CHANGES
    asked: ClassVar[int] = 3

    def run(self, services: Any) -> Done[str]:
        services.written.append(self.word)
        return Done(f"{self.word}.", self.word, Entry(3, 2), self.undo)


@dataclass
class Drop(Note):
    weight: ClassVar[Weight] = Weight.DESTROYS


class Broken(Note):
    def run(self, _services: Any) -> Done[str]:
        raise NetworkError("Redis is away.")


class Invented:
    """Services of a profile, whose store remembers the audit."""

    def __init__(self, *, production: bool = False) -> None:
        self.profile = Profile("archive", "profile archive", replace(INVENTED, production=production))
        self.guard = Guard(self.profile)
        self.store = self
        self.written: list[str] = []
        self.entries: list[tuple[Any, ...]] = []

    def audit(self, *, profile: str, action: str, asked: int, done: int, result: str, **_: Any) -> int:
        self.entries.append((profile, action, asked, done, result))
        return len(self.entries)


@pytest.fixture
def services() -> Invented:
    return Invented()


@pytest.fixture
def guarded() -> Invented:
    return Invented(production=True)


def runner_on(background: Background, services: Invented) -> Runner:
    return Runner(background, cast("Any", services))


def refused(qtbot, runner: Runner, command: Note, confirm: str | None = None) -> OcrConsoleError:
    with qtbot.waitSignal(runner.failed) as failed:
        runner.run(command, confirm=confirm)
    error: OcrConsoleError = failed.args[0]
    return error


def test_a_command_runs_is_told_and_can_be_taken_back(qtbot, background: Background, services: Invented):
    runner = runner_on(background, services)
    told: list[str] = []
    with qtbot.waitSignal(runner.acted) as acted:
        runner.run(Note("cancelled", undo=Note("restored")), done=lambda done: told.append(done.message))
    act: Act = acted.args[0]
    assert (services.written, told, act.done.message) == (["cancelled"], ["cancelled."], "cancelled.")
    with qtbot.waitSignal(runner.acted):
        runner.undo(act)
    assert services.written == ["cancelled", "restored"]


def test_the_last_act_that_can_be_is_taken_back_and_each_once(qtbot, background: Background, services: Invented):
    runner = runner_on(background, services)
    acts: list[Act] = []
    for note in (Note("one", undo=Note("no one")), Note("two", undo=Note("no two")), Note("three")):
        with qtbot.waitSignal(runner.acted) as acted:
            runner.run(note)
        acts.append(acted.args[0])
    for _ in range(2):
        with qtbot.waitSignal(runner.acted):
            runner.undo_last()
    runner.undo_last()
    runner.undo(acts[0])
    background.close()
    assert services.written == ["one", "two", "three", "no two", "no one"]


def test_only_so_many_acts_are_kept_to_be_taken_back(qtbot, background: Background, services: Invented, monkeypatch):
    monkeypatch.setattr("console.bridge.runner.UNDOABLE", 1)
    runner = runner_on(background, services)
    for note in (Note("one", undo=Note("no one")), Note("two", undo=Note("no two"))):
        with qtbot.waitSignal(runner.acted):
            runner.run(note)
    with qtbot.waitSignal(runner.acted):
        runner.undo_last()
    runner.undo_last()
    background.close()
    assert services.written == ["one", "two", "no two"]


def test_an_undo_that_failed_can_be_tried_again(qtbot, background: Background, services: Invented):
    runner = runner_on(background, services)
    with qtbot.waitSignal(runner.acted):
        runner.run(Note("one", undo=Broken("no one")))
    for _ in range(2):
        with qtbot.waitSignal(runner.failed) as failed:
            runner.undo_last()
        assert failed.args[0].sentence == "Redis is away."


def test_what_cannot_be_taken_back_is_left(qtbot, background: Background, services: Invented):
    runner = runner_on(background, services)
    with qtbot.waitSignal(runner.acted) as acted:
        runner.run(Note("purged"))
    runner.undo(acted.args[0])
    background.close()
    assert services.written == ["purged"]


def test_an_error_is_told_and_is_no_act(qtbot, background: Background, services: Invented):
    runner = runner_on(background, services)
    with qtbot.assertNotEmitted(runner.acted):
        assert refused(qtbot, runner, Broken("lost")).sentence == "Redis is away."


def test_every_act_has_its_entry_also_one_that_failed(qtbot, background: Background, services: Invented):
    runner = runner_on(background, services)
    with qtbot.waitSignal(runner.acted):
        runner.run(Note("cancelled"))
    refused(qtbot, runner, Broken("lost"))
    assert services.entries == [
        ("archive", "note", 3, 2, "cancelled."),
        ("archive", "note", 3, 0, "Redis is away."),
    ]


def test_a_production_profile_is_read_only_until_its_name_is_given(qtbot, background: Background, guarded: Invented):
    runner = runner_on(background, guarded)
    assert isinstance(refused(qtbot, runner, Note("early")), Locked)
    assert "name" in refused(qtbot, runner, cast("Any", Unlock("archiv"))).sentence
    with qtbot.waitSignal(runner.acted):
        runner.run(Unlock("archive", "a late delivery"))
    with qtbot.waitSignal(runner.acted):
        runner.run(Note("changed"))
    with qtbot.waitSignal(runner.acted):
        runner.run(Lock())
    assert isinstance(refused(qtbot, runner, Note("late")), Locked)
    assert guarded.written == ["changed"]
    assert [action for _, action, *_ in guarded.entries] == ["unlock", "unlock", "note", "lock"]


def test_what_destroys_asks_for_the_name_although_it_is_unlocked(qtbot, background: Background, guarded: Invented):
    runner = runner_on(background, guarded)
    guarded.guard.unlock("archive")
    assert isinstance(refused(qtbot, runner, Drop("deleted")), Locked)
    assert "not the name" in refused(qtbot, runner, Drop("deleted"), confirm="staging").sentence
    assert guarded.written == []
    with qtbot.waitSignal(runner.acted):
        runner.run(Drop("deleted"), confirm="archive")
    assert guarded.written == ["deleted"]


def test_it_locks_itself_after_its_time():
    now = [100.0]
    guard = Guard(Invented(production=True).profile, unlocked_s=600, clock=lambda: now[0])
    guard.unlock("archive")
    assert (guard.locked, guard.left_s) == (False, 600)
    now[0] += 599
    guard.check(Weight.CHANGES)
    now[0] += 1
    with pytest.raises(Locked):
        guard.check(Weight.CHANGES)


def test_the_audit_that_cannot_be_written_is_told(qtbot, background: Background, services: Invented, caplog):
    def away(**_: Any) -> int:
        raise DatabaseError("PostgreSQL is away.")

    services.audit = away  # type: ignore[method-assign]
    runner = runner_on(background, services)
    with qtbot.waitSignal(runner.acted) as acted:
        runner.run(Note("cancelled"))
    assert acted.args[0].done.message == f"cancelled. {NOT_RECORDED}"
    assert "note, 2 of 3: cancelled." in caplog.text


@dataclass(frozen=True)
class Many(OnJobs):
    """A command that is carried out in portions, each when it is told to."""

    go_on: Any = None
    action: ClassVar[str] = "many"
    weight: ClassVar[Weight] = Weight.CHANGES

    def run(self, _services: Any) -> Done[int]:
        assert self.course is not None
        done = 0
        while done < self.asked and not self.course.stop.is_set():
            done += 1
            self.course.tell(done, self.asked)
            assert self.go_on.wait(5)
        return Done(f"{done} of {self.asked}.", done, Entry(self.asked, done))


def test_a_long_act_is_watched_and_stopped_between_two_portions(qtbot, background: Background, services: Invented):
    runner, go_on = runner_on(background, services), threading.Event()
    told: list[Running] = []
    runner.progressed.connect(told.append)
    with qtbot.waitSignal(runner.running) as began, qtbot.waitSignal(runner.progressed):
        runner.run(Many(tuple(uuid4() for _ in range(3)), go_on=go_on))
    running: Running = began.args[0]
    assert (running.done, running.asked) == (0, 3)
    assert [(one.number, one.done, one.asked) for one in told] == [(running.number, 1, 3)]
    running.stop()
    with qtbot.waitSignal(runner.acted) as acted, qtbot.waitSignal(runner.ended):
        go_on.set()
    assert acted.args[0].done.message == "1 of 3."


def test_what_is_told_too_often_is_left_out(qtbot, background: Background, services: Invented):
    runner, go_on = runner_on(background, services), threading.Event()
    told: list[Running] = []
    go_on.set()
    runner.progressed.connect(told.append)
    with qtbot.waitSignal(runner.ended):
        runner.run(Many(tuple(uuid4() for _ in range(500)), go_on=go_on))
    assert 1 <= len(told) < 100
