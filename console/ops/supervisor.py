"""The process that keeps one local worker alive: starts it, starts it again with back-off, stops it when told to.

It ends on SIGTERM, at the end of its standard input when the worker is to stop with the console, or when its worker
ended in good order: then somebody told that one to stop, through the broker or by a signal. The worker in turn
ends when its own standard input does, so nothing outlives a supervisor that is killed. While its worker lives it holds
the shared lock of the embedded stack.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from console.ops.endings import how_it_ended, memory_kills
from console.ops.profiles import ENVIRONMENT
from console.ops.program import program
from console.ops.servers.files import cut_if_long, open_log, put_aside_if_long
from console.ops.servers.processes import mark
from console.ops.worker_state import GAVE_UP, RUNNING, STOPPING, WAITING, LocalWorker
from worker.core.errors import OcrConsoleError
from worker.core.said import said, sentences

BRAKE = 5  # ends of the worker …
BRAKE_S = 120.0  # … within so many seconds, and it is not started again
LONGEST_PAUSE_S = 30.0
POLL_S = 0.1


class Supervisor:
    """One worker's keeper. `argv` is the worker's command line."""

    def __init__(self, worker: LocalWorker, argv: list[str], *, brake_s: float = BRAKE_S) -> None:
        self._state = replace(worker, supervisor=mark(os.getpid()))
        self._state.save()
        self._argv = argv
        self._brake_s = brake_s
        self._ends: deque[float] = deque(maxlen=BRAKE)
        self.stop = threading.Event()

    def run(self) -> int:
        """Keep the worker until `stop` is set (0) or it cannot be kept (1)."""
        while not self.stop.is_set():
            how = self._run_once()
            if self.stop.is_set():
                break
            self._ends.append(time.monotonic())
            if self._hopeless():
                within = f"{self._brake_s:.0f}"
                often = said("It ended {n} times within {within} seconds.", n=BRAKE, within=within)
                self._say(GAVE_UP, sentences(often, how, self._state.last_words()))
                return 1
            self._say(WAITING, sentences(how, "It is started again.", self._state.last_words()), worker=None)
            self.stop.wait(self._pause())
            self._state = replace(self._state, restarts=self._state.restarts + 1)
        self._state.file.unlink(missing_ok=True)
        return 0

    def _run_once(self) -> str:
        """Start the worker and stay until it ended, by itself or because `stop` was set; a sentence how."""
        put_aside_if_long(self._state.log)
        kills = memory_kills()
        output = open_log(self._state.log)
        try:
            process = subprocess.Popen(
                self._argv, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        finally:
            os.close(output)
        self._say(RUNNING, worker=mark(process.pid))
        try:
            while process.poll() is None and not self.stop.wait(POLL_S):
                cut_if_long(self._state.log)
            if process.poll() is None:
                self._say(STOPPING)
                _end(process, self._state.grace_s)
        finally:
            _kill_group(process.pid)  # children of a worker that was killed
            process.wait()
            assert process.stdin is not None
            process.stdin.close()
        if process.returncode == 0:
            self.stop.set()
        return how_it_ended(process.returncode, memory_kills() - kills)

    def _hopeless(self) -> bool:
        return len(self._ends) == BRAKE and self._ends[-1] - self._ends[0] < self._brake_s

    def _pause(self) -> float:
        lately = sum(1 for end in self._ends if end > time.monotonic() - self._brake_s)
        return min(0.5 * 2.0 ** (lately - 1), LONGEST_PAUSE_S)

    def _say(self, state: str, sentence: str = "", **changed: object) -> None:
        self._state = replace(self._state, state=state, sentence=sentence, **changed)  # type: ignore[arg-type]
        self._state.save()


def _end(process: subprocess.Popen[bytes], grace_s: float) -> None:
    """Ask Celery's main process, and only it, to end; wait; then kill."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(grace_s)
    process.kill()


def _kill_group(pid: int) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def watch(descriptor: int, ended: Callable[[], None]) -> None:
    """Call `ended` when the stream ends: the process at its other end is gone, in whatever way."""

    def read() -> None:
        with contextlib.suppress(OSError):
            while os.read(descriptor, 4096):  # not sys.stdin: its lock would be held in a forked child
                pass
        ended()

    threading.Thread(target=read, name="lifeline", daemon=True).start()


@contextlib.contextmanager
def _holding_the_stack(worker: LocalWorker) -> Iterator[None]:
    """The embedded servers stay up as long as somebody holds them."""
    if not worker.embedded:
        yield
        return
    from console.ops.stack import Stack

    with Stack(worker.home) as stack:
        stack.up()
        yield


def supervise(state_file: str) -> int:
    """The program's inner verb: keep the worker that the state file describes."""
    worker = LocalWorker.load(Path(state_file))
    if worker is None:
        return 1
    supervisor = Supervisor(worker, worker_argv(worker))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.stop.set())
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if worker.stops_with_console:
        watch(0, supervisor.stop.set)
    try:
        with _holding_the_stack(worker):
            return supervisor.run()
    except OcrConsoleError as error:
        print(error, flush=True)  # the last line of the log is what the console shows
        return 1


def worker_argv(worker: LocalWorker) -> list[str]:
    """The command line of the worker itself; it takes the services from the environment.

    Who started the supervisor has confirmed that, where the services are a production's.
    """
    queues = ",".join(worker.queues)
    options = ["--name", worker.name, "--concurrency", str(worker.concurrency), "--queues", queues, "--lifeline"]
    return program("worker", "run", *options, "--confirm", ENVIRONMENT)
