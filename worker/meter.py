"""What a worker's processes count of their work, for Prometheus. Every label is one of a few known words."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

PAGE_S = (0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 30, 60, 180)
TASK_S = (0.5, 1, 2, 5, 10, 20, 40, 80, 160, 320, 640)
WAIT_S = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400)


class Meter:
    """The counters of one process. Without a page for them they are a few numbers in memory."""

    def __init__(self) -> None:
        own = CollectorRegistry()
        self._waits = Histogram("ocr_queue_wait_seconds", "From due to taken up", registry=own, buckets=WAIT_S)
        self._tasks = Histogram("ocr_task_seconds", "An attempt at a task", ["kind"], registry=own, buckets=TASK_S)
        self._page_seconds = Histogram("ocr_page_seconds", "Reading a page", registry=own, buckets=PAGE_S)
        self._pages = Counter("ocr_pages", "Pages that came to an end", ["state"], registry=own)
        self._jobs = Counter("ocr_jobs", "Jobs that came to an end here", ["state"], registry=own)
        self._failures = Counter("ocr_failures", "What failed, by class", ["what", "error_class"], registry=own)
        self._renewals = Counter("ocr_lease_renewals", "Leases asked to go on", ["answer"], registry=own)

    def taken_up(self, waited_s: float) -> None:
        """A task, so long after it was due."""
        self._waits.observe(max(waited_s, 0.0))

    def attempted(self, kind: str, seconds: float) -> None:
        """A task, however that ended."""
        self._tasks.labels(kind).observe(seconds)

    def page(self, state: str, seconds: float, error_class: str | None) -> None:
        """A page was settled."""
        self._pages.labels(state).inc()
        self._page_seconds.observe(seconds)
        if error_class:
            self._failures.labels("page", error_class).inc()

    def attempt_failed(self, error_class: str) -> None:
        """Of a task, for good or to be tried again."""
        self._failures.labels("attempt", error_class).inc()

    def job(self, state: str) -> None:
        """A job is done or has failed."""
        self._jobs.labels(state).inc()

    def renewal(self, answer: str) -> None:
        """`renewed`, `refused`, or `unanswered` while the database is away."""
        self._renewals.labels(answer).inc()
