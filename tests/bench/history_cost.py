"""What the history costs the database: a million jobs, 50 queues, 20 workers, 1,000 changes a second.

    python -m tests.bench.history_cost [--jobs 1000000] [--rounds 10] [--home DIR] [--explain]

Before each round as many jobs change as do in ten seconds, with the pages that were read of them. Then a round of the
sampler is timed, and what a console asks: groups of failures, and series of an hour, a day and a week out of tables as
full as they become. The last line is one JSON object, in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, text

from console.ops.stack import Stack
from tests.bench.million import WORKERS, fill
from tests.services.stack_homes import temporary_home
from worker.core.answers import silent_for
from worker.core.broker import Broker
from worker.core.database import open_engine, single, transaction
from worker.core.failures import failures
from worker.core.history import TIERS, History, floor
from worker.core.sampling import STEP_S, Sampler
from worker.core.schema import upgrade
from worker.core.store import Store, WorkerReport

CHANGES_A_SECOND = 1_000
QUEUES = 50
PAGES = 4  # read of each job that changed
CHURN = """
with chosen as (select id from jobs where state = 'DONE' offset :skip limit :many),
    changed as (update jobs set started_at = :at, finished_at = :at, attempts = 1 where id in (select id from chosen)
        returning id)
insert into pages (job_id, number, state, seconds, read_at)
select id, n, 'done', n / 10.0, :at from changed, generate_series(1, :pages) n
on conflict (job_id, number) do update set read_at = excluded.read_at"""
HISTORY = """
insert into history (step, queue, at, covered_s, waiting, running, added, begun, done, failed, pages, wait_p50_s,
    wait_p95_s, slots, busy)
select :step, q.name, t.at, :step, 5, 1, 2, 2, 2, 0, 9, 1.5, 3.5, 4, 2
from generate_series(cast(:since as timestamptz), :until, make_interval(secs => :step)) t (at),
    (select name from queues union select '') q"""


def main() -> None:
    """Fill, measure, print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--jobs", type=int, default=1_000_000)
    words.add_argument("--rounds", type=int, default=10)
    words.add_argument("--home", type=Path, help="a home of the embedded stack: its work is thrown away")
    words.add_argument("--explain", action="store_true", help="print the plans of the last round")
    asked = words.parse_args()
    with nullcontext(asked.home) if asked.home else temporary_home() as home, Stack(home) as stack:
        stack.up(keep=asked.home is not None)
        engine, broker = open_engine(stack.settings(), application="bench"), Broker(stack.settings())
        upgrade(engine)
        fill(engine, asked.jobs, QUEUES)
        _fill_history(engine)
        figures = _sampled(engine, Sampler(engine, broker), asked.rounds, explain=asked.explain)
        figures |= _asked(engine, asked.rounds)
        broker.close()
        engine.dispose()
    print(json.dumps({"jobs": asked.jobs, "changes_a_second": CHANGES_A_SECOND, "queues": QUEUES, **figures}))


def _fill_history(engine: Engine) -> None:
    """As full as it becomes, up to some minutes ago."""
    now = floor(datetime.now(UTC), TIERS[-1].step_s)
    with silent_for(600), transaction(engine) as connection:
        connection.execute(text("set local statement_timeout = 0"))
        connection.execute(text("truncate history, incidents"))
        for tier in TIERS:
            span = {"since": now - timedelta(seconds=tier.kept_s), "until": now - timedelta(seconds=tier.step_s)}
            connection.execute(text(HISTORY), {"step": tier.step_s, **span})
    with silent_for(600), single(engine) as connection:
        connection.execute(text("analyze history"))
    store = Store(engine)
    for number in range(WORKERS):
        store.put_worker(WorkerReport(f"ocr{number}@bench", "bench", 1, "1", slots=4, busy=4, queues=("ocr",)))


def _sampled(engine: Engine, sampler: Sampler, rounds: int, *, explain: bool) -> dict[str, float]:
    took = list[float]()
    for number in range(rounds):
        time.sleep(STEP_S - time.time() % STEP_S)
        begins = floor(datetime.now(UTC), STEP_S)
        _change(engine, begins, number)
        with _explained(engine) if explain and number == rounds - 1 else nullcontext():
            took.append(_timed(lambda begins=begins: sampler.sample_span(begins)))  # type: ignore[misc]
    return {"round_ms": round(statistics.median(took), 1), "slowest_round_ms": round(max(took), 1)}


def _change(engine: Engine, at: datetime, number: int) -> None:
    many = CHANGES_A_SECOND * STEP_S
    values = {"skip": number * many, "many": many, "at": at + timedelta(seconds=1), "pages": PAGES}
    with silent_for(600), transaction(engine) as connection:
        connection.execute(text("set local statement_timeout = 0"))
        connection.execute(text(CHURN), values)


def _asked(engine: Engine, rounds: int) -> dict[str, float]:
    history, now = History(engine), datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0)
    questions: dict[str, Callable[[], object]] = {
        "failures_ms": lambda: failures(engine, midnight),
        "hour_ms": lambda: history.series("", now - timedelta(hours=1), now, 10),
        "day_ms": lambda: history.series("ocr", now - timedelta(days=1), now, 300),
        "week_ms": lambda: history.series("ocr", now - timedelta(days=7), now, 600),
        "queues_ms": history.queues,
    }
    return {name: round(statistics.median(_timed(ask) for _ in range(rounds)), 1) for name, ask in questions.items()}


def _timed(ask: Callable[[], object]) -> float:
    began = time.monotonic()
    ask()
    return 1_000 * (time.monotonic() - began)


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    """Print the plan of every question that is asked within."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.lstrip().startswith(("select", "with")):
            sent.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)
    with single(engine) as connection:
        for statement, values in sent:
            print(*connection.exec_driver_sql(f"explain (analyze, buffers) {statement}", values).scalars(), sep="\n")


if __name__ == "__main__":
    main()
