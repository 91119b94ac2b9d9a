"""A question that takes too long ends on the server when nobody waits for it any more."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
from PySide6.QtWidgets import QApplication
from sqlalchemy import Engine, text

from console.bridge.background import Background, Latest
from tests.services.connections import Gates
from tests.services.queued_jobs import value
from tests.waiting import until
from worker.core.database import STOPPED, single
from worker.core.errors import DatabaseError
from worker.core.settings import Settings
from worker.core.stopping import Stop

SLEEPS = """select count(*) from pg_stat_activity
    where query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid()"""

STOPS_WHILE_NOTHING_ANSWERS = """
import os, sys, threading
from tests.services.test_stopping_questions import sleep
from worker.core.database import open_engine
from worker.core.settings import Settings
from worker.core.stopping import Stop

settings, stop = Settings.from_mapping(os.environ, "the environment"), Stop()

def ask():
    with stop.over():
        sleep(open_engine(settings, application="stops"))

threading.Thread(target=ask, daemon=True).start()
sys.stdin.readline()
stopping = threading.Thread(target=stop.now)
stopping.start()
print("others go on", flush=True)
stopping.join()
print("and so does this one", flush=True)
os._exit(0)
"""


def sleep(engine: Engine) -> str:
    with single(engine) as connection:
        connection.execute(text("select pg_sleep(60)"))
    return "slept"


def test_it_is_stopped_from_another_thread_and_the_connection_serves_on(engine: Engine) -> None:
    stop, told = Stop(), list[DatabaseError]()

    def ask() -> None:
        with stop.over(), pytest.raises(DatabaseError, match=STOPPED) as caught:
            sleep(engine)
        told.append(caught.value)

    thread = threading.Thread(target=ask)
    thread.start()
    until(lambda: value(engine, SLEEPS) == 1, "the question")
    stop.now()
    thread.join(30)
    assert told
    assert value(engine, SLEEPS) == 0
    with stop.over(), pytest.raises(DatabaseError, match=STOPPED):
        sleep(engine)  # what is asked afterwards does not begin
    assert value(engine, "select 1") == 1


def test_a_newer_question_ends_the_older_one_on_the_server(engine: Engine, qapp: QApplication) -> None:
    background, answers = Background(), list[object]()
    latest = Latest(background)
    try:
        latest.submit(sleep, engine, done=answers.append, failed=answers.append)
        until(lambda: value(engine, SLEEPS) == 1, "the question")
        latest.submit(lambda: "newer", done=answers.append)

        def newer() -> bool:
            qapp.processEvents()
            return bool(answers)

        until(newer, "the newer answer")
        until(lambda: value(engine, SLEEPS) == 0, "the end of the older question")
        qapp.processEvents()
        assert answers == ["newer"]
    finally:
        background.close()


def test_a_question_that_lost_its_connection_needs_no_stop(engine: Engine) -> None:
    stop, connection = Stop(), engine.raw_connection().driver_connection
    assert connection is not None
    with stop.on(connection):
        connection.close()
        stop.now()


def test_a_server_that_does_not_answer_holds_no_other_thread_up(settings: Settings, engine: Engine) -> None:
    gates = Gates.before(settings)
    env = {**os.environ, **gates.settings.as_environment()}
    words = [sys.executable, "-c", STOPS_WHILE_NOTHING_ANSWERS]
    with subprocess.Popen(words, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        try:
            until(lambda: value(engine, SLEEPS) == 1, "the question")
            gates.by_name["postgres"].hang()
            told, _ = program.communicate("stop\n", timeout=60)
            assert told.splitlines() == ["others go on", "and so does this one"]
        finally:
            program.kill()
            gates.close()
