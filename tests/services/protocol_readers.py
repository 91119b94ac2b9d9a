"""Processes that read as `worker/reading.py` does, step by step, with no engine; a dead one may go on all the same."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Engine

from tests.services.queued_jobs import HASH, change, uploading
from worker.core.admission import Arrived
from worker.core.errors import CorruptFile, OcrConsoleError, StorageError, UsageError
from worker.core.jobs import Options, Output, Page, State, TaskKind
from worker.core.lease import Lease, LeaseLost
from worker.core.leases import Leases
from worker.core.page_range import page_numbers
from worker.core.spreading import IN_ONE_TASK, shares
from worker.core.store import Store

TAKEN = 3  # pages in one transaction
LEASE_S = 600.0  # none runs out by itself: the tests say when


def document(store: Store, pages: int, chosen: str = "", batch: UUID | None = None) -> UUID:
    """A job that is being uploaded; its name says how many pages there are."""
    return uploading(store, f"{pages}.pdf", options=Options(pages=chosen), batch_id=batch)


def arrived(job: UUID, password: bytes | None) -> Arrived:
    return Arrived(job, f"uploads/{job}/source.pdf", 1234, HASH, "application/pdf", None, password)


class Reader:
    """One process and the task it claimed, as it believes."""

    def __init__(self, store: Store, leases: Leases, lease: Lease, pid: int) -> None:
        self.lease = lease
        self.pid = pid
        self.over = False  # it said its last word
        self._store = store
        self._leases = leases
        job = store.job(lease.job_id)
        self._wanted = page_numbers(job.options.pages, int(job.name.partition(".")[0]))
        settled = store.settled_pages(job.id)
        self._todo = [number for number in self._wanted if self._is_mine(number) and number not in settled]
        self._begun = False

    def step(self, state: str = "done", slots: int = 2) -> bool | None:
        """Do what comes next: look at a page, settle it, or end. Whether that counted; None if no answer tells."""
        if not self._wanted:
            return self.fail(UsageError("It has none of these pages."))
        if self.lease.kind is TaskKind.READ and not self._begun:
            if state == "taken" and self._todo:
                return self._take()
            if len(self._todo) > IN_ONE_TASK:
                return self._spread(slots)
        if not self._todo:
            return self._end()
        return self._page("done" if state == "taken" else state) if self._begun else self._begin()

    def fail(self, error: OcrConsoleError, *, outage: bool = False) -> bool:
        self.over = True
        return self._leases.fail(self.lease, error, traceback="Traceback", outage=outage) is not None

    def give_back(self) -> bool:
        self.over = True
        return self._leases.give_back(self.lease, StorageError("Out of time."))

    def renew(self) -> bool:
        return self._leases.renew(self.lease)

    def _is_mine(self, number: int) -> bool:
        first, last = self.lease.first_page, self.lease.last_page
        return first is None or last is None or first <= number <= last

    def _begin(self) -> bool:
        self._begun = True
        return counts(lambda: self._leases.begin_page(self.lease, self._todo[0]))

    def _page(self, state: str) -> bool:
        number = self._todo.pop(0)
        following = self._todo[0] if self._todo else None
        page = Page(number, state, confidence=90, words=3, hocr_key=f"{self._prefix}pages/{number}.hocr")
        if state == "failed":
            page = Page(number, state, error_class="timed_out", error="Too slow.")
        return counts(lambda: self._leases.progress(self.lease, page, len(self._wanted), next_page=following))

    def _take(self) -> bool:
        """The pages that have good text, as if it were the first ones, in one transaction."""
        some, self._todo = self._todo[:TAKEN], self._todo[TAKEN:]
        pages = [Page(number, "done", source="text", confidence=100, words=3) for number in some]
        return counts(lambda: self._leases.settle(self.lease, pages, len(self._wanted)))

    def _spread(self, slots: int) -> bool:
        self.over = True
        parts = shares(self._todo, slots)
        return bool(self._leases.spread(self.lease, parts, pages=len(self._wanted), seconds=0.5))

    def _end(self) -> bool | None:
        self.over = True
        if self.lease.kind is TaskKind.PAGES:
            self._leases.finish_pages(self.lease, pages=len(self._wanted), seconds=1.0)
            return None
        if all(page.state == "failed" for page in self._store.pages(self.lease.job_id)):
            return self.fail(CorruptFile("No page of it could be read."))
        outputs = {"txt": Output(f"{self._prefix}txt", 5, "ab")}
        return self._leases.finish(self.lease, outputs=outputs, pages=len(self._wanted), engine={}, seconds=1.0)

    @property
    def _prefix(self) -> str:
        return f"results/{self.lease.job_id}/{self.lease.task_id}-{self.lease.attempt}/"


def counts(write: Callable[[], None]) -> bool:
    try:
        write()
    except LeaseLost:
        return False
    return True


def claim(store: Store, leases: Leases, task: UUID, worker: str, pid: int) -> Reader | None:
    """A process of a worker answers a doorbell. None: not its work."""
    lease = leases.claim(task, worker, message_id=f"m-{task}")
    if lease is None:
        return None
    fenced = "where id = :task and attempt = :attempt and status = 'running'"
    change(store.engine, f"update tasks set pid = :pid {fenced}", pid=pid, task=task, attempt=lease.attempt)
    return Reader(store, leases, lease, pid)


def work_off(engine: Engine) -> None:
    """A worker that never fails, and a housekeeper, until nothing is left to do; who is silent now stays silent."""
    store, leases, housekeeper = Store(engine), Leases(engine, lease_s=LEASE_S), Leases(engine, lease_s=0.1)
    change(engine, "update queues set paused = false; update batches set paused = false")
    for _ in range(100):
        change(engine, "update tasks set lease_until = clock_timestamp() - interval '1 s' where status = 'running'")
        housekeeper.reap()
        change(engine, "update tasks set not_before = clock_timestamp() where status = 'queued'")
        waiting = [job.id for job in store.jobs().rows if job.state in {State.QUEUED, State.RUNNING}]
        if not waiting:
            return
        for task in filter(None, map(store.next_task, waiting)):
            reader = claim(store, leases, task, "good@desk", 1)
            while reader is not None and not reader.over:
                reader.step()
    raise AssertionError("It never ends.")
