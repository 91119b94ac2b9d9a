"""What a worker does for its processes: vouch that they live, say that one died, end what was cancelled."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
import time
from collections import deque
from uuid import UUID

import psutil
from celery.signals import task_received
from celery.worker.request import Request
from celery.worker.state import active_requests

from worker.bench import Bench
from worker.core.errors import OcrConsoleError
from worker.core.jobs import Doorbell
from worker.core.raw_messages import TASK_HEADER

LOOK_EVERY_S = 1.0
_DEAD = frozenset({psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD})
_CANNOT_WORK = _DEAD | {psutil.STATUS_STOPPED}
log = logging.getLogger("worker.children")
received: deque[str] = deque(maxlen=10_000)  # the messages that this main process gave to its children


class Children:
    """The processes that read for one worker. `run` is the body of a thread of its main process."""

    def __init__(self, desk: Bench, name: str) -> None:
        self._desk = desk
        self._name = name
        self._living: set[int] = set()  # and those that have died since the last look
        self._dead: dict[int, float] = {}  # until when what they held is asked for, by the monotonic clock
        self._vouched = 0.0
        self._inherits_until = (
            time.monotonic() + desk.settings.lease_s
        )  # what is left behind is then known by its lease

    def run(self, stop: threading.Event) -> None:
        """Look after them until `stop` is set; a database that is away is waited for."""
        while not stop.wait(LOOK_EVERY_S):
            try:
                self.look()
            except OcrConsoleError:  # another thread says so; what is read goes on, and its end is fenced
                continue
            except Exception:  # Celery's set may change while it is read
                log.exception("A fault in looking after the processes that read")

    def look(self) -> None:
        """One round."""
        requests = [request for request in list(active_requests) if request.worker_pid]
        busy = {request.worker_pid for request in requests}
        # A child may be made, take work and die between two looks: then the row tells of it, by the message we got.
        held = self._desk.leases.held(self._name)
        self._living |= busy | {pid for pid, message in held if message in received}
        states = {pid: _state(pid) for pid in self._living}
        self._take_back([pid for pid, state in states.items() if state in _DEAD])
        if time.monotonic() < self._inherits_until:
            self._take_back_what_was_left()
        if time.monotonic() - self._vouched >= self._desk.settings.renew_s:
            self._vouched = time.monotonic()
            self._desk.leases.vouch(self._name, [pid for pid in busy if states[pid] not in _CANNOT_WORK])
        self._end_cancelled(requests)

    def _take_back(self, dead: list[int]) -> None:
        """What the dead held. It is asked for more than once: what is locked just now is left out."""
        now = time.monotonic()
        self._living.difference_update(dead)
        self._dead = {pid: until for pid, until in self._dead.items() if until > now and pid not in self._living}
        self._dead |= dict.fromkeys(dead, now + self._desk.settings.lease_s)
        for bell in self._desk.leases.crashed(self._name, list(self._dead)):
            died = "The process that read a part of %s died; it is queued again"
            log.warning(died, bell.job_id, extra=_ids(bell))

    def _take_back_what_was_left(self) -> None:
        """By the worker in whose place this one was started: nobody need wait until its leases have run out."""
        for bell in self._desk.leases.left_behind(self._name, time.time() - psutil.Process().create_time()):
            left = "A part of %s was left by this worker when it was killed; it is queued again"
            log.warning(left, bell.job_id, extra=_ids(bell))

    def _end_cancelled(self, requests: list[Request]) -> None:
        """A long call cannot be interrupted, so the process goes; Celery puts a new one in its place."""
        tasks = {task: request for request in requests if (task := _task_of(request))}
        for task in self._desk.leases.cancelled(list(tasks)) if tasks else ():
            request = tasks[task]
            if request in active_requests and request.worker_pid != os.getpid():
                ended = "[OCR] Job %s was cancelled: the process that reads it is ended"
                log.info(ended, request.args[0], extra={"job": request.args[0], "task": str(task)})
                with contextlib.suppress(ProcessLookupError):
                    os.kill(request.worker_pid, signal.SIGKILL)


@task_received.connect
def _remember(request: Request, **_: object) -> None:
    received.append(request.id)


def _ids(bell: Doorbell) -> dict[str, str]:
    return {"job": str(bell.job_id), "task": str(bell.task_id)}


def _task_of(request: Request) -> UUID | None:
    try:
        return UUID(request.request_dict[TASK_HEADER])
    except (KeyError, ValueError, AttributeError, TypeError):
        return None


def _state(pid: int) -> str:
    try:
        return psutil.Process(pid).status()
    except psutil.NoSuchProcess:
        return psutil.STATUS_DEAD
