"""Workers on this machine: start, find again, stop. Each has a supervisor that outlives the console if it shall."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from glob import escape
from pathlib import Path

from console.ops.profiles import OURS, Profile
from console.ops.program import program, program_environment
from console.ops.servers.files import make_private_folder, open_log, put_aside_if_long
from console.ops.servers.processes import Detached, Mark, find, mark
from console.ops.worker_ending import has_ended_within, kill_what_is_left, tell
from console.ops.worker_options import USUAL, WorkerOptions, base_name, full_name, new_name
from console.ops.worker_state import GAVE_UP, STOPPING, WAITING, LocalWorker, Stop, all_workers
from worker.core.errors import InternalError, NotFoundError, UsageError
from worker.core.said import said, sentences
from worker.core.settings import Settings

READY_S = 60.0
WARM_SHOWS_S = 5.0  # a warm stop may take as long as a task; it is not waited for any longer
MARGIN_S = 10.0  # for a worker to end, beyond the time that its tasks are given
LOGS_KEPT_S = 14 * 86_400.0


class LocalWorkers:
    """The workers of one home folder. Holds the lifelines of those that stop with this console."""

    def __init__(self, home: Path, *, supervisor: Callable[[LocalWorker], list[str]] | None = None) -> None:
        self._home = home
        self._supervisor = supervisor or (lambda worker: program("supervise", str(worker.file)))
        self._lifelines: dict[str, Detached] = {}

    @property
    def home(self) -> Path:
        """The folder that all of them share."""
        return self._home

    def start(self, settings: Settings, profile: Profile, options: WorkerOptions = USUAL) -> LocalWorker:
        """Start a supervisor and its worker; does not wait until the worker is ready.

        Args:
            settings: the services; they travel in the environment, where other users cannot read them.
            profile: whose services; what its file says beside is passed on as it is.
            options: how it is to be. One that stops with the console ends when `close` is called, or when this process
                ends in whatever way.

        Raises:
            UsageError: the options cannot be, or a worker here has that name.
        """
        own = options.applied_to(settings)
        full = self._free_name(options.name)
        worker = LocalWorker(
            name=full,
            profile=profile.name,
            home=self._home,
            log=self._home / "logs" / f"worker-{full}.log",
            options=replace(options, name=full, concurrency=options.slots),
            embedded=profile.embedded,
            grace_s=own.soft_shutdown_s + MARGIN_S,
            task_s=own.time_limit_s,
            production=profile.production,
            profile_file=profile.path,
        )
        make_private_folder(worker.log.parent)
        put_aside_if_long(worker.log)
        self._forget_old_logs(worker.log.parent)
        worker.save()
        self._lifelines[full] = self._spawn(worker, environment(own, profile.others))
        return self._with_supervisor(worker)  # from now on the supervisor alone writes the file

    def running(self) -> tuple[LocalWorker, ...]:
        """Every worker of this home whose supervisor or main process lives, whoever started it."""
        found = []
        for worker in self._known():
            if _lives(worker):
                found.append(worker)
            else:
                worker.file.unlink(missing_ok=True)
        return tuple(found)

    def listed(self) -> tuple[LocalWorker, ...]:
        """Those that run, and those that gave up, which say why: until they are stopped, or another one is started."""
        return tuple(worker for worker in self._known() if _lives(worker) or worker.state == GAVE_UP)

    def leaving(self) -> frozenset[str]:
        """The names of those that end what they have begun; they still say that they live, and take nothing new."""
        return frozenset(worker.name for worker in all_workers(self._home) if worker.state == STOPPING)

    def find(self, name: str, profile: str | None = None) -> LocalWorker:
        """A worker of this home by its node name, or by the part before the `@` where that is enough.

        Args:
            name: it; of one that took over in a restart also the name that it had at first.
            profile: only among those of this profile.

        Raises:
            NotFoundError: there is none.
            UsageError: there are several.
        """
        known = [worker for worker in self._known() if profile in {None, worker.profile}]
        spellings: tuple[Callable[[str], str], ...] = (str,) if "@" in name else (str, base_name)
        for spelled in spellings:
            found = [one for one in known if name in {spelled(one.name), spelled(one.name).partition("@")[0]}]
            if len(found) > 1:
                several = said("{name} is the name of several workers.", name=name)
                raise UsageError(several, "Give the whole name, with the @.")
            if found:
                return found[0]
        nobody = said("No worker called {name} was started here.", name=name)
        raise NotFoundError(nobody, "`ocr-console workers --local` lists them.")

    def stop(self, name: str, how: Stop = Stop.SOFT) -> LocalWorker:
        """Stop a worker and its supervisor, and wait until they have ended; for a warm stop only some seconds.

        Returns:
            The worker as it was; `is_ending` tells whether it still ends what it had begun.
        """
        return self.stop_all((self.find(name),), how)[0]

    def stop_all(self, workers: Sequence[LocalWorker], how: Stop = Stop.SOFT) -> tuple[LocalWorker, ...]:
        """The same with several, all at the same time."""
        told = {worker: tell(worker, how) if how is not Stop.NOW else None for worker in workers}
        begun = time.monotonic()
        for worker, supervisor in told.items():
            until = begun + (WARM_SHOWS_S if how is Stop.WARM else worker.grace_s + MARGIN_S)
            if supervisor is None or has_ended_within(supervisor, until - time.monotonic()) or how is not Stop.WARM:
                self._forget(worker)
        return tuple(workers)

    def log_of(self, name: str) -> Path:
        """The log of a worker of this home, also of one that has ended. Raises NotFoundError where there is none."""
        try:
            return self.find(name).log
        except NotFoundError:
            logs = self._home / "logs"
            for log in (*logs.glob(f"worker-{escape(name)}.log"), *logs.glob(f"worker-{escape(name)}@*.log")):
                return log
            raise

    def is_mine(self, worker: LocalWorker) -> bool:
        """Whether this very console started it."""
        return worker.name in self._lifelines

    def is_ending(self, worker: LocalWorker) -> bool:
        """Whether it was told to stop, and still ends what it had begun."""
        return worker.name in self.leaving()

    def wait_ended(self, worker: LocalWorker, limit_s: float) -> bool:
        """Wait for a worker that was told to stop."""
        supervisor = find(worker.supervisor) if worker.supervisor else None
        return supervisor is None or has_ended_within(supervisor, limit_s)

    def _forget(self, worker: LocalWorker) -> None:
        """Kill a supervisor that did not end in time and a worker that lost its supervisor, with its children."""
        with contextlib.suppress(NotFoundError, UsageError):
            worker = self.find(worker.name)
        kill_what_is_left(worker)
        lifeline = self._lifelines.pop(worker.name, None)
        if lifeline is not None:
            _cut(lifeline)

    def wait_ready(
        self,
        worker: LocalWorker,
        said_so: Callable[[str, int], bool],
        *,
        limit_s: float = READY_S,
    ) -> LocalWorker:
        """Wait until the worker's own row says that it is there.

        Args:
            worker: as `start` gave it.
            said_so: whether there is a fresh row of a worker with this name and pid.
            limit_s: how long to wait, in seconds.

        Raises:
            InternalError: it gave up, or was not ready in time; the sentence says why and where its log is.
        """
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            try:
                now = self.find(worker.name)
            except NotFoundError:
                stopped = said("The worker {name} was stopped before it was ready.", name=worker.name)
                raise InternalError(stopped, "") from None
            if now.state == GAVE_UP or not now.alive:
                why = now.sentence or now.last_words()
                failed = sentences(said("The worker {name} does not start.", name=worker.name), why)
                raise InternalError(failed, said("Its log: {path}", path=str(now.log)))
            if now.pid is not None and said_so(now.name, now.pid):
                return now
            time.sleep(0.1)
        slow = said("The worker {name} is not ready after {n} s.", name=worker.name, n=round(limit_s))
        raise InternalError(slow, said("Its log: {path}", path=str(worker.log)))

    def why_not(self, name: str) -> str:
        """Why a worker that was started ended before it was ready; "" while it may become so.

        Raises:
            NotFoundError: it was stopped.
        """
        now = self.find(name)
        if now.state in {WAITING, GAVE_UP}:
            return now.sentence
        return "" if _lives(now) else now.last_words()

    def close(self) -> None:
        """Stop the workers that were started here to stop with this console, all at the same time."""
        mine = [worker for worker in self.running() if worker.name in self._lifelines and worker.stops_with_console]
        for worker in mine:
            _cut(self._lifelines[worker.name])
        self.stop_all(mine)
        for lifeline in self._lifelines.values():
            _cut(lifeline)
        self._lifelines.clear()

    def _known(self) -> Iterator[LocalWorker]:
        return map(self._with_supervisor, all_workers(self._home))

    def _with_supervisor(self, worker: LocalWorker) -> LocalWorker:
        """The worker with the supervisor that we started for it, which has not said so itself yet."""
        started = self._lifelines.get(worker.name)
        if worker.supervisor is not None or started is None:
            return worker
        return replace(worker, supervisor=mark(started.pid) or Mark(started.pid, 0.0))

    def _free_name(self, name: str | None) -> str:
        full = full_name(name or new_name())
        if any(worker.name == full for worker in self.running()):
            taken = said("A worker called {name} runs here already.", name=full)
            raise UsageError(taken, "Choose another name, or stop it first.")
        return full

    def _forget_old_logs(self, folder: Path) -> None:
        """Each worker has a log of its own name, so they would gather for ever."""
        in_use = {worker.log for worker in self.running()}
        for log in folder.glob("worker-*.log*"):
            with contextlib.suppress(OSError):
                if log not in in_use and log.stat().st_mtime < time.time() - LOGS_KEPT_S:
                    log.unlink()

    def _spawn(self, worker: LocalWorker, env: Mapping[str, str]) -> Detached:
        output = open_log(worker.log)
        try:
            return Detached(
                self._supervisor(worker),
                stdin=subprocess.PIPE if worker.stops_with_console else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=worker.home,
                env=env,
                start_new_session=True,
            )
        finally:
            os.close(output)


def _lives(worker: LocalWorker) -> bool:
    return worker.alive or worker.just_begun


def environment(settings: Settings, beside: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a worker: its services and limits, nothing of another profile, one core a process.

    Args:
        settings: what it works with.
        beside: what its profile says that is not ours; it is passed on.
    """
    ours = settings.as_environment() | {"OMP_THREAD_LIMIT": "1", "PYTHONUNBUFFERED": "1"}
    return program_environment({**(beside or {}), **ours}, without=OURS)


def _cut(lifeline: Detached) -> None:
    if lifeline.stdin is not None:
        with contextlib.suppress(OSError):
            lifeline.stdin.close()
