"""The runner: a command's sentence, its history, its undo."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from console.bridge.background import Background
from console.bridge.runner import Act, Runner
from console.ops.commands import Done
from worker.core.errors import NetworkError


@dataclass
class Note:
    """A command that writes its word into the services."""

    word: str
    undo: Note | None = field(default=None)

    def run(self, services: Any) -> Done[str]:
        services.append(self.word)
        return Done(f"{self.word}.", self.word, self.undo)


class Broken:
    def run(self, _services: Any) -> Done[None]:
        raise NetworkError("Redis is away.")


def test_a_command_runs_is_told_and_can_be_taken_back(qtbot, background: Background):
    services: list[str] = []
    runner = Runner(background, cast("Any", services))
    told: list[str] = []
    with qtbot.waitSignal(runner.acted) as acted:
        runner.run(Note("cancelled", undo=Note("restored")), done=lambda done: told.append(done.message))
    act: Act = acted.args[0]
    assert (services, told, runner.history) == (["cancelled"], ["cancelled."], [act])
    with qtbot.waitSignal(runner.acted):
        runner.undo(act)
    assert services == ["cancelled", "restored"]


def test_what_cannot_be_taken_back_is_left(qtbot, background: Background):
    services: list[str] = []
    runner = Runner(background, cast("Any", services))
    with qtbot.waitSignal(runner.acted) as acted:
        runner.run(Note("purged"))
    runner.undo(acted.args[0])
    background.close()
    assert services == ["purged"]


def test_an_error_is_told_and_nothing_is_remembered(qtbot, background: Background):
    runner = Runner(background, cast("Any", []))
    with qtbot.waitSignal(runner.failed) as failed:
        runner.run(cast("Any", Broken()))
    assert failed.args[0].sentence == "Redis is away."
    assert runner.history == []
