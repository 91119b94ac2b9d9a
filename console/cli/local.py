"""`worker start|stop|restart|recipe|log` and `workers --local`: the workers of this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from console.cli import fleet_shapes
from console.cli.progress import course
from console.cli.session import Session
from console.cli.terminal import table
from console.cli.worker_arguments import LEVELS
from console.cli.worker_run import options_of
from worker.core.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from console.ops.fleet import Worker
    from console.ops.local_workers import LocalWorkers
    from console.ops.services import Services
    from console.ops.worker_state import LocalWorker, Stop

HEADS = ["NAME", "STATE", "PROFILE", "PID", "SLOTS", "QUEUES", "RESTARTS", "MB", "CPU %", "WHY"]
BETWEEN_LOOKS_S = 0.5  # for the processor time
LOOK_EVERY_S = 0.3


def start(session: Session) -> int:
    """Leave workers behind; returns when they are ready."""
    from console.ops.worker_commands import StartWorker

    session.confirm()
    with session.services() as services:
        workers = _workers(session)
        begun: list[LocalWorker] = []
        for options in options_of(session.args).several(session.args.count or 1):
            started = session.act(StartWorker(workers, options), services)
            session.terminal.say(started.message)
            begun.append(started.data)
        ready = [workers.wait_ready(one, lambda name, pid: _row(services, name, pid) is not None) for one in begun]
        rows = [_row(services, one.name, one.pid) for one in ready]
    for one in ready:
        session.terminal.say(f"It is ready. Its log: {one.log}")
    documents = [None if row is None else fleet_shapes.worker(row) for row in rows]
    session.terminal.answer(documents if session.args.count else documents[0], [one.name for one in ready])
    return 0


def stop(session: Session) -> int:
    """Also where the services are away; those of the embedded stack are up for as long as one of its workers is."""
    from console.ops.worker_commands import Stop, StopWorker

    workers, how = _workers(session), Stop(session.args.how)
    chosen = session.profile.name if session.profile_name else None
    if session.args.all == bool(session.args.names):
        raise UsageError("Say which workers: names, or --all.")
    if session.args.all:
        return _stop_all(session, workers, how, chosen)
    found = [workers.find(name, chosen) for name in session.args.names]
    messages = []
    for worker in found:
        with _services_of(session, worker) as (own, services):
            own.confirm()
            messages.append(own.act(StopWorker(workers, worker.name, how, chosen), services).message)
    return _tell_stopped(session, workers, found, messages)


def _stop_all(session: Session, workers: LocalWorkers, how: Stop, chosen: str | None) -> int:
    """Those of each profile under that profile's guard and in its audit; those of productions last."""
    from console.ops.worker_commands import StopAll

    found = sorted(_chosen(workers, chosen), key=lambda worker: (worker.production, worker.profile))
    messages = [] if found else ["No worker runs here."]
    told: set[str] = set()
    for one in {_source(worker): worker for worker in found}.values():
        with _services_of(session, one) as (own, services):
            own.confirm()
            done = own.act(StopAll(workers, how, one.profile), services)
        messages.append(done.message)
        told.update(done.data)
    return _tell_stopped(session, workers, [worker for worker in found if worker.name in told], messages)


def _tell_stopped(session: Session, workers: LocalWorkers, told: Sequence[LocalWorker], messages: Sequence[str]) -> int:
    """Wait for those that still end what they had begun; 1 if one did not end."""
    ending = [one for one in told if workers.is_ending(one)]
    if ending:
        session.terminal.say("\n".join(messages))
        session.terminal.say("Waiting for that. Ctrl-C does not wait; it goes on all the same.")
    documents = [
        {"name": one.name, "pid": one.pid, "stopped": workers.wait_ended(one, one.task_s + one.grace_s)} for one in told
    ]
    if ending:
        ended = {one["name"]: one["stopped"] for one in documents}
        messages = [f"{one.name} {'is stopped' if ended[one.name] else 'still goes on'}." for one in ending]
    single = len(documents) == 1 and not session.args.all
    session.terminal.answer(documents[0] if single else documents, messages)
    return 0 if all(one["stopped"] for one in documents) else 1


