"""What the button of a finding does: to the jobs that are meant when it is pressed, or by leading to the place."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QWidget

from console.ops.contradictions import Contradiction, Kind, Mend
from console.ops.findings import Remedy, Way
from console.ui.going import DOCTOR, Going
from console.ui.remedies import Remedies
from console.ui.remedy_words import changes, remedy_words
from tests.gui import working

LOST_MESSAGE = Contradiction(Kind.UNRUNG, "ocr", "3 jobs wait for which no message does.", Mend.RING)


class Pressed:
    """Notes what it is asked to do, as Acts are."""

    def __init__(self) -> None:
        self.done: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args: self.done.append((name, *args))


class Ids:
    def ids(self, chosen: object) -> list[UUID]:
        return [UUID(int=7)]


@pytest.mark.parametrize(
    ("way", "done"),
    [
        (Way.UNLOCK, ("retry", [UUID(int=7)], "secret")),
        (Way.RETRY, ("retry", [UUID(int=7)])),
        (Way.REPROCESS, ("reprocess", [UUID(int=7)], {"dpi": 150})),
        (Way.RESUME_QUEUE, ("resume_queues", ["ocr"])),
        (Way.FORGET_WORKER, ("forget_workers", ["ocr"])),
        (Way.DROP_POISON, ("drop_poison",)),
        (Way.START_WORKER, ("start_worker", os.cpu_count() or 1, ("ocr", "celery"), True)),
        (Way.MEND, ("mend", LOST_MESSAGE)),
    ],
)
def test_a_remedy_is_for_the_jobs_that_are_meant_when_it_is_pressed(qtbot, background, monkeypatch, way, done):
    monkeypatch.setattr("console.ui.remedies.ask_password", lambda _window, _count: "secret")
    page, acts = QWidget(), Pressed()
    qtbot.addWidget(page)
    remedies = Remedies(page, background, acts, Going())  # type: ignore[arg-type]
    remedies.open(Ids())
    finding = working.finding("ocr", "t", "s", way)
    remedies.take(replace(finding.remedy, change={"dpi": 150}, contradiction=LOST_MESSAGE))
    qtbot.waitUntil(lambda: acts.done == [done])


@pytest.mark.parametrize(
    ("way", "signal"),
    [
        (Way.SHOW_JOBS, "to_jobs"),
        (Way.SHOW_WORKER, "to_worker"),
        (Way.SHOW_QUEUE, "to_queue"),
        (Way.SHOW_SERVICE, "to_page"),
        (Way.EDIT_PROFILE, "to_setting"),
    ],
)
def test_a_remedy_leads_to_where_it_can_be_done(qtbot, background, way, signal):
    page, going = QWidget(), Going()
    qtbot.addWidget(page)
    remedies = Remedies(page, background, Pressed(), going)  # type: ignore[arg-type]
    finding = working.finding("ocr", "t", "s", way)
    with qtbot.waitSignal(getattr(going, signal)) as went:
        remedies.take(finding.remedy)
    expected = {Way.SHOW_JOBS: [finding.remedy.jobs], Way.SHOW_SERVICE: [DOCTOR], Way.EDIT_PROFILE: ["ocr", {}]}
    assert went.args == expected.get(way, ["ocr"])


@pytest.mark.parametrize(
    ("mend", "said", "locked"),
    [(Mend.RING, "Ring again", True), (Mend.TAKE_BACK, "Take back", True), (Mend.PING, "Ping it", False)],
)
def test_a_button_is_locked_only_where_it_changes_something(mend, said, locked):
    remedy = Remedy(Way.MEND, "ocr", contradiction=replace(LOST_MESSAGE, remedy=mend))
    assert (remedy_words(remedy), changes(remedy)) == (said, locked)
    assert not changes(Remedy(Way.SHOW_WORKER, "ocr1@scan-03"))


@pytest.mark.parametrize("way", list(Way))
def test_every_way_out_has_words_of_its_own(way):
    assert remedy_words(Remedy(way)) != "Show" or way is Way.MEND


def test_a_batch_goes_on(qtbot, background):
    page, acts = QWidget(), Pressed()
    qtbot.addWidget(page)
    Remedies(page, background, acts, Going()).take(Remedy(Way.RESUME_BATCH, str(UUID(int=7))))  # type: ignore[arg-type]
    assert acts.done == [("resume_batches", [UUID(int=7)])]
