"""What is told of a worker that was started here: it starts, and then that it is ready, or why it is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from console.app import Console
from console.bridge.runner import Act
from console.ops.commands import Done
from console.ops.profiles import EMBEDDED, Profile
from console.ops.worker_commands import StartWorker
from tests.gui.queues_page import local_worker, shown, worker
from tests.opened import opened
from worker.core.errors import NotFoundError
from worker.core.said import said

NAME = "ocr-3f2a@desk"


class Here:
    """The workers of this machine: one that starts until the test says why it does not."""

    def __init__(self) -> None:
        self.why: str | None = ""
        self.asked = 0

    def why_not(self, _name: str) -> str:
        self.asked += 1
        if self.why is None:
            raise NotFoundError("It was stopped.")
        return self.why


class Window:
    """A console that has just started a worker."""

    def __init__(self, console: Console) -> None:
        self.console, self.here = console, Here()
        self.console.starts.open(self.here)
        self.console.frame.show()
        message = said("Starting {worker} …", worker=NAME)
        start = StartWorker(cast("Any", None))
        self.console.acts.acted.emit(Act(start, Done(message, local_worker(NAME)), datetime.now(UTC)))

    @property
    def told(self) -> str:
        """What the notice says; "" without one."""
        notice = self.console.frame.notices
        return notice.accessibleName().translate({0x2068: None, 0x2069: None}) if notice.isVisible() else ""

    def look(self, *names: str) -> None:
        """Take a picture with these workers online."""
        self.console.starts.take(shown(workers=tuple(worker(name, 0, 1) for name in names)))

    def look_at_the_disk(self, qtbot) -> None:
        """A picture without it, and what is found of it on this machine."""
        before = self.here.asked
        self.look("other@desk")
        qtbot.waitUntil(lambda: self.here.asked == before + 1 and not self.console.starts._asked)


@pytest.fixture
def window(qtbot, appearance, tmp_path: Path) -> Iterator[Window]:
    with opened(Profile(EMBEDDED, "a test"), tmp_path) as console:
        yield Window(console)


def test_it_turns_into_ready_when_the_worker_is_there(window: Window, qtbot):
    window.look_at_the_disk(qtbot)
    assert window.told == f"Starting {NAME} …"
    window.look("other@desk", NAME)
    assert window.told == f"{NAME} is ready."
    window.console.frame.notices.hide()
    window.look(NAME)
    assert window.told == ""  # told once


def test_a_newer_notice_with_its_undo_stays(window: Window):
    window.console.frame.notices.tell("3 jobs cancelled.", undo=lambda: None)
    window.look(NAME)
    assert window.told == "3 jobs cancelled."


def test_it_turns_into_the_cause_when_the_worker_ends_before(window: Window, qtbot):
    window.here.why = "It was killed. It is started again. The last line of its log: no such language"
    window.look_at_the_disk(qtbot)
    assert window.told == f"{NAME} does not start. {window.here.why}"
    window.look(NAME)
    assert "does not start" in window.told


def test_one_that_is_stopped_meanwhile_is_awaited_no_more(window: Window, qtbot):
    window.here.why = None
    window.look_at_the_disk(qtbot)
    window.look(NAME)
    assert window.told == f"Starting {NAME} …"
