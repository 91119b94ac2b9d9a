"""Signals of the system reach Qt's loop."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from console.ui.interrupts import Interrupts


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM])
def number(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    """A signal that this process would end by, whatever the shell that started it had set."""
    before = signal.signal(request.param, signal.default_int_handler)
    yield request.param
    signal.signal(request.param, before)


def test_a_signal_is_told_in_the_loop_and_raises_nothing(qtbot: QtBot, number: signal.Signals) -> None:
    interrupts = Interrupts()
    told: list[int] = []
    interrupts.asked.connect(told.append)
    os.kill(os.getpid(), number)
    qtbot.waitUntil(lambda: told == [number])
    interrupts.close()
    assert signal.getsignal(number) is signal.default_int_handler


def test_what_is_to_be_ignored_stays_ignored(qtbot: QtBot, number: signal.Signals) -> None:
    signal.signal(number, signal.SIG_IGN)
    interrupts = Interrupts()
    assert signal.getsignal(number) is signal.SIG_IGN
    interrupts.close()
    assert signal.getsignal(number) is signal.SIG_IGN
