"""Real workers, each started again when it has died, as by systemd."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.chaos.schedule import DOWN_S
from worker.core.settings import Settings

ROOT = Path(__file__).parents[2]
MARK = "OCR_CHAOS_RUN"  # in the environment of all that a run starts
STOP_S = 60.0


class Worker:
    """`celery -A worker.app:celery_app worker`, kept alive."""

    def __init__(self, name: str, slots: int, settings: Settings, folder: Path, seed: int, **environment: str) -> None:
        self.name = name
        self.slots = slots
        self.log_file = folder / f"{name}.log"
        self._environment = environment_of(settings, folder) | environment
        self._chance = random.Random(f"{seed} {name}")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=name)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and again whenever it ended."""
        self._thread.start()

    def stop(self) -> None:
        """A warm stop; killed when that takes too long."""
        self._stop.set()
        self._thread.join()

    def children(self) -> list[int]:
        """The processes that read, in the order of their birth."""
        if self.process is None or self.process.poll() is not None:
            return []
        try:
            found = psutil.Process(self.process.pid).children()
        except psutil.NoSuchProcess:
            return []
        return sorted(child.pid for child in found)

    def signal(self, number: signal.Signals, *, group: bool) -> None:
        """Send its main process a signal, or all of its processes."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                (os.killpg if group else os.kill)(self.process.pid, number)

    def _keep(self) -> None:
        while not self._stop.is_set():
            with self.log_file.open("ab") as log:
                self.process = self._started(log)
            while self.process.poll() is None and not self._stop.wait(0.05):
                continue
            if self.process.poll() is None:
                self._end(self.process)
            else:
                self._stop.wait(self._chance.uniform(*DOWN_S))  # children of a killed one are left alone so long
            self.signal(signal.SIGKILL, group=True)

    def _started(self, log) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "worker.app:celery_app", "worker", "-l", "info"]
        return subprocess.Popen(
            [*command, "-c", str(self.slots), "-n", self.name],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_S)


class Fleet:
    """All workers of a run."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        self.workers = tuple(workers)
        for worker in self.workers:
            worker.start()

    @property
    def slots(self) -> dict[str, int]:
        """How many tasks each can do at once."""
        return {worker.name: worker.slots for worker in self.workers}

    def pick(self, rank: float) -> Worker | None:
        """One of those that live."""
        living = [one for one in self.workers if one.process is not None and one.process.poll() is None]
        return living[int(rank * len(living))] if living else None

    def stop(self) -> None:
        """Stop all of them, at the same time."""
        stops = [threading.Thread(target=worker.stop) for worker in self.workers]
        for thread in stops:
            thread.start()
        for thread in stops:
            thread.join()

    def log(self) -> str:
        """What all of them said."""
        return "".join(worker.log_file.read_text("utf-8", "replace") for worker in self.workers)


def environment_of(settings: Settings, run: Path) -> dict[str, str]:
    """For a program of ours that works on these services, in this run."""
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    ours = {"PYTHONPATH": paths, "PYTHONUNBUFFERED": "1", "REMAP_SIGTERM": "SIGQUIT", MARK: str(run)}
    return {**os.environ, **settings.as_environment(), **ours}


def left_over(run: Path, wait_s: float = 10.0) -> list[str]:
    """Programs of a run that still live after a while."""
    end = time.monotonic() + wait_s
    while (found := _of_run(run)) and time.monotonic() < end:
        time.sleep(0.2)
    return found


def _of_run(run: Path) -> list[str]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            alive = process.status() != psutil.STATUS_ZOMBIE
            if alive and process.environ().get(MARK) == str(run):
                found.append(f"{process.pid} {' '.join(process.cmdline())[:80]}")
    return found
