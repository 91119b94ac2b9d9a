"""The page of queues and workers with an invented fleet, and steps of its tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtTest import QTest

from console.bridge.background import Background
from console.bridge.remembered import Remembered
from console.bridge.table import LOOK_ROLE
from console.ops.condition import Signs, judged
from console.ops.contradictions import Contradiction, elsewhere, stray
from console.ops.fleet import Condition, Presence, Queue, Worker
from console.ops.inspecting import Inspected, Pool, Told
from console.ops.peeking import Peek, Seen
from console.ops.purge import Waiting
from console.ops.snapshot import Snapshot
from console.ops.worker_figures import ProcessFigures, WorkerFigures
from console.ops.worker_options import WorkerOptions
from console.ops.worker_state import LocalWorker
from console.ui.kit.row_acts import ActTable, RowActs
from console.ui.kit.table_cells import PADDING
from console.ui.queues import QueuesPage
from tests.gui.invented import picture
from worker.core.cancels import WaitingBatch
from worker.core.peeking import Peeked
from worker.core.pulse import Running
from worker.core.said import said
from worker.core.strays import Stray, Strays
from worker.core.workers import WorkerReport

BEHIND: dict[str, Any] = {"languages": ("deu", "eng"), "disk_free_mb": 800.0, "version": "1.3.9", "ahead_s": -12.0}


def queues() -> tuple[Queue, ...]:
    """Four queues, one of them paused, one full."""
    return (
        Queue("ocr", 581, 20, 20, 12, 372.0, 4618, 148, 164, workers=("a", "b"), slots=24, utilisation=0.83),
        Queue("celery", 3, 0, 0, 0, 48.0, 3, 2, 2, workers=("a",), slots=8, utilisation=0.1),
        Queue("ocr.bigmem", 9, 1, 1, 0, 160.0, 9, 1, 1, workers=("gpu1@halle",), slots=1, utilisation=1.0),
        Queue("ocr.bulk", 97, oldest_s=1860.0, pages=762, paused=True),
    )


def running(worker: str, name: str, first: int | None, last: int | None, for_s: float = 12.0) -> Running:
    return Running(UUID(int=1), UUID(int=2), name, "pages", "ocr", worker, "m", first, last, first, for_s, 20.0)


def worker(name: str, busy: int, slots: int, *work: Running, state: Presence = Presence.ONLINE, **given) -> Worker:
    """One of ours; `given` are values of its report, and `cause`, `condition`, `local`, `ours`, `pages_per_minute`."""
    known: dict[str, Any] = {
        key: given.pop(key) for key in ("cause", "condition", "local", "ours", "pages_per_minute") if key in given
    }
    host = name.partition("@")[2]
    values = {
        "pid": 4711, "version": "1.4.0", "queues": ("ocr",), "languages": ("deu", "eng", "vie"), "disk_free_mb": 86e3,
        "tools": {"tesserocr": "2.7.1", "pdfium": "6462"}, "children": tuple(range(slots)), "memory_mb": 660.0 * slots,
        "started": datetime.now(UTC) - timedelta(hours=9), "silent_s": 0.4, "pool": "prefork", **given,
    }  # fmt: skip
    report = WorkerReport(name=name, host=host, slots=slots, busy=busy, **values)
    return Worker(report, state, **{"local": False, **known, "doing": work})


def fleet() -> tuple[Worker, ...]:
    """Six workers: four at work, one silent, one lost."""
    plans = "Baupläne Halle 7.pdf"
    long = running("d", plans, 33, 33, 44)
    return (
        worker(
            "ocr1@scan-01", 8, 8, running("a", "Hợp đồng thuê nhà số 114.pdf", 17, 24), running("a", plans, 1, 8),
            local=True, queues=("celery", "ocr"), pages_per_minute=61,
        ),
        worker("ocr2@scan-01", 6, 8, running("b", plans, 41, 48), local=True, pages_per_minute=44),
        worker(
            "ocr1@scan-02", 4, 4, running("c", "采购合同_2026-0917.pdf", 1, 8), queues=("ocr",), paused=("ocr.bulk",),
            pages_per_minute=38,
        ),
        worker("ocr1@desk-14", 0, 4, pages_per_minute=21, **BEHIND),
        worker(
            "gpu1@halle", 1, 1, long, state=Presence.SILENT, silent_s=41.0, pool="solo",
            queues=("ocr.bigmem",), condition=Condition.BUSY, cause=judged(Signs(41.0, "solo", [long]))[2],
        ),
        worker(
            "ocr1@scan-03", 0, 4, state=Presence.LOST, silent_s=360.0,
            cause=judged(Signs(360.0, process=Condition.GONE))[2],
        ),
    )  # fmt: skip


def shown(**values) -> Snapshot:
    """A picture of that fleet; `values` are Facts."""
    now = datetime.now(UTC)
    facts = {"queues": queues(), "queues_at": now, "workers": fleet(), "pages_per_minute": 164, **values}
    return picture(at=now, **facts)


def local_worker(name: str, log: Path = Path("/tmp/none.log"), **given) -> LocalWorker:
    chosen = {key: given.pop(key) for key in WorkerOptions.__slots__ if key in given}
    values = {
        "profile": "production", "home": log.parent, "log": log, "embedded": False, "grace_s": 60.0,
        "state": "running", **given,
    }  # fmt: skip
    return LocalWorker(name=name, options=WorkerOptions(**{"name": name, "concurrency": 8, **chosen}), **values)


def here() -> list[LocalWorker]:
    """One that works, one that an earlier console started, one that waits to start again."""
    why = said("It was killed by signal {n}.", n=9)
    return [
        local_worker("ocr1@scan-01", stop_with_console=True),
        local_worker("ocr2@scan-01", restarts=2),
        local_worker("ocr3@scan-01", state="waiting", sentence=why),
    ]


class Here:
    """The workers of this machine, as a test says."""

    def __init__(self, *workers: LocalWorker) -> None:
        self.workers = workers
        self.adopted: set[str] = set()

    def listed(self) -> tuple[LocalWorker, ...]:
        return self.workers

    def is_mine(self, worker: LocalWorker) -> bool:
        return worker.name not in self.adopted

    def take(self, workers: Iterable[LocalWorker]) -> dict[str, WorkerFigures]:
        """What their processes take: one that reads and its supervisor."""
        processes = (ProcessFigures(1, "supervisor", 30.0, 0.0), ProcessFigures(2, "main", 610.0, 84.0))
        return {one.name: WorkerFigures(processes) for one in workers if one.state == "running"}


def page(background: Background, *, locked: bool = False, remembered: Remembered | None = None) -> QueuesPage:
    return QueuesPage(background, remembered or Remembered(background), locked=lambda: locked)


def message(place: int, name: str, *, job: bool = True, **given) -> Seen:
    """A message of a queue; `given` are values of it, and `worker`, `running`, `state`."""
    known: dict[str, Any] = {key: given.pop(key) for key in ("worker", "running", "state") if key in given}
    values = {
        "task": "ocr.run_job" if job else "shop.send_mail", "priority": 6, "age_s": 60.0 * place, "bytes": 812,
        "arguments": "[42, 'ann@example.com']", **given,
    }  # fmt: skip
    ids = (UUID(int=place + 1), UUID(int=place + 1)) if job else (None, None)
    seen = Peeked(id=f"m-{place}", job=ids[0], row=ids[1], eta=None, **values)
    return Seen(seen, name if job else "", **{"state": "QUEUED" if job else "", "age_s": seen.age_s, **known})


def peeked(queue: str) -> Peek:
    """Three messages that wait, one of them another program's, and two that workers have."""
    ready = (
        message(1, "Hợp đồng thuê nhà số 114.pdf", priority=0), message(2, "Baupläne Halle 7.pdf"),
        message(3, "", job=False),
    )  # fmt: skip
    held = (
        message(4, "Annual report 2011 (final).pdf", held=True, worker="ocr1@scan-01", running=True, state="RUNNING"),
        message(5, "采购合同_2026-0917.pdf", held=True),
    )
    return Peek(queue, ready, held)


