"""What is known of a worker, as lines of facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from console.ui import words
from console.ui.kit.facts import Known

if TYPE_CHECKING:
    from console.ops.fleet import Worker

translate = QCoreApplication.translate
LITTLE_MB = 2_000  # of disk


def facts(worker: Worker) -> list[Known]:
    """The lines; what nobody knows has none."""
    return [fact for fact in (*_kind(worker), *_means(worker)) if fact.value]


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


def _process(worker: Worker) -> str:
    report = worker.report
    if not report.pid:
        return report.host
    return translate("Workers", "{host}, {pid}").format(host=report.host, pid=str(report.pid))
