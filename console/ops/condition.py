"""Why a worker says nothing: whether it is busy, frozen, or gone, by all that can be seen of it from here."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from console.ops.fleet import ONLINE_S, SILENT_S, SILENT_WORKING_S, Condition, Presence
from worker.core.said import said

if TYPE_CHECKING:
    from worker.core.pulse import Running

SOLO = "solo"
CLOCKS_S = 2.0  # by which a process may seem younger than it is
FRESH_S = 5.0  # that a lease holds at least which somebody renews
_ENDED = frozenset({psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD})
_STOPPED = frozenset({psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP})
Verdict = tuple[Condition, str]
WELL: Verdict = (Condition.WELL, "")
UNHEARD = "Nothing is heard of it."


@dataclass(frozen=True, slots=True)
class Signs:
    """What is to be seen of a worker."""

    silent_s: float  # since it last said that it lives, by whatever way
    pool: str = ""  # "": not known
    doing: Sequence[Running] = ()
    busy_s: float | None = None  # since it said that it begins a task, if that was its last word
    process: Condition | None = None  # of its main process; None: it is not on this machine, or it is not known which
    connected: bool | None = None  # to the database; None: nothing can be said


def judged(signs: Signs) -> tuple[Presence, Condition, str]:
    """How sure it is that the worker lives, why it says nothing, and that in a sentence."""
    condition, cause = _verdict(signs)
    works = condition is Condition.BUSY or any(one.held for one in signs.doing)
    state = presence(signs.silent_s, working=works)
    if state is Presence.SILENT and signs.process is Condition.GONE:
        state = Presence.LOST
    return state, condition, cause


def presence(silent_s: float, *, working: bool) -> Presence:
    """What to think of a worker that last spoke so long ago; `working`: something else tells that it lives."""
    if silent_s <= ONLINE_S:
        return Presence.ONLINE
    if silent_s <= (SILENT_WORKING_S if working else SILENT_S):
        return Presence.SILENT
    return Presence.LOST


def process_of(pid: int, silent_s: float) -> Condition:
    """How a process on this machine is that spoke so long ago: WELL, FROZEN or GONE. Another of its number is none."""
    try:
        process = psutil.Process(pid)
        status, began = process.status(), process.create_time()
    except psutil.NoSuchProcess:
        return Condition.GONE
    except psutil.Error:  # of another user, and hidden from us
        return Condition.UNKNOWN
    if status in _ENDED or began > time.time() - silent_s + CLOCKS_S:
        return Condition.GONE
    return Condition.FROZEN if status in _STOPPED else Condition.WELL


def _verdict(signs: Signs) -> Verdict:
    if signs.silent_s <= ONLINE_S:
        return _busy(signs) if signs.pool == SOLO and signs.doing else WELL
    if signs.process is Condition.GONE:
        return Condition.GONE, "Gone: its process has ended."
    if signs.process is Condition.FROZEN:
        return Condition.FROZEN, "Frozen: its process was stopped and does not run on."
    renewed = any(one.held for one in signs.doing)
    if signs.connected is False and all(one.lease_s < FRESH_S for one in signs.doing):
        return Condition.GONE, "Gone: its connections are closed."
    if signs.busy_s is not None or (signs.pool == SOLO and (renewed or signs.process is Condition.WELL)):
        return _busy(signs)
    if renewed:
        return Condition.FROZEN, "Its main process does not run on; the processes that read for it do."
    if signs.connected:
        return Condition.FROZEN, "Frozen: its process does not run on: its connections are open, and nothing comes."
    if signs.process is Condition.WELL:
        return Condition.UNKNOWN, "Its process runs, and nothing is heard of it."
    return Condition.UNKNOWN, UNHEARD


def _busy(signs: Signs) -> Verdict:
    """A task may keep the whole worker: a solo pool has no process but the main one."""
    for_s = max((one.for_s for one in signs.doing), default=signs.busy_s or signs.silent_s)
    if signs.pool == SOLO:
        reading = "Reading for {s} s; on the solo pool it cannot say more meanwhile."
        working = "Working for {s} s; on the solo pool it cannot say more meanwhile."
    else:
        reading = "Reading for {s} s, and says no more meanwhile."
        working = "Working for {s} s, and says no more meanwhile."
    return Condition.BUSY, said(reading if signs.doing else working, s=round(for_s))
