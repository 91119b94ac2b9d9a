"""What is wanted of a worker, wherever it was pressed; and why some of it cannot be done with some workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QObject, Signal

if TYPE_CHECKING:
    from console.ops.fleet import Worker

translate = QCoreApplication.translate
GROWING: Final = frozenset({"", "prefork", "gevent", "eventlet"})  # pools whose size can change; "": not known

ENDLESS: Final = frozenset({"solo", "threads"})  # pools that cannot end a task


class WorkerWishes(QObject):
    """One for the page; whoever can do it is connected to it."""

    resize = Signal(str, int)  # a worker, and how many processes more, or less
    autoscale = Signal(str, int, int)  # a worker, most and fewest processes
    consume = Signal(str, str, bool)  # a worker, a queue, and whether it takes work from it
    limit_rate = Signal(str, str)  # a worker, and "10/m"; "0" for no limit
    limit_time = Signal(str, int, int)  # a worker, seconds until a task is told to end, and until it is ended; 0: none
    ping = Signal(str)
    stop = Signal(object)  # Worker: when it has ended what it does
    forget = Signal(list)  # list[str]: workers that are lost
    log = Signal(str)  # of a worker of this machine
    details = Signal(str)


def why_no_talk(worker: Worker) -> str:
    """Why nothing can be asked of it; "" if it can."""
    return translate("Workers", "It is lost: nothing reaches it.") if worker.state == "lost" else ""


def why_no_resize(worker: Worker, pool: str) -> str:
    """Why its size cannot be changed; `pool` is the kind that it has, "" if that is not known."""
    if worker.report.autoscale is not None:
        return translate("Workers", "It sets its size by itself: change its bounds instead.")
    return why_no_talk(worker) or _fixed(pool)


def why_no_autoscale(worker: Worker, pool: str) -> str:
    """Why it cannot be told the bounds of its size."""
    if worker.ours and worker.report.autoscale is None:
        return translate("Workers", "It was started with a fixed size: change that instead.")
    return why_no_talk(worker) or _fixed(pool)


def why_no_time_limit(worker: Worker, pool: str) -> str:
    """Why how long a task takes cannot be bounded."""
    if pool in ENDLESS:
        return translate("Workers", "A pool of the kind “{pool}” cannot end a task.").format(pool=pool)
    return why_no_talk(worker)


def why_no_forget(worker: Worker) -> str:
    """Why it must not be forgotten."""
    return "" if worker.state == "lost" else translate("Workers", "Only a lost worker can be forgotten.")


def _fixed(pool: str) -> str:
    if pool in GROWING:
        return ""
    return translate("Workers", "A pool of the kind “{pool}” cannot change its size.").format(pool=pool)