def restart(session: Session) -> int:
    """One after the other; Ctrl-C lets the one that is being replaced stay as it is."""
    from console.ops.worker_commands import RestartWorkers, Stop

    workers = _workers(session)
    chosen = session.profile.name if session.profile_name else None
    if session.args.all == bool(session.args.names):
        raise UsageError("Say which workers: names, or --all.")
    if session.args.all:
        mine = [worker for worker in _chosen(workers, chosen) if not worker.stops_with_console]
    else:
        mine = [workers.find(name, chosen) for name in session.args.names]
    new: dict[str, str] = {}
    for source in dict.fromkeys(map(_source, mine)):
        names = tuple(worker.name for worker in mine if _source(worker) == source)
        with _services_of(session, workers.find(names[0])) as (own, services), course(session.terminal) as watched:
            own.confirm()
            done = own.act(RestartWorkers(workers, names, Stop(session.args.how), course=watched), services)
        session.terminal.say(done.message)
        new |= done.data
    session.terminal.answer(new, [f"{old} → {name}" for old, name in new.items()])
    return 0 if len(new) == len(mine) else 1


def recipe(session: Session) -> int:
    """Secrets are masked, or stay where they are."""
    from console.ops import worker_recipes as recipes

    options, profile = options_of(session.args), session.profile
    if session.args.count and session.args.kind not in {"command", "kubernetes"}:
        raise UsageError("--count is for a command and for Kubernetes: one unit, or compose file, is one worker.")
    with session.settings() as settings:
        file = _stack_profile(session) if profile.embedded else None
        kind = session.args.kind
        if kind == "command":
            many = options.several(session.args.count or 1)
            text = "\n".join(recipes.command(one, profile, settings, file=file) for one in many)
        elif kind == "env":
            text = recipes.environment_file(profile, settings)
        elif kind == "kubernetes":
            text = recipes.kubernetes_manifest(options, profile, settings, replicas=session.args.count or 1)
        else:
            text = recipes.RECIPES[kind](options, profile, settings)
    session.terminal.answer({"for": kind, "text": text}, [text.rstrip("\n")])
    return 0


def log(session: Session) -> int:
    """One line of JSON a line with --json."""
    from console.ops.log_tail import LogTail

    worst = LEVELS.index(session.args.level)
    tail = LogTail(_workers(session).log_of(session.args.name))
    while True:
        for line in tail.read():
            if line.level not in LEVELS or LEVELS.index(line.level) >= worst:
                document = {"clock": line.clock, "level": line.level, "text": line.text}
                session.terminal.answer(document, [f"{line.clock or '        '} {line.level.upper():8} {line.text}"])
        if not session.args.follow:
            return 0
        time.sleep(LOOK_EVERY_S)


def listed(session: Session) -> int:
    """Asks no service: the workers of every profile, or of the one that is named."""
    from console.ops.worker_figures import Figures

    chosen = session.profile.name if session.profile_name else None
    workers = _chosen(_workers(session), chosen)
    figures = Figures()
    if figures.take(workers):
        time.sleep(BETWEEN_LOOKS_S)
    taken = figures.take(workers)
    rows = [
        (
            one.name,
            one.state,
            one.profile,
            one.pid,
            one.concurrency,
            ",".join(one.queues),
            one.restarts,
            taken[one.name].memory_mb if one.name in taken else None,
            taken[one.name].cpu_percent if one.name in taken else None,
            one.sentence,
        )
        for one in workers
    ]
    lines = table(HEADS, rows, right=("PID", "SLOTS", "RESTARTS", "MB", "CPU %")) if rows else ["No worker runs here."]
    session.terminal.answer([fleet_shapes.local(one, taken.get(one.name)) for one in workers], lines)
    return 0


@contextmanager
def _services_of(session: Session, worker: LocalWorker) -> Iterator[tuple[Session, Services]]:
    """Those that a worker works for: its stop is guarded and recorded there, unless another profile is named."""
    from console.ops.profiles import EMBEDDED
    from console.ops.services import Services

    theirs = EMBEDDED if worker.embedded else str(worker.profile_file or "")
    own = session if session.profile_name or not theirs else session.on(theirs)
    with own.settings() as settings, Services(own.profile, settings) as services:
        yield own, services


def _source(worker: LocalWorker) -> tuple[str, Path | None]:
    """What tells profiles apart that have one name."""
    return worker.profile, worker.profile_file


def _chosen(workers: LocalWorkers, profile: str | None) -> list[LocalWorker]:
    return [worker for worker in workers.listed() if profile in {None, worker.profile}]


def _workers(session: Session) -> LocalWorkers:
    from console.ops.local_workers import LocalWorkers

    return LocalWorkers(session.home)


def _stack_profile(session: Session) -> Any:  # noqa: ANN401 - a path
    from console.ops.stack import Stack

    return Stack(session.home).profile_file


def _row(services: Services, name: str, pid: int | None) -> Worker | None:
    """What the worker's main process says of itself, once it does."""
    from console.ops.fleet import Presence
    from console.ops.presence import workers

    found = (one for one in workers(services) if one.name == name and one.report.pid == pid)
    return next((one for one in found if one.state is Presence.ONLINE), None)
