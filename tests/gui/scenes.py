"""Everything that the window can show, each as a step that brings it up in a window of inventions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from console.ops.purge import Waiting
from console.ops.uploads import Order, Step, Uploaded
from console.ui.adding import PLAN, UPLOADS
from console.ui.going import ACTIVITY, BATCHES, DOCTOR, HISTORY, JOBS, OVERVIEW, QUEUES, START
from console.ui.job_acts import Picked
from console.ui.kit.dialogs import Question
from console.ui.looking import JOB
from console.ui.profiles_new import NewProfileForm
from console.ui.queues_purge import purge_question
from console.ui.reprocess import reprocess_question
from console.ui.start_steps import getting_ready
from console.ui.upload_words import agreed
from tests.gui import profile_days
from tests.gui.planned import mixed_plan
from tests.gui.whole import FILES, READ, STEPS, Window, wait
from worker.core.cancels import WaitingBatch
from worker.core.errors import CorruptFile, DatabaseError
from worker.core.jobs import Options, State
from worker.core.said import said

Flag = QItemSelectionModel.SelectionFlag
Scene = Callable[[Window], QWidget]  # brings it up, and gives the part of the screen that is new


def overview(window: Window) -> QWidget:
    return window.to(OVERVIEW, lambda: window.places.overview._overview)


def jobs(window: Window) -> QWidget:
    page = window.places.jobs
    window.to(JOBS, lambda: page.model.rows or not window.full)
    page.table.uncheck()
    page.beside.close_pane()
    return page


def job_pane(window: Window) -> QWidget:
    page = window.places.jobs
    jobs(window)
    page.table.go_to(next(row.id for row in page.model.rows if row.name.startswith("Brandschutz")))
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Space)
    wait(lambda: page.pane.job is not None)
    return page


def job_why(window: Window) -> QWidget:
    page = window.places.jobs
    jobs(window)
    page.table.go_to(next(row.id for row in page.model.rows if row.state is State.RUNNING))
    page.acting.why_action.trigger()
    wait(page.pane.why.isVisible)
    return page


def job_bar(window: Window) -> QWidget:
    page = window.places.jobs
    jobs(window)
    for place in (1, 4):
        page.table.selectionModel().select(page.model.index(place, 0), Flag.Select | Flag.Rows)
    return page


def batches(window: Window) -> QWidget:
    page = window.places.batches
    window.to(BATCHES, lambda: page.model.rows or not window.full)
    page.beside.close_pane()
    return page


def batch_pane(window: Window) -> QWidget:
    page = window.places.batches
    batches(window)
    page.table.setFocus()
    page.beside.open_pane()
    return page


def queues(window: Window) -> QWidget:
    page = window.places.queues
    window.to(QUEUES, lambda: page.queues.table.rows or not window.full)
    page.side.closed.emit()
    wait(lambda: page.strip.table.rows or not window.full)
    return page


def peek(window: Window) -> QWidget:
    page = window.places.queues
    queues(window)
    page.show_queue("ocr")
    page.queues.peek_asked.emit("ocr")
    wait(page.side.peek.model.rowCount)
    return page


def worker_pane(window: Window) -> QWidget:
    page = window.places.queues
    queues(window)
    page.show_worker("ocr1@scan-01")
    wait(lambda: page.side._inspected)
    return page


def start_worker(window: Window) -> QWidget:
    page = window.places.start_worker
    window.places.going.to_start_worker.emit(("ocr", "ocr.bulk"))
    wait(lambda: page.side.looks.shown and page.side.recipe.text)
    page.form.limits.unfold(True)
    return page


def activity(window: Window) -> QWidget:
    page = window.places.activity
    window.to(ACTIVITY, lambda: page.model.rows or page.feed.is_empty)
    page.beside.close_pane()
    return page


def act_pane(window: Window) -> QWidget:
    page = window.places.activity
    activity(window)
    page.go_to(20)
    return page


def history(window: Window) -> QWidget:
    return window.to(HISTORY, lambda: window.places.history.feed.past)


def doctor(window: Window) -> QWidget:
    return window.to(DOCTOR, lambda: window.places.doctor.checkup.report)


def start(window: Window) -> QWidget:
    window.start.begin(*getting_ready())
    window.start.set_step("postgres", "ok")
    window.start.set_step("redis", "starting")
    return window.to(START)


def start_failed(window: Window) -> QWidget:
    start(window)
    error = DatabaseError(said("{name} cannot be reached: nothing listens there.", name="PostgreSQL"))
    window.start.show_failure(error.sentence, error.advice)
    return window.start


def plan(window: Window) -> QWidget:
    page = window.adding.plan_page
    page.begin("from 3 dropped folders", name="Archiv 2026-11")
    page.set_fleet([frozenset({"deu", "eng"})] * 2, 164)
    page.show_plan(mixed_plan(), seconds=2.1)
    window.frame.list_page(PLAN)
    return window.to(PLAN)


def uploads(window: Window) -> QWidget:
    page = window.adding.uploads_page
    page.begin("Archiv", FILES, agreed=agreed(mixed_plan(), Order(Options("deu+eng"))), since="14:24")
    error = CorruptFile("It is damaged.")
    page.advance(
        Uploaded(file, step, sent=400_000, error=error if step is Step.FAILED else None)
        for file, step in zip(FILES, STEPS, strict=True)
    )
    window.frame.list_page(UPLOADS)
    return window.to(UPLOADS)


def viewer(window: Window) -> QWidget:
    window.looking.open(READ.id)
    return window.to(JOB, lambda: window.looking.page.job)


def palette(window: Window) -> QWidget:
    window.over = window.places.shell.open_palette()
    return window.over


def keys(window: Window) -> QWidget:
    jobs(window)
    window.over = window.places.shell.open_keys()
    return window.over


def question(window: Window) -> QWidget:
    waiting = Waiting(41, 97, 2, (WaitingBatch("Bauakten Halle 7", 30, 444), WaitingBatch(None, 11, 318)), 1860.0)
    window.over = Question(window.frame, **purge_question("ocr", waiting, datetime.now(UTC)))
    window.over.show()
    return window.over


def reprocess(window: Window) -> QWidget:
    picked = Picked.of([READ])
    window.over, options = reprocess_question(window.frame, picked, window.places.presets.presets)
    options.preset.setCurrentIndex(3)
    window.over.show()
    return window.over


def profiles(window: Window) -> QWidget:
    page = doctor(window)
    window.profiles.show_profile(profile_days.PRODUCTION.address)
    pane = window.profiles._pane
    assert pane is not None
    pane.test_button.click()
    pane.show_moved(profile_days.MOVED)
    return page


def profiles_menu(window: Window) -> QWidget:
    overview(window)
    menu = window.over = window.profiles.choosing.open_menu()
    return menu


def new_profile(window: Window) -> QWidget:
    overview(window)
    window.over = NewProfileForm(window.frame, ["staging"]).question
    window.over.show()
    return window.over


def columns(window: Window) -> QWidget:
    jobs(window)
    window.over = window.places.jobs.table.columns.open_panel(QPoint(300, 200))
    return window.over


def notice(window: Window) -> QWidget:
    jobs(window)
    offer = "Show in folder", lambda: None
    window.frame.notices.tell("128 jobs cancelled.", "3 were already done.", undo=lambda: None, offer=offer)
    return window.frame.notices


PAGES: tuple[Scene, ...] = (
    overview,
    jobs,
    batches,
    queues,
    start_worker,
    activity,
    history,
    doctor,
    start,
    plan,
    uploads,
    viewer,
)
BESIDE: tuple[Scene, ...] = (
    job_pane, job_why, job_bar, batch_pane, peek, worker_pane, act_pane, start_failed, profiles,
)  # fmt: skip
OVER: tuple[Scene, ...] = (palette, keys, question, reprocess, columns, profiles_menu, new_profile)
EMPTY: tuple[Scene, ...] = (overview, jobs, batches, queues, activity, history)
