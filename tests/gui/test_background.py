"""Calls in the background: answers come on the main thread, late ones not at all."""

from __future__ import annotations

import gc
import threading
import weakref
from concurrent.futures import Future

import pytest

from console.bridge.background import Background, Latest
from worker.core.errors import DatabaseError, InternalError, OcrConsoleError


class Answer:
    """What a call gives."""


def test_the_answer_comes_on_the_main_thread_and_the_call_ran_on_another(qtbot, background: Background):
    threads: list[int] = []
    background.submit(threading.get_ident, done=lambda there: threads.extend((there, threading.get_ident())))
    qtbot.waitUntil(lambda: len(threads) == 2)
    assert threads[0] != threads[1] == threading.get_ident()


def test_five_thousand_answers_all_arrive(qtbot, background: Background):
    answers: list[int] = []
    for number in range(5000):
        background.submit(int, number, done=answers.append)
    qtbot.waitUntil(lambda: len(answers) == 5000, timeout=20_000)
    assert sorted(answers) == list(range(5000))


def test_an_answer_that_was_taken_goes_without_the_collector(qtbot, background: Background):
    gate, kept = threading.Event(), list[weakref.ref[Answer]]()

    def answer() -> Answer:
        assert gate.wait(30)
        return Answer()

    assert not gc.isenabled()  # as the tests of this folder have it
    background.submit(answer, done=lambda taken: kept.append(weakref.ref(taken)))
    gate.set()
    qtbot.waitUntil(lambda: bool(kept) and kept[0]() is None)


def test_what_waits_for_an_answer_is_let_go_of_on_the_main_thread(qtbot, background: Background):
    ended: list[threading.Thread] = []

    class Waits:
        def __call__(self, _answer: None) -> None:
            weakref.finalize(self, lambda: ended.append(threading.current_thread()))

    behind = threading.Event()

    def hold(_future: Future[None]) -> None:  # the thread lets go of the future last
        assert behind.wait(30)

    gate = threading.Event()

    def wait() -> None:
        assert gate.wait(30)

    background.submit(wait, done=Waits()).add_done_callback(hold)
    gate.set()
    qtbot.waitUntil(lambda: bool(ended))
    behind.set()
    assert ended == [threading.main_thread()]


def test_our_errors_arrive_as_they_are(qtbot, background: Background):
    errors: list[OcrConsoleError] = []

    def away() -> None:
        raise DatabaseError("Postgres is away.")

    background.submit(away, failed=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], DatabaseError)
    assert errors[0].sentence == "Postgres is away."


def test_other_errors_are_told_as_ours_with_the_traceback_in_the_log(qtbot, background: Background, caplog):
    with qtbot.waitSignal(background.failed) as told:
        background.submit(lambda: 1 / 0)
    assert isinstance(told.args[0], InternalError)
    assert "ZeroDivisionError" in caplog.text


def test_the_latest_question_is_the_only_one_answered(qtbot, background: Background):
    gate, answers = threading.Event(), list[object]()
    latest = Latest(background)

    def slow() -> str:
        assert gate.wait(30)
        return "old"

    latest.submit(slow, done=answers.append)
    latest.submit(lambda: "new", done=answers.append)
    gate.set()
    ended: list[int] = []
    qtbot.waitUntil(lambda: answers == ["new"])
    background.submit(lambda: 1, done=ended.append)  # whatever was under way is delivered by then
    qtbot.waitUntil(lambda: bool(ended))
    assert answers == ["new"]


def test_a_question_taken_back_is_not_answered_not_even_with_an_error(qtbot, background: Background):
    gate, answers = threading.Event(), list[object]()
    latest = Latest(background)

    def fails() -> None:
        assert gate.wait(30)
        raise DatabaseError("late")

    latest.submit(fails, done=answers.append, failed=answers.append)
    latest.drop()
    gate.set()
    ended: list[int] = []
    background.submit(lambda: 1, done=ended.append)
    qtbot.waitUntil(lambda: bool(ended))
    assert answers == []


@pytest.mark.parametrize("waiting", [0, 20])
def test_closing_waits_for_what_runs_drops_what_waits_and_tells_nothing_more(qtbot, waiting):
    background = Background(threads=1)
    answers: list[object] = []
    started, gate, ended = threading.Event(), threading.Event(), threading.Event()

    def slow() -> None:
        started.set()
        assert gate.wait(30)
        ended.set()

    background.submit(slow, done=answers.append)
    for _ in range(waiting):
        background.submit(lambda: 1, done=answers.append)
    assert started.wait(30)
    threading.Timer(0.05, gate.set).start()
    background.close()
    assert ended.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("background")]
    qtbot.wait(1)
    assert answers == []


def test_what_is_asked_for_after_the_end_is_dropped(qapp):
    background = Background()
    background.close()
    answers: list[object] = []
    assert background.submit(lambda: 1, done=answers.append).cancelled()
    assert answers == []
