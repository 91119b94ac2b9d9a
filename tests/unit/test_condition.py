"""What is thought of a worker, by all that is to be seen of it: as a table."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from uuid import UUID

import pytest

from console.ops.condition import Signs, judged, process_of
from console.ops.fleet import Condition, Presence
from tests.waiting import until
from worker.core.connections import application_of
from worker.core.pulse import Running

ONLINE, SILENT, LOST = Presence
WELL, BUSY, FROZEN, GONE, UNKNOWN = Condition


def reading(lease_s: float = 8.0) -> tuple[Running, ...]:
    return (Running(UUID(int=1), UUID(int=2), "a.pdf", "pages", "ocr", "w@h", None, 1, 8, 3, 12.4, lease_s),)


@pytest.mark.parametrize(
    ("signs", "state", "condition"),
    [
        (Signs(0), ONLINE, WELL),
        (Signs(4.9, process=FROZEN), ONLINE, WELL),  # it may be let run on before anybody misses it
        (Signs(2, pool="solo", doing=reading()), ONLINE, BUSY),
        (Signs(2, pool="prefork", doing=reading()), ONLINE, WELL),
        (Signs(9), SILENT, UNKNOWN),
        (Signs(9, process=GONE), LOST, GONE),
        (Signs(9, process=FROZEN), SILENT, FROZEN),
        (Signs(16, process=FROZEN), LOST, FROZEN),
        (Signs(9, process=WELL), SILENT, UNKNOWN),
        (Signs(9, connected=True), SILENT, FROZEN),
        (Signs(9, connected=False), SILENT, GONE),
        (Signs(16, connected=False), LOST, GONE),
        (Signs(40, pool="solo", doing=reading()), SILENT, BUSY),
        (Signs(61, pool="solo", doing=reading()), LOST, BUSY),
        (Signs(40, pool="solo", doing=reading(lease_s=-1), connected=False), LOST, GONE),
        (Signs(40, pool="prefork", doing=reading(), connected=True), SILENT, FROZEN),
        (Signs(40, pool="solo", process=WELL), SILENT, BUSY),
        (Signs(40, pool="solo", process=GONE), LOST, GONE),
        (Signs(40, busy_s=41), SILENT, BUSY),
        (Signs(40, busy_s=41, process=GONE), LOST, GONE),
        (Signs(9, pool="prefork", doing=reading(lease_s=2), connected=False), SILENT, GONE),
        (Signs(9, pool="prefork", doing=reading(), connected=False), SILENT, FROZEN),
        (Signs(16), LOST, UNKNOWN),
    ],
)
def test_verdicts(signs: Signs, state: Presence, condition: Condition) -> None:
    said = judged(signs)
    assert said[:2] == (state, condition)
    assert bool(said[2]) == (condition is not WELL)


def test_a_busy_one_says_for_how_long() -> None:
    said = judged(Signs(9, pool="solo", doing=reading()))[2]
    assert "12 s" in said
    assert "solo" in said


def test_a_process_is_there_stopped_or_gone() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert process_of(process.pid, 0) is WELL
        assert process_of(process.pid, 3600) is GONE  # what spoke an hour ago is not what was started just now
        process.send_signal(signal.SIGSTOP)
        until(lambda: process_of(process.pid, 0) is FROZEN, "stopped")
        process.kill()
        until(lambda: process_of(process.pid, 0) is GONE, "a zombie")
    finally:
        process.kill()
        process.communicate()
    assert process_of(process.pid, 0) is GONE
    assert process_of(os.getpid(), 0) is WELL


@pytest.mark.parametrize("name", ["ocr@desk", "x" * 90 + "@desk", "höfe@desk", "höfe-" + "y" * 80])
def test_a_connection_s_name_is_short_and_plain(name: str) -> None:
    assert application_of(name).isascii()
    assert len(application_of(name)) <= 63
    assert application_of(name) != application_of(name.replace("ö", "ä") + "z")
