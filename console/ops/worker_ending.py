"""The end of a local worker: its supervisor is told how, is waited for, and what is left then is killed."""

from __future__ import annotations

import contextlib
import os
import signal
import sys

import psutil

from console.ops.servers.processes import CLOCK_SLACK_S, Mark, find, kill, mark
from console.ops.worker_state import LocalWorker, Stop

WARM_SIGNAL: signal.Signals = getattr(signal, "SIGUSR2", signal.SIGTERM)  # Windows knows no such wish


def tell(worker: LocalWorker, how: Stop) -> psutil.Process | None:
    """Tell a worker's supervisor to stop it, warm or soft. The supervisor; None if it has none that lives."""
    process = find(worker.supervisor) if worker.supervisor else None
    if process is not None:
        with contextlib.suppress(psutil.Error):
            process.send_signal(WARM_SIGNAL if how is Stop.WARM else signal.SIGTERM)
    return process


def has_ended_within(process: psutil.Process, seconds: float) -> bool:
    """Wait for a supervisor."""
    try:
        process.wait(max(seconds, 0.0))
    except psutil.TimeoutExpired:
        return False
    except psutil.Error:
        return True
    return True


def kill_what_is_left(worker: LocalWorker) -> None:
    """Kill its supervisor and its main process where they live, with their children, and forget it."""
    for known in (worker.supervisor, worker.worker):
        process = find(known) if known else None
        if process is not None:
            with contextlib.suppress(psutil.Error):
                kill([*process.children(recursive=True), process])
    if worker.worker and find(worker.worker) is None and not _is_taken(worker.worker):
        kill_group(worker.worker.pid)  # a child that was made while the others were killed
    worker.file.unlink(missing_ok=True)


def _is_taken(known: Mark) -> bool:
    """Whether the number is another process's by now: one that gave up is known for days, and over a restart."""
    now = mark(known.pid)
    return now is not None and abs(now.created - known.created) > CLOCK_SLACK_S


def kill_group(pid: int) -> None:
    """Kill what was started by a process that led a session of its own."""
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
