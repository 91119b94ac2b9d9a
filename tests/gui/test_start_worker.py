"""The page that starts workers: what is chosen is started, what cannot be is said, and the same is written out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.bridge.background import Background
from console.ops.findings import Way
from console.ops.worker_options import WorkerOptions
from console.ui.going import QUEUES, START_WORKER
from console.ui.worker_start import StartWorkerPage
from console.ui.worker_start_checks import Look, looks
from tests.gui.queues_page import queues, shown, wanted, worker
from tests.gui.starting import Source
from tests.gui.whole import Window, wait
from tests.gui.working import finding

Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def source() -> Source:
    return Source("ocr2@here", slots=8)


@pytest.fixture
def page(qtbot, background: Background, source: Source, monkeypatch) -> StartWorkerPage:
    monkeypatch.setattr("socket.gethostname", lambda: "here")
    made = StartWorkerPage(background)
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.open(source)
    made.begin()
    made.show()
    made.show_snapshot(shown(workers=(worker("ocr1@here", 0, 4), worker("ocr9@there", 0, 4))))
    made.activateWindow()
    qtbot.waitUntil(lambda: bool(made.isActiveWindow() and made.side.looks.shown and made.side.recipe.text))
    return made


def started(page: StartWorkerPage) -> tuple[WorkerOptions, ...]:
    told = wanted(page.start_asked)
    QTest.keyClick(page.form.name, Key.Key_Return, Control)
    return told[0][0] if told else ()


def test_as_usual_it_takes_the_first_free_name_and_every_core(page: StartWorkerPage):
    (one,) = started(page)
    assert (one.name, one.queues, one.pool) == ("ocr3@here", ("ocr", "celery"), "prefork")
    assert one == WorkerOptions(
        "ocr3@here", page.form.slots.value, log_level="INFO", log_format="text", stop_with_console=True
    )
    assert page.side.start.text().endswith("ocr3@here\u2069")


def test_a_level_that_cannot_be_chosen_is_kept_and_a_chosen_one_is_forgotten(page: StartWorkerPage, source: Source):
    source.settings = replace(source.settings, log_level="ERROR")
    page.open(source)
    levels = [page.form.options.log_level]
    page.form.level.choose(0)
    levels.append(page.form.options.log_level)
    assert levels == [None, "DEBUG"]
    page.begin()
    assert page.form.options.applied_to(source.settings).log_level == "ERROR"


def test_what_is_chosen_by_keyboard_is_started(page: StartWorkerPage):
    form = page.form
    QTest.keyClicks(form.name, "x")  # the proposal is typed on
    for control, key in ((form.slots, Key.Key_Plus), (form.workers, Key.Key_Up), (form.stop_too, Key.Key_Down)):
        control.setFocus()
        QTest.keyClick(control, key)
    form.again.setFocus()
    QTest.keyClick(form.again, Key.Key_Space)
    form.limits.fold.click()
    QTest.keyClicks(form.limits.fields["memory_mb"], "900")
    QTest.keyClicks(form.limits.fields["nice"], "5")
    form.level.setFocus()
    QTest.keyClick(form.level, Key.Key_Left)
    form.queues.menu().actions()[0].trigger()
    both = started(page)
    assert [one.name for one in both] == ["ocr3-1@herex", "ocr3-2@herex"]
    assert {replace(one, name=None) for one in both} == {
        WorkerOptions(
            concurrency=(page.form._cores + 1), queues=("ocr", "celery", "ocr.bigmem"), nice=5, memory_mb=900,
            log_level="DEBUG", log_format="text", restart_when_it_dies=False,
        )
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ocr1", "ocr1@here is taken"),
        ("ocr2@here", "ocr2@here is taken"),
        ("a b", "“a b@here” cannot be"),
        ("new", "free on this broker"),
    ],
)
def test_a_name_is_judged_as_one_types(page: StartWorkerPage, name: str, said: str):
    page.form.name.setText(name)
    assert page.form.name_note.text().startswith(said)
    assert page.side.start.isEnabled() is said.startswith("free")
    assert bool(started(page)) is said.startswith("free")


def test_the_proposal_makes_way_and_what_was_typed_stays(page: StartWorkerPage, source: Source, qtbot):
    source.known = replace(source.known, names=frozenset({"ocr3@here"}))
    page.show_snapshot(shown(workers=(worker("ocr1@here", 0, 4), worker("ocr2@here", 0, 4))))
    qtbot.waitUntil(lambda: page.form.name.text() == "ocr4@here")
    page.form.name.setText("mine")
    page.show_snapshot(shown())
    assert page.form.name.text() == "mine"


def test_limits_are_checked_and_put_back(page: StartWorkerPage):
    limits = page.form.limits
    assert (limits.note.text(), limits.reset.isEnabled()) == ("all as usual", False)
    QTest.keyClicks(limits.fields["time_limit_s"], "100")
    assert (limits.fields["soft_time_limit_s"].placeholderText(), page.side.start.isEnabled()) == ("90", True)
    QTest.keyClicks(limits.fields["soft_time_limit_s"], "300")
    assert limits.note.role == "bad"
    assert not page.side.start.isEnabled()
    limits.reset.click()
    assert (limits.note.text(), page.side.start.isEnabled()) == ("all as usual", True)


def test_a_worker_of_one_process_has_one_slot(page: StartWorkerPage):
    page.form.pool.setCurrentIndex(1)
    (one,) = started(page)
    assert (one.pool, one.concurrency) == ("solo", 1)


def test_queues_say_that_they_are_paused_and_one_is_needed(page: StartWorkerPage):
    page.begin(("ocr.bulk",))
    assert page.form.queues_note.text() == "ocr.bulk is paused: it waits until somebody resumes it"
    page.form.queues.choose(())
    assert not page.side.start.isEnabled()
    assert page.form.queues_note.role == "bad"


def test_the_same_without_the_console_is_shown_copied_and_saved(
    page: StartWorkerPage, qtbot, tmp_path: Path, monkeypatch
):
    side, file = page.side, tmp_path / "ocr-worker.service"
    page.form.name.setText("scan")
    qtbot.waitUntil(lambda: "--hostname scan@here" in side.recipe.text)
    side.copy.click()
    assert QGuiApplication.clipboard().text() == side.recipe.text
    side.way.choose(1)
    assert (side.recipe.text, side.copy.text()) == ("[Unit]\n", "Copy")
    monkeypatch.setattr("console.ui.worker_start_side.ask_where", lambda *_: file)
    with qtbot.waitSignal(page.feed.saved):
        side.save.click()
    assert file.read_text() == "[Unit]\n"
    assert "•••" in side.environment.text


def test_what_is_to_be_known_before(source: Source):
    snapshot = shown(workers=(worker("a@here", 0, 4, local=True, languages=("deu",)), worker("b@there", 0, 4)))
    well = {one.said: one.verdict for one in looks(snapshot, replace(source.known, slots=0), 1)}
    assert list(well.values()) == ["ok", "warn", "ok", "ok"]
    assert Look("Other workers have more languages", "eng, vie", "warn") in looks(snapshot, None, 1)
    full = replace(source.known, disk_free_b=10**8, slots=512)
    assert [one.verdict for one in looks(shown(workers=()), full, 1)] == ["ok", "unknown", "warn", "warn"]


def test_esc_leaves_and_a_hidden_page_asks_nothing(page: StartWorkerPage, source: Source, qtbot):
    left, looked = wanted(page.left), wanted(page.feed.looked)
    QTest.keyClick(page.form.name, Key.Key_Escape)
    assert len(left) == 1
    qtbot.waitUntil(lambda: not page.feed._looking)
    page.hide()
    looked.clear()
    page.show_snapshot(shown(queues=queues()))
    assert not page.feed._looking
    assert not looked


def test_ways_lead_there_and_back(qapp: QApplication):
    window = Window()
    frame, places = window.frame, window.places
    places.overview.remedy_asked.emit(finding("ocr.bulk", "Nobody works", "97 wait.", Way.START_WORKER))
    assert (frame.current_page, places.start_worker.form.queues.chosen) == (START_WORKER, ("ocr.bulk",))
    places.start_worker.side.cancel.click()
    assert frame.current_page == QUEUES
    places.queues.strip.options_button.click()
    assert (frame.current_page, places.start_worker.form.queues.chosen) == (START_WORKER, ("ocr", "celery"))
    wait(places.start_worker.side.start.isEnabled)
    places.start_worker.side.start.click()
    assert frame.current_page == QUEUES
    palette = window.over = places.shell.open_palette()
    palette.activateWindow()
    wait(palette.isActiveWindow)
    QTest.keyClicks(palette.field, "start a worker")
    QTest.keyClick(palette.field, Key.Key_Return)
    assert frame.current_page == START_WORKER
    window.close()
