"""From a drop to a batch on its way, with a planner and uploads that do as they are told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from console.bridge.background import Background
from console.bridge.preset_shelf import PresetShelf
from console.bridge.remembered import Remembered
from console.ops.commands import Done
from console.ops.intake import Plan
from console.ops.uploads import Step, Uploaded
from console.ui import adding
from console.ui.adding import Adding, Making
from console.ui.frame import Frame
from tests.gui.planned import planned
from worker.core.errors import DatabaseError, StorageError

PLAN = Plan(tuple(planned(f"{number}.pdf", 10, size=1000) for number in range(3)), ())


class Planner(QObject):
    progressed = Signal(int, int)
    planned = Signal(object, float)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[list[str], str | None]] = []
        self.cancelled = 0

    def start(self, paths: list[str], *, password: str | None = None) -> None:
        self.asked.append((paths, password))

    def cancel(self) -> None:
        self.cancelled += 1


class Uploads(QObject):
    progressed = Signal(object)
    ended = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.running = False
        self.stopped = 0
        self.commands: list[Any] = []

    def start(self, make: Callable[..., Any]) -> None:
        self.running = True
        self.commands.append(make(lambda _told: None, threading.Event()))

    def stop(self) -> None:
        self.stopped += 1

    def end(self) -> None:
        self.running = False
        self.ended.emit(Done("said", ()))


@pytest.fixture
def planner() -> Planner:
    return Planner()


@pytest.fixture
def uploads() -> Uploads:
    return Uploads()


@pytest.fixture
def frame(qtbot) -> Iterator[Frame]:
    made = Frame("This machine")
    qtbot.addWidget(made)
    made.add_page("jobs", QWidget(), text="Jobs", icon="files")
    made.show()
    yield made
    made.may_close = lambda: True


@pytest.fixture
def added(frame: Frame, planner: Planner, uploads: Uploads, background: Background) -> Adding:
    making = Making(
        submit=lambda plan, order, _watch, _cancel: ("submit", plan, order),  # type: ignore[arg-type,return-value]
        resume=lambda _watch, _cancel: ("resume",),  # type: ignore[arg-type,return-value]
        forget=lambda _watch, _cancel: ("forget",),  # type: ignore[arg-type,return-value]
        samples=lambda batch, _watch, _cancel: ("samples", batch),  # type: ignore[arg-type,return-value]
    )
    presets = PresetShelf(background, Remembered(background))
    return Adding(frame, planner, uploads, making, presets)  # type: ignore[arg-type]


def told(number: int, step: Step, **more: Any) -> Uploaded:
    return Uploaded(PLAN.files[number], step, UUID(int=number + 1), **more)


def start(added: Adding, planner: Planner) -> None:
    added.plan(["/data"])
    planner.planned.emit(PLAN, 0.2)
    added.plan_page.settings.start.click()


def test_a_drop_becomes_a_plan_and_start_uploads_it(added: Adding, frame: Frame, planner: Planner, uploads: Uploads):
    added.plan(["/data"])
    assert frame.current_page == adding.PLAN
    assert planner.asked == [(["/data"], None)]
    assert uploads.commands == []
    planner.planned.emit(PLAN, 0.2)
    added.plan_page.settings.start.click()
    assert frame.current_page == adding.UPLOADS
    kind, plan, order = uploads.commands[0]
    assert (kind, plan) == ("submit", PLAN)
    assert order.batch.startswith("data ")


def test_a_password_makes_a_new_plan(added: Adding, planner: Planner):
    added.plan(["/data"])
    planner.planned.emit(Plan((planned("a.pdf", locked=True),), ()), 0.2)
    added.plan_page._try_password("geheim")
    assert planner.asked[-1] == (["/data"], "geheim")


def test_cancel_leaves_nothing_behind(added: Adding, frame: Frame, planner: Planner, uploads: Uploads):
    added.plan(["/data"])
    added.plan_page.settings.cancel.click()
    assert frame.current_page == "jobs"
    assert (planner.cancelled, uploads.commands) == (1, [])


def test_a_plan_begins_with_what_was_started_last_or_the_preset_to_begin_with(
    added: Adding, planner: Planner, uploads: Uploads
):
    added.plan(["/data"])
    pane = added.plan_page.settings
    pane.reading.pages.setText("3-7")
    pane.reading.dpi.setText("350")
    added.plan(["/data", "/more"])  # onto the open plan
    assert (pane.options.pages, pane.options.dpi) == ("3-7", 350)
    pane.cancel.click()
    added.plan(["/other"])
    assert (pane.options.pages, pane.options.dpi) == ("", 300)
    pane.reading.dpi.setText("350")
    pane.reading.pages.setText("1")
    planner.planned.emit(PLAN, 0.2)
    pane.start.click()
    uploads.end()
    added.plan(["/next"])
    assert (pane.options.pages, pane.options.dpi, pane.options.changed) == ("", 350, True)
    added._presets.set_default("archive")
    pane.cancel.click()
    added.plan(["/kept"])
    assert (pane.options.preset, pane.options.changed, pane.options.dpi) == ("archive", False, 300)


def test_one_batch_at_a_time(added: Adding, planner: Planner):
    start(added, planner)
    added.plan(["/more"])
    assert len(planner.asked) == 1


def test_what_was_stopped_goes_on_with_the_files_that_did_not_arrive(added: Adding, planner: Planner, uploads: Uploads):
    start(added, planner)
    uploads.progressed.emit((told(0, Step.QUEUED, sent=1000), told(1, Step.SENDING, sent=10)))
    added.uploads_page._stop.click()
    assert uploads.stopped == 1
    uploads.progressed.emit((told(1, Step.STOPPED),))
    uploads.end()
    added.uploads_page._resume.click()
    kind, plan, _order = uploads.commands[-1]
    assert (kind, plan.files) == ("submit", PLAN.files[1:])  # the third was never begun


def test_a_server_that_was_away_is_no_reason_to_give_a_file_up(added: Adding, planner: Planner, uploads: Uploads):
    start(added, planner)
    uploads.progressed.emit((told(0, Step.QUEUED), told(1, Step.QUEUED)))
    uploads.progressed.emit((told(2, Step.FAILED, error=StorageError("S3 does not answer.")),))
    uploads.end()
    added.uploads_page._resume.click()
    assert uploads.commands[-1][1].files == PLAN.files[2:]


def test_an_upload_that_cannot_begin_says_why_and_can_go_on(added: Adding, planner: Planner, uploads: Uploads):
    start(added, planner)
    uploads.running = False
    uploads.failed.emit(DatabaseError("PostgreSQL does not answer."))
    assert added.uploads_page._sentence.text().startswith("PostgreSQL does not answer.")
    added.uploads_page._resume.click()
    assert uploads.commands[-1][1].files == PLAN.files


def test_uploads_of_an_earlier_start_are_offered_and_resumed(added: Adding, frame: Frame, uploads: Uploads):
    added.offer([told(1, Step.STOPPED)])
    assert frame.current_page == adding.UPLOADS
    assert uploads.commands == []
    added.uploads_page._resume.click()
    assert uploads.commands == [("resume",)]


def test_uploads_of_an_earlier_start_can_be_forgotten(added: Adding, frame: Frame, uploads: Uploads):
    added.offer([told(1, Step.STOPPED)])
    assert added.uploads_page._forget.isVisible()
    added.uploads_page._forget.click()
    assert uploads.commands == [("forget",)]
    uploads.end()
    assert frame.current_page == "jobs"
    assert not frame.side_bar.place(adding.UPLOADS).isVisible()


def test_what_was_stopped_now_goes_on_and_is_not_forgotten(added: Adding, planner: Planner, uploads: Uploads):
    start(added, planner)
    uploads.progressed.emit((told(1, Step.STOPPED),))
    uploads.end()
    assert added.uploads_page._resume.isVisible()
    assert not added.uploads_page._forget.isVisible()


def test_the_samples_need_no_plan(added: Adding, frame: Frame, uploads: Uploads):
    added.read_samples()
    assert uploads.commands[0][0] == "samples"
    assert frame.current_page == adding.UPLOADS
    added.read_samples()
    assert len(uploads.commands) == 1
    assert frame.notices.accessibleName().startswith("One batch at a time.")


def test_a_window_that_goes_looks_through_nothing_more(added: Adding, planner: Planner, uploads: Uploads):
    added.plan(["/a-hundred-thousand-files"])
    added.stop()
    assert (planner.cancelled, uploads.stopped) == (1, 1)


def test_closing_asks_only_while_files_are_on_their_way(
    added: Adding, planner: Planner, uploads: Uploads, monkeypatch: pytest.MonkeyPatch
):
    asked: list[dict[str, Any]] = []

    def ask(_parent: object, **question: Any) -> bool:
        asked.append(question)
        return len(asked) > 1

    monkeypatch.setattr(adding, "ask", ask)
    assert added.may_close()
    start(added, planner)
    uploads.progressed.emit((told(0, Step.QUEUED, sent=1000),))
    assert not added.may_close()
    assert asked[0]["facts"] == (("Uploaded", "1 of 3 files"),)
    assert uploads.stopped == 0
    assert added.may_close()
    assert uploads.stopped == 1
