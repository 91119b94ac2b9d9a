"""What `--json` prints of workers and queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.shapes import Shape, moment, rounded

if TYPE_CHECKING:
    from console.ops.fleet import Queue, Worker
    from console.ops.peeking import Peek, Seen
    from console.ops.worker_figures import WorkerFigures
    from console.ops.worker_state import LocalWorker


def worker(one: Worker) -> Shape:
    """A worker of the fleet."""
    report = one.report
    return {
        "name": report.name,
        "state": one.state.value,
        "host": report.host,
        "local": one.local,
        "pid": report.pid,
        "children": list(report.children),
        "pool": report.pool,
        "slots": report.slots,
        "busy": report.busy,
        "queues": list(report.queues),
        "doing": [dict(task) for task in report.doing],
        "memory_mb": rounded(report.memory_mb),
        "languages": list(report.languages),
        "version": report.version,
        "ours": one.ours,
        "condition": one.condition.value,
        "cause": one.cause,
        "pages_per_minute": one.pages_per_minute,
        "autoscale": None if report.autoscale is None else list(report.autoscale),
        "paused": list(report.paused),
        "disk_free_mb": rounded(report.disk_free_mb),
        "tools": dict(report.tools),
        "started": moment(report.started),
        "silent_s": rounded(report.silent_s),
    }


def local(one: LocalWorker, figures: WorkerFigures | None) -> Shape:
    """A worker that was started on this machine."""
    processes = figures.processes if figures else ()
    return {
        "name": one.name,
        "state": one.state,
        "profile": one.profile,
        "why": one.sentence,
        "pid": one.pid,
        "supervisor": one.supervisor.pid if one.supervisor else None,
        "slots": one.concurrency,
        "queues": list(one.queues),
        "stops_with_console": one.stops_with_console,
        "restarts": one.restarts,
        "log": str(one.log),
        "memory_mb": figures.memory_mb if figures else None,
        "cpu_percent": figures.cpu_percent if figures else None,
        "processes": [
            {"pid": each.pid, "role": each.role, "memory_mb": each.memory_mb, "cpu_percent": each.cpu_percent}
            for each in processes
        ],
    }


def queue(one: Queue) -> Shape:
    """A queue in numbers."""
    return {
        "queue": one.queue,
        "ready": one.ready,
        "held": one.held,
        "running": one.running,
        "delayed": one.delayed,
        "oldest_s": rounded(one.oldest_s),
        "paused": one.paused,
        "pages": one.pages,
        "pages_in": one.pages_in,
        "pages_out": one.pages_out,
        "workers": list(one.workers),
        "slots": one.slots,
        "utilisation": rounded(one.utilisation),
        "estimated": one.estimated,
    }


def peek(what: Peek) -> Shape:
    """The first messages of a queue, in the order in which they will run, and those that workers have."""
    return {"queue": what.queue, "ready": [_seen(one) for one in what.ready], "held": [_seen(one) for one in what.held]}


def _seen(seen: Seen) -> Shape:
    one = seen.message
    return {
        "task": one.task,
        "id": one.id,
        "job": None if one.job is None else str(one.job),
        "name": seen.name or None,
        "state": seen.state or None,
        "priority": one.priority,
        "age_s": rounded(seen.age_s),
        "bytes": one.bytes,
        "arguments": one.arguments,
        "eta": one.eta,
        "ours": one.ours,
        "worker": seen.worker,
        "running": seen.running,
    }