def inspected(name: str) -> Inspected:
    """What a worker answers."""
    conf = {"task_time_limit": 600, "task_soft_time_limit": 540, "worker_max_memory_per_child": 1_048_576}
    told = Told("t-1", "ocr.run_job", "[]", "ocr")
    return Inspected(
        name, True, Pool("prefork", 8, ("ocr",)), 900.0, 8, {"ocr.run_job": 1204}, reserved=(told,), conf=conf
    )


def contradictions() -> tuple[Contradiction, ...]:
    """One that can be mended, one that can only be looked at."""
    return (
        *stray(Strays(unrung=(Stray("ocr", 3),))),
        *elsewhere([worker("ocr1@desk-14", 0, 4, seen=datetime.now(UTC))], {}, listening_s=60.0, now=0.0),
    )


class Recorder(QObject):
    """Acts that only remember what was wanted; `waiting` is what a purge would take."""

    acted = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.done: list[tuple[Any, ...]] = []
        self.waiting = Waiting(
            41, 97, 2, (WaitingBatch("Bauakten Halle 7", 30, 444), WaitingBatch(None, 11, 318)), 1860.0
        )

    def look_into(self, queue: str, done: Callable[[Waiting], None]) -> None:
        done(self.waiting)

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *given: self.done.append((name, *given))


def wanted(signal: Any) -> list[tuple[Any, ...]]:
    """What a signal tells from now on."""
    told: list[tuple[Any, ...]] = []
    signal.connect(lambda *given: told.append(given))
    return told


def column(table: ActTable, key: str) -> int:
    return next(place for place, one in enumerate(table.columns.columns) if one.key == key)


def click_act(table: ActTable, row: int, name: str) -> None:
    """Press one of the small buttons at the end of a row."""
    index = table.model().index(row, column(table, "acts"))
    look, rect = index.data(LOOK_ROLE), QRectF(table.visualRect(index)).adjusted(PADDING, 0, -PADDING, -1)
    assert isinstance(look, RowActs)
    place = next(place for act, place in look._placed(rect) if act.name == name)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place.center().toPoint())


def texts(table: ActTable, key: str) -> list[str]:
    model = table.model()
    return [model.index(row, column(table, key)).data() for row in range(model.rowCount())]
