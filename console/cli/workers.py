"""`workers`, and `worker …`: the fleet, the workers of this machine, and what any worker is told."""

from __future__ import annotations

import os
import signal
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from console.cli import fleet_shapes
from console.cli.session import Session
from console.cli.terminal import table
from worker.core.errors import UsageError

if TYPE_CHECKING:
    from console.ops.fleet import Worker
    from console.ops.services import Services
    from console.ops.worker_options import WorkerOptions
    from worker.core.pulse import House, Running

HEADS = ["NAME", "STATE", "HOST", "PID", "SLOTS", "BUSY", "QUEUES", "LANGUAGES", "MB", "PAGES/MIN", "DOING"]


def run(session: Session) -> int:
    """Any of these verbs."""
    if session.args.verb == "workers":
        return _list(session)
    here = {"start": _start, "stop": _stop, "run": _run}
    if session.args.act in here:
        return here[session.args.act](session)
    from console.cli import steering

    anywhere = {"ping": steering.ping, "end": steering.end, "forget": steering.forget}
    return anywhere.get(session.args.act, steering.steer)(session)


def _list(session: Session) -> int:
    from console.ops.presence import everybody

    with session.services("postgres") as services:
        house, fleet = services.pulse().house, everybody(services)
    session.terminal.say(_house(house))
    session.terminal.answer([fleet_shapes.worker(one) for one in fleet], _lines(fleet) if fleet else ["No workers."])
    return 0


def _start(session: Session) -> int:
    """Leave a worker behind; returns when it is ready."""
    from console.ops.local_workers import LocalWorkers
    from console.ops.worker_commands import StartWorker

    args = session.args
    session.confirm()
    with session.services() as services:
        workers = LocalWorkers(session.home)
        started = session.act(StartWorker(workers, _options(args)), services)
        session.terminal.say(started.message)
        ready = workers.wait_ready(started.data, lambda name, pid: _row(services, name, pid) is not None)
        row = _row(services, ready.name, ready.pid)
    session.terminal.say(f"It is ready. Its log: {ready.log}")
    session.terminal.answer(None if row is None else fleet_shapes.worker(row), [ready.name])
    return 0


def _row(services: Services, name: str, pid: int | None) -> Worker | None:
    """What the worker's main process says of itself, once it does."""
    from console.ops.fleet import Presence
    from console.ops.presence import workers

    found = (one for one in workers(services) if one.name == name and one.report.pid == pid)
    return next((one for one in found if one.state is Presence.ONLINE), None)


def _stop(session: Session) -> int:
    """Also where the services are away; those of the embedded stack are up for as long as one of its workers is."""
    from console.ops.local_workers import LocalWorkers
    from console.ops.services import Services
    from console.ops.worker_commands import StopWorker

    session.confirm()
    workers = LocalWorkers(session.home)
    worker = workers.find(session.args.name)
    with session.settings() as settings, Services(session.profile, settings) as services:
        done = session.act(StopWorker(workers, worker.name), services)
    document = {"name": worker.name, "pid": worker.pid, "stopped": True}
    session.terminal.answer(document, [done.message])
    return 0


def _run(session: Session) -> int:
    """Be the worker. It takes the services from the environment that is made here."""
    from console.ops.local_workers import environment
    from console.ops.supervisor import watch
    from console.ops.worker_options import new_name

    args = session.args
    session.confirm()
    options = _options(args)
    options = replace(options, name=options.name or new_name())
    with session.settings() as settings:
        own = environment(options.applied_to(settings), session.profile.values)
        os.environ.clear()
        os.environ.update(own)
        if args.lifeline:
            watch(0, lambda: os.kill(os.getpid(), signal.SIGTERM))
        session.start_worker(options.celery())
    return 0


def _options(args: Namespace) -> WorkerOptions:
    """What the words say; what they do not say is as usual."""
    from console.ops.worker_options import WorkerOptions

    options = WorkerOptions(name=args.name, concurrency=args.concurrency)
    if args.queues is None:
        return options
    queues = tuple(word.strip() for word in args.queues.split(",") if word.strip())
    if not queues:
        raise UsageError("--queues names no queue.")
    return replace(options, queues=queues)


def _house(house: House | None) -> str:
    if house is None:
        return "Housekeeping: nobody does it yet. A worker does, or the window."
    done = f"{house.reaped} taken back, {house.published} rung again, {house.swept} objects swept"
    return f"Housekeeping: by {house.acted_by}, {house.silent_s:.0f} s ago; {done}, {house.expired} expired."


def _lines(fleet: Sequence[Worker]) -> list[str]:
    rows = [
        (
            one.name,
            one.state.value,
            one.report.host,
            one.report.pid,
            one.report.slots,
            one.report.busy,
            ",".join(one.report.queues),
            ",".join(one.report.languages),
            one.report.memory_mb,
            one.pages_per_minute,
            one.cause or ", ".join(map(_doing, one.doing)),
        )
        for one in fleet
    ]
    return table(HEADS, rows, right=("PID", "SLOTS", "BUSY", "MB", "PAGES/MIN"))


def _doing(one: Running) -> str:
    pages = "" if one.first_page is None else f", pages {one.first_page} to {one.last_page}"
    return f"{one.name}{pages}, for {one.for_s:.0f} s"
