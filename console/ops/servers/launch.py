"""Starting servers side by side, and waiting until each does real work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

from console.ops.servers.processes import LOOK_EVERY_S, Mark, mark, spawn
from console.ops.servers.server import Server

START_LIMIT_S = 120.0  # after a crash a server may read its whole journal
ENDED = "The embedded {server} stopped while it started."
SILENT = "The embedded {server} did not answer within {n} seconds."
UNSTARTED = "The embedded {server} cannot be started: {why}."


@dataclass(frozen=True, slots=True)
class Started:
    """The server has a process."""

    server: Server
    mark: Mark


@dataclass(frozen=True, slots=True)
class Ready:
    """It does real work."""

    server: Server


@dataclass(frozen=True, slots=True)
class Failed:
    """It will not."""

    error: BaseException


Events = SimpleQueue[Started | Ready | Failed]


def start(servers: Sequence[Server], started: Callable[[Server, Mark], None], ready: Callable[[Server], None]) -> None:
    """Start all of them and wait for all.

    Args:
        servers: Those to start.
        started: Called on this thread when a server has a process.
        ready: Called on this thread when it does real work.

    Raises:
        ServiceError: When the first of them fails; the processes of the others may live by then.
    """
    if not servers:
        return
    events: Events = SimpleQueue()
    enough = threading.Event()
    pool = ThreadPoolExecutor(len(servers), "stack")
    missing = len(servers)
    try:
        for server in servers:  # an interrupt may come here already
            pool.submit(_start_one, server, events, enough)
        while missing:
            event = events.get()
            if isinstance(event, Failed):
                raise event.error
            if isinstance(event, Started):
                started(event.server, event.mark)
            else:
                ready(event.server)
                missing -= 1
    finally:
        enough.set()
        pool.shutdown()
        while not events.empty():  # processes that came while another failed
            event = events.get()
            if isinstance(event, Started):
                started(event.server, event.mark)


def _start_one(server: Server, events: Events, enough: threading.Event) -> None:
    try:
        server.begin_log()
        process = spawn(server.command(), server.log)
        if made := mark(process.pid):
            events.put(Started(server, made))
        limit = time.monotonic() + START_LIMIT_S
        while not server.ready():
            if process.poll() is not None:
                raise server.failure(ENDED)
            if time.monotonic() > limit:
                raise server.failure(SILENT, n=round(START_LIMIT_S))
            if enough.wait(LOOK_EVERY_S):
                return
        events.put(Ready(server))
    except OSError as error:
        events.put(Failed(server.failure(UNSTARTED, why=error.strerror or str(error))))
    except BaseException as error:  # noqa: BLE001 - it is raised on the thread that waits
        events.put(Failed(error))
