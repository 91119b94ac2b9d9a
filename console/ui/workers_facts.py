"""What is known of a worker, as lines of facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication

from console.ui import words
from console.ui.kit.facts import Known
from console.ui.workers_missing import LITTLE_MB
from worker.core.jobs import TASK_NAME

if TYPE_CHECKING:
    from console.ops.fleet import Worker
    from console.ops.inspecting import Inspected

translate = QCoreApplication.translate


def facts(worker: Worker, inspected: Inspected | None) -> list[Known]:
    """The lines, also of what it answered when it was asked; what nobody knows has none."""
    asked = _asked(inspected) if inspected is not None else ()
    return [fact for fact in (*_kind(worker), *_means(worker), *asked) if fact.value]


def _kind(worker: Worker) -> Sequence[Known]:
    report = worker.report
    program = report.version if worker.ours else translate("Workers", "another program's")
    scale = ""
    if report.autoscale is not None:
        most, fewest = map(words.number, report.autoscale)
        scale = translate("Workers", "from {fewest} to {most}").format(fewest=fewest, most=most)
    return (
        Known(translate("Workers", "Version"), program),
        Known(translate("Workers", "Host, process"), _process(worker)),
        Known(translate("Workers", "Pool"), report.pool if worker.ours else ""),
        Known(translate("Workers", "Processes"), words.number(report.slots) if report.slots else ""),
        Known(translate("Workers", "Scales itself"), scale),
    )


def _means(worker: Worker) -> Sequence[Known]:
    report = worker.report
    memory = "" if report.memory_mb is None else words.size(report.memory_mb * 1e6)
    each = "" if report.memory_mb is None else words.size(report.memory_mb * 1e6 / (len(report.children) + 1))
    disk = "" if report.disk_free_mb is None else words.size(report.disk_free_mb * 1e6)
    short = report.disk_free_mb is not None and report.disk_free_mb < LITTLE_MB
    tools = ", ".join(f"{name} {version}" for name, version in report.tools.items())
    return (
        Known(translate("Workers", "Memory"), memory),
        Known(translate("Workers", "Memory for one process"), each),
        Known(translate("Workers", "Disk that is free"), disk, "warn" if short else "text"),
        Known(translate("Workers", "Languages"), ", ".join(report.languages)),
        Known(translate("Workers", "Tools"), tools),
        Known(translate("Workers", "Takes work from"), ", ".join(report.queues)),
        Known(translate("Workers", "Paused queues"), ", ".join(report.paused), "warn"),
    )


def _asked(inspected: Inspected) -> Sequence[Known]:
    if not inspected.answered:
        title, why = translate("Workers", "Asked just now"), translate("Workers", "it does not answer")
        return (Known(title, why, "warn"),)
    conf, limits = inspected.conf, inspected.limits.get(TASK_NAME)
    cap, renewed = conf.get("worker_max_memory_per_child"), conf.get("worker_max_tasks_per_child")
    return (
        Known(translate("Workers", "Tasks done"), words.number(sum(inspected.processed.values()))),
        Known(translate("Workers", "Taken, not begun"), words.number(len(inspected.reserved))),
        Known(translate("Workers", "Waiting for their time"), words.number(len(inspected.scheduled))),
        Known(translate("Workers", "May hold at a time"), _prefetch(inspected.prefetch)),
        Known(translate("Workers", "Time for a task"), _time(inspected)),
        Known(translate("Workers", "Tasks begun at most"), limits.rate if limits is not None else ""),
        Known(translate("Workers", "Most memory of a process"), words.size(cap * 1024) if isinstance(cap, int) else ""),
        Known(translate("Workers", "A process is renewed after"), _tasks(renewed)),
        Known(translate("Workers", "Processor time"), "" if inspected.cpu_s is None else words.about(inspected.cpu_s)),
    )


def _time(inspected: Inspected) -> str:
    """As it was set on the worker, or for all of its tasks; in seconds, as it is set."""
    limits, conf = inspected.limits.get(TASK_NAME), inspected.conf
    soft, hard = (limits.soft_s, limits.hard_s) if limits is not None and limits.hard_s else _all_tasks(conf)
    if not isinstance(hard, int | float) or not hard:
        return ""
    if not isinstance(soft, int | float) or not soft:
        return translate("Workers", "{hard} s").format(hard=words.number(round(hard)))
    text = translate("Workers", "{soft} s, at most {hard} s")
    return text.format(soft=words.number(round(soft)), hard=words.number(round(hard)))


def _all_tasks(conf: Mapping[str, Any]) -> tuple[Any, Any]:
    return conf.get("task_soft_time_limit"), conf.get("task_time_limit")


def _prefetch(count: int | None) -> str:
    if count is None:
        return ""
    one, many = translate("Workers", "{n} message"), translate("Workers", "{n} messages")
    return words.counted(count, one, many) if count else translate("Workers", "any number")


def _tasks(count: object) -> str:
    if not isinstance(count, int):
        return ""
    return words.counted(count, translate("Workers", "{n} task"), translate("Workers", "{n} tasks"))


def _process(worker: Worker) -> str:
    report = worker.report
    if not report.pid:
        return report.host
    return translate("Workers", "{host}, {pid}").format(host=report.host, pid=str(report.pid))
