"""The process that keeps one local worker alive: starts it, starts it again with back-off, stops it when told to.

It ends on SIGTERM (soft) or SIGUSR2 (warm), at the end of its standard input when the worker is to stop with the
console, or when its worker ended with code 0. That is how a worker ends that was told to, through the broker or by a
signal, and no other: one that gives its broker up, or fails, ends with 1. The worker in turn ends when its own standard
input does, so nothing outlives a supervisor that is killed. While its worker lives it holds
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
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from console.ops.endings import how_it_ended, memory_kills
from console.ops.profiles import ENVIRONMENT
from console.ops.program import program
from console.ops.servers.files import cut_if_long, open_log, put_aside_if_long
from console.ops.servers.processes import mark
from console.ops.worker_ending import WARM_SIGNAL, kill_group
from console.ops.worker_options import words
from console.ops.worker_state import GAVE_UP, RUNNING, STOPPING, WAITING, LocalWorker, Stop
from worker.core.errors import OcrConsoleError
from worker.core.said import said, sentences

BRAKE = 5  # ends of the worker …
BRAKE_S = 120.0  # … within so many seconds, and it is not started again
LONGEST_PAUSE_S = 30.0
POLL_S = 0.1


class Supervisor:
    """One worker's keeper. `argv` is the worker's command line; `begun` is called at its first start, or at the end."""

    def __init__(
        self,
        worker: LocalWorker,
        argv: list[str],
        *,
        begun: Callable[[], None] = lambda: None,
        brake_s: float = BRAKE_S,
    ) -> None:
        self._state = replace(worker, supervisor=mark(os.getpid()))
        self._state.save()
        self._argv = argv
        self._begun: Callable[[], None] | None = begun
        self._brake_s = brake_s
        self._ends: deque[float] = deque(maxlen=BRAKE)
        self._warm = False
        self.stop = threading.Event()

    def tell(self, how: Stop) -> None:
        """Stop it, warm or soft. One that stops softly is not told to take its time."""
        self._warm = how is Stop.WARM and (self._warm or not self.stop.is_set())
        self.stop.set()

    def run(self) -> int:
        """Keep the worker until `stop` is set (0) or it cannot be kept (1)."""
        while not self.stop.is_set():
            how = self._run_once()
            if self.stop.is_set():
                break
            if not self._state.options.restart_when_it_dies:
                self._say(GAVE_UP, sentences(how, "It is not to be started again.", self._state.last_words()))
                return 1
            self._ends.append(time.monotonic())
            if self._hopeless():
                within = f"{self._brake_s:.0f}"
                often = said("It ended {n} times within {within} seconds.", n=BRAKE, within=within)
                self._say(GAVE_UP, sentences(often, how, self._state.last_words()))
                return 1
            self._say(WAITING, sentences(how, "It is started again.", self._state.last_words()), worker=None)
            self.stop.wait(self._pause())
            self._state = replace(self._state, restarts=self._state.restarts + 1)
        if self._begun is not None:  # told so early that whoever started us may have left the servers to nobody
            self._begun()
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
            if self._begun is not None:
                begun, self._begun = self._begun, None
                begun()
            while process.poll() is None and not self.stop.wait(POLL_S):
                with contextlib.suppress(OSError):
                    cut_if_long(self._state.log)
            if process.poll() is None:
                self._say(STOPPING)
                self._end(process)
        finally:
            kill_group(process.pid)  # children of a worker that was killed
            process.wait()
            assert process.stdin is not None
            process.stdin.close()
        if process.returncode == 0:
            self.stop.set()
        return how_it_ended(process.returncode, memory_kills() - kills)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Ask Celery's main process, and only it, to end; wait; then kill."""
        if self._warm:
            process.send_signal(WARM_SIGNAL)
            end = time.monotonic() + self._state.task_s
            while process.poll() is None and self._warm and time.monotonic() < end:
                time.sleep(POLL_S)
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(self._state.grace_s)
        process.kill()

    def _hopeless(self) -> bool:
        return len(self._ends) == BRAKE and self._ends[-1] - self._ends[0] < self._brake_s

    def _pause(self) -> float:
        lately = sum(1 for end in self._ends if end > time.monotonic() - self._brake_s)
        return min(0.5 * 2.0 ** (lately - 1), LONGEST_PAUSE_S)

    def _say(self, state: str, sentence: str = "", **changed: object) -> None:
        self._state = replace(self._state, state=state, sentence=sentence, **changed)  # type: ignore[arg-type]
        with contextlib.suppress(OSError):  # a full disk is no reason to end a worker
            self._state.save()


def watch(descriptor: int, ended: Callable[[], None]) -> None:
    """Call `ended` when the stream ends: the process at its other end is gone, in whatever way."""

    def read() -> None:
        with contextlib.suppress(OSError):
            while os.read(descriptor, 4096):  # not sys.stdin: its lock would be held in a forked child
                pass
        ended()

    threading.Thread(target=read, name="lifeline", daemon=True).start()


def _hold_the_stack(worker: LocalWorker, held: contextlib.ExitStack) -> None:
    """The embedded servers stay up as long as somebody holds them. Raises ServiceError where they cannot be started."""
    from console.ops.stack import Stack

    stack = Stack(worker.home)
    stack.up()
    held.enter_context(stack)


def supervise(state_file: str) -> int:
    """The program's inner verb: keep the worker that the state file describes."""
    worker = LocalWorker.load(Path(state_file))
    if worker is None:
        return 1
    held = contextlib.ExitStack()
    hold = partial(_hold_the_stack, worker, held)  # while the worker loads: who started us holds it that long
    supervisor = Supervisor(worker, worker_argv(worker), begun=hold if worker.embedded else lambda: None)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.tell(Stop.SOFT))
    if sys.platform != "win32":
        signal.signal(WARM_SIGNAL, lambda *_: supervisor.tell(Stop.WARM))
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if worker.stops_with_console:
        watch(0, lambda: supervisor.tell(Stop.SOFT))
    try:
        with held:
            return supervisor.run()
    except OcrConsoleError as error:
        print(error, flush=True)  # the last line of the log is what the console shows
        return 1


def worker_argv(worker: LocalWorker) -> list[str]:
    """The command line of the worker itself; it takes the services from the environment.

    Who started the supervisor has confirmed that, where the services are a production's.
    """
    return program("worker", "run", *words(worker.options), "--lifeline", "--confirm", ENVIRONMENT)
