"""Why a job is not running, in its pane: for which jobs it is asked, how often, and what its button does."""

from __future__ import annotations

from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from console.bridge.background import Background
from console.bridge.why_feed import EVERY_S, WhyFeed
from console.ops.doctor.verdicts import Check, Remedy, Verdict
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from console.ui.jobs import JobsPage
from tests.gui.accessible import unnamed
from tests.gui.doctor_days import PAUSED
from tests.gui.invented import job, picture
from tests.gui.jobs_page import store
from worker.core.errors import NotFoundError
from worker.core.jobs import State

READ = Check("why", "ocr1@scan-01 reads page 3 of it, since 14:05.", Verdict.OK, "2 of 7 pages")
NOBODY = Check(
    "why", "No worker takes from it.", Verdict.FAIL, "", "", Remedy("Start one.", "", Button(Way.SHOW_QUEUE, "ocr"))
)


class Why:
    """Gives the answers in turn, the last one again and again."""

    def __init__(self, *answers: Check) -> None:
        self.answers, self.asked = list(answers), list[UUID]()

    def __call__(self, job_id: UUID) -> Check:
        self.asked.append(job_id)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def texts(page: JobsPage) -> list[str]:
    why = page.pane.why
    return [part.text() for part in (why._sentence, why._fact, why._cause) if not part.isHidden()]


def test_a_job_that_waits_says_why_and_its_button_helps(show, qtbot):
    page, why = show(job(0, State.QUEUED), job(1, State.DONE, ago_s=5)), Why(PAUSED, READ)
    page.pane.open_why(why)
    page.table.go_to(page.model.row(0).id)
    assert page.acting.why_action.isEnabled()
    page.acting.why_action.trigger()
    qtbot.waitUntil(page.pane.why.isVisible)
    assert why.asked == [page.model.row(0).id]
    assert texts(page) == ["ocr is paused.", "waits since 14:05", "Paused by minh. Resume it."]
    assert page.pane.why.accessibleName().startswith("ocr is paused, to look at")
    assert unnamed(page) == []
    with qtbot.waitSignal(page.pane.remedy_asked) as asked:
        page.pane.why.button.click()
    assert (asked.args[0].way, page.pane.why.button.changes) == (Way.RESUME_QUEUE, True)
    with qtbot.waitSignal(page.pane.copied):
        page.pane.why.copy_button.click()
    assert QGuiApplication.clipboard().text() == "ocr-console resume ocr"
    page.pane.why_feed._due = 0.0  # two seconds are over
    page.show_snapshot(picture(store(page)))
    qtbot.waitUntil(lambda: texts(page) == ["ocr1@scan-01 reads page 3 of it, since 14:05.", "2 of 7 pages"])
    assert page.pane.why._buttons.isHidden()


def test_it_is_not_asked_of_what_has_ended_nor_while_the_pane_is_closed(show, qtbot):
    page, why = show(job(0, State.DONE), job(1, State.QUEUED, ago_s=5)), Why(NOBODY)
    page.pane.open_why(why)
    page.beside.open_pane()
    qtbot.waitUntil(lambda: page.pane.job is not None)
    assert not page.acting.why_action.isEnabled()
    page.table.go_to(page.model.row(1).id)
    qtbot.waitUntil(page.pane.why.isVisible)
    assert not page.pane.why.button.changes
    page.beside.close_pane()
    page.pane.why_feed._due = 0.0
    page.show_snapshot(picture(store(page)))
    assert why.asked == [page.model.row(1).id]
    page.beside.open_pane()
    page.table.go_to(page.model.row(0).id)
    qtbot.waitUntil(page.pane.why.isHidden)


def test_it_is_asked_at_most_every_two_seconds(qtbot, background: Background):
    now = 100.0
    feed, why = WhyFeed(background, clock=lambda: now), Why(PAUSED)
    feed.open(why)
    with qtbot.waitSignal(feed.told):
        feed.follow(UUID(int=1))
    feed.refresh()
    now += EVERY_S
    with qtbot.waitSignal(feed.told):
        feed.refresh()
    assert len(why.asked) == 2
    feed.follow(None)
    now += EVERY_S
    feed.refresh()
    assert len(why.asked) == 2


def test_a_job_that_is_gone_is_no_error(qtbot, background: Background):
    failed: list[object] = []
    background.failed.connect(failed.append)
    feed = WhyFeed(background)

    def gone(_id: UUID) -> Check:
        raise NotFoundError("There is none.")

    feed.open(gone)
    feed.follow(UUID(int=1))
    qtbot.waitUntil(lambda: not feed._latest.asking)
    assert failed == []


@pytest.mark.parametrize(("state", "on"), [(State.QUEUED, True), (State.RUNNING, True), (State.FAILED, False)])
def test_the_row_has_a_menu_with_the_question(show, state: State, on: bool):
    page = show(job(0, state))
    page.table.go_to(page.model.row(0).id)
    page.acting.enable()
    entries = {action.text(): action.isEnabled() for action in page.table.make_menu().actions() if action.text()}
    assert entries["Why is it not running?"] is on
    assert list(entries)[-1] == "Delete…"
    assert page.table.contextMenuPolicy() == Qt.ContextMenuPolicy.DefaultContextMenu
