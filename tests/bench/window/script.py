"""What somebody does in the window while it is measured; runs on a thread of its own."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

import psutil
from sqlalchemy import text

from worker.core.database import single
from worker.core.filters import JobFilter
from worker.core.jobs import State

if TYPE_CHECKING:
    from console.app import Console
    from console.bridge.job_feed import JobFeed
    from tests.bench.window.probe import First, Pulse
    from tests.end2end.hand import Hand

INDEXED = ("updated", "created")
OTHERS = ("name", "pages", "mean_confidence")
EVERY_S = 4.0  # something is asked
RATE = 1000  # changes a second
SETTLE_S = 5.0
MEGABYTE = 1_000_000


class Script:
    """Idle, then under load; it tells its parent on stdout what the other side is to do, and hears what came of it."""

    def __init__(self, console: Console, first: tuple[First, First], pulse: Pulse, hand: Hand, spawned: float) -> None:
        self._console, self._pulse, self._hand, self._spawned = console, pulse, hand, spawned
        self._paint, self._rows = first
        self._process = psutil.Process()
        self._loaded = threading.Event()
        self._loaded_at = 0.0

    def run(self) -> dict[str, Any]:
        """All figures."""
        seconds = float(self._ask("seconds"))
        figures: dict[str, Any] = self._beginning()
        if not seconds:
            return figures
        figures["idle_cpu"], figures["idle_rss_mb"] = self._idle(min(seconds / 4, 30))
        figures |= self._loaded_window(seconds)
        figures |= self._lost()
        figures |= self._burst()
        return figures

    def _ask(self, *words: object) -> str:
        print(*words, flush=True)
        return sys.stdin.readline().strip()

    def _beginning(self) -> dict[str, float]:
        self._wait(lambda: self._paint.at is not None, "the first paint")
        self._wait(lambda: self._rows.at is not None, "the first rows")
        self._hand(lambda: self._feed.loaded.connect(self._note))
        assert self._paint.at is not None
        assert self._rows.at is not None
        first_rows = self._rows.at
        return {
            "first_paint_s": round(self._paint.at - self._spawned, 3),
            "first_rows_s": round(max(first_rows - self._paint.at, 0.0), 3),
        }

    def _idle(self, seconds: float) -> tuple[float, float]:
        time.sleep(8)
        used = self._cpu_s()
        began = time.monotonic()
        time.sleep(seconds)
        share = (self._cpu_s() - used) / (time.monotonic() - began)
        return round(share, 4), self._rss_mb()

    def _loaded_window(self, seconds: float) -> dict[str, Any]:
        self._ask("change", RATE)
        time.sleep(SETTLE_S)
        self._hand(self._pulse.start)
        used, began = self._cpu_s(), time.monotonic()
        memory = [self._rss_mb()]
        seen: list[float] = []
        times: dict[str, list[float]] = {}
        questions = self._questions()
        while (now := time.monotonic()) < began + seconds:
            name, asked = questions[len(seen) % len(questions)]
            times.setdefault(name, []).append(self._time(asked))
            self._time(lambda: self._feed.ask(JobFilter(states=frozenset({State.RUNNING})), "created", True))
            seen.append(self._visible())
            self._time(lambda: self._feed.ask(JobFilter(), "updated", True))
            memory.append(self._rss_mb())
            time.sleep(max(0.0, now + EVERY_S - time.monotonic()))
        late = self._hand(self._pulse.stop)
        assert isinstance(late, list)
        load = (self._cpu_s() - used) / (time.monotonic() - began)
        changes = float(self._ask("change", 0)) / (time.monotonic() - began + SETTLE_S)
        half = len(memory) // 2
        ordered = sorted(late)
        return {
            "loop_p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 1),
            "loop_max_ms": round(ordered[-1] * 1000, 1),
            "loop_own_max_ms": round(max(self._pulse.own) * 1000, 1),
            "loop_beats": len(ordered),
            "load_cpu": round(load, 3),
            "changes_per_s": round(changes),
            "rss_start_mb": memory[0],
            "rss_half_mb": round(median(memory[half : half + 5]), 1),
            "rss_end_mb": round(median(memory[-5:]), 1),
            "change_visible_s": round(p95(seen), 3),
            "change_visible_median_s": round(median(seen), 3),
            "filter_s": round(p95(times["filter by state"] + times["filter by batch"]), 3),
            "search_s": round(p95(times["search"]), 3),
            "sort_s": round(p95([one for order in INDEXED for one in times[f"sort by {order}"]]), 3),
            "page_s": round(p95(times["next page"]), 3),
            "others_s": {name: round(p95(got), 3) for name, got in times.items()},
        }

    def _questions(self) -> list[tuple[str, Callable[[], object]]]:
        feed = self._feed
        with single(self._engine) as connection:
            batch = connection.scalar(text("select name from batches order by created_at limit 1"))
        asks: list[tuple[str, Callable[[], object]]] = [
            ("filter by state", lambda: feed.ask(JobFilter(states=frozenset({State.FAILED})), "updated", True)),
            ("filter by batch", lambda: feed.ask(JobFilter(batches=frozenset({batch})), "updated", True)),
            ("search", lambda: feed.ask(JobFilter(text="Rechnung Nord"), "updated", True)),
            ("next page", feed.model.wanted.emit),
        ]
        asks += [(f"sort by {order}", partial(feed.ask, JobFilter(), order, False)) for order in (*INDEXED, *OTHERS)]
        return asks

    def _visible(self) -> float:
        """From a change that is committed to the moment when the table has it."""
        model = self._feed.model
        rows = self._hand(lambda: [row.id for row in model.rows[:20]])
        assert isinstance(rows, list)
        job, mark = rows[len(rows) // 2], f"seen {time.time():.3f}"
        with single(self._engine) as connection:
            connection.execute(text("update jobs set name = :name where id = :id"), {"name": mark, "id": job})
        began = time.monotonic()

        def is_there() -> bool:
            place = model.place(job)
            return place is not None and model.row(place).name == mark

        self._wait(lambda: bool(self._hand(is_there)), "the change", every=0.02)
        return time.monotonic() - began

    def _lost(self) -> dict[str, float]:
        name = "ocr7@scan-01"
        since = float(self._ask("lose", name))
        found: dict[str, float] = {}

        def state() -> str:
            shown = getattr(self._console, "snapshot", None)
            states = {worker.name: str(worker.state) for worker in shown.workers} if shown else {}
            return states.get(name, "?")

        self._wait(lambda: state() not in {"online", "?"}, "the silence", every=0.05)
        found["not_online_s"] = round(time.time() - since, 2)
        self._wait(lambda: state() == "lost", "the loss", every=0.05)
        found["lost_worker_s"] = round(time.time() - since, 2)
        return found

    def _burst(self) -> dict[str, Any]:
        before, count = self._total(), 50_000
        took = float(self._ask("burst", count, 4))
        began = time.monotonic()
        self._wait(lambda: self._total() - before == count, "the burst")
        return {"burst_jobs": count, "burst_s": took, "burst_counted_s": round(time.monotonic() - began, 2)}

    def _total(self) -> int:
        shown = getattr(self._console, "snapshot", None)
        return sum(shown.counts.values()) if shown else 0

    def _time(self, act: Callable[[], object]) -> float:
        self._loaded.clear()
        began = time.perf_counter()
        self._hand(act)
        if not self._loaded.wait(20):
            return 20.0
        return self._loaded_at - began

    def _note(self) -> None:
        self._loaded_at = time.perf_counter()
        self._loaded.set()

    @property
    def _feed(self) -> JobFeed:
        """Of the page that is there by now."""
        return self._console.jobs.feed

    @property
    def _engine(self) -> Any:
        return self._console.services.engine

    def _wait(self, fact: Callable[[], bool], what: str, *, seconds: float = 60, every: float = 0.01) -> None:
        end = time.monotonic() + seconds
        while not fact():
            if time.monotonic() > end:
                raise TimeoutError(what)
            time.sleep(every)

    def _cpu_s(self) -> float:
        used = self._process.cpu_times()
        return float(used.user + used.system)

    def _rss_mb(self) -> float:
        return round(self._process.memory_info().rss / MEGABYTE, 1)


def p95(values: list[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return sorted(values)[min(int(len(values) * 0.95), len(values) - 1)]
