"""How long each question about jobs takes among a million: orders, filters, words, deep pages, counts, lists of ids.

    python -m tests.bench.queries [--jobs 1000000] [--rounds 9] [--home DIR] [--only WORDS]

With --home the jobs that are there are asked about. Questions with an index of their own are to be answered within
0.1 s (p95), all others within 2 s. The last line is one JSON object: seconds as [p50, p95] for each, and the slowest.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from console.ops.stack import Stack
from tests.bench.million import fill
from tests.services.stack_homes import temporary_home
from worker.core.database import open_engine
from worker.core.filters import ORDERS, Cursor, JobFilter
from worker.core.jobs import Priority, State
from worker.core.schema import upgrade
from worker.core.spans import Span
from worker.core.store import Store

WALKED = ("updated", "created")
BATCHES = ("Bauakten Halle 6", "Hồ sơ thuế 31", "合同 50", "Annual reports 111", "Personalakten 190")
ONE = frozenset[str]


@dataclass(frozen=True)
class Asked:
    """A question; `indexed` ones are held to the short time."""

    name: str
    ask: Callable[[int], object]  # in round n
    indexed: bool


def main() -> None:
    """Ask everything and print the figures."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--jobs", type=int, default=1_000_000)
    words.add_argument("--rounds", type=int, default=9)
    words.add_argument("--home", type=Path)
    words.add_argument("--only", default="", help="questions whose name says it")
    asked = words.parse_args()
    with nullcontext(asked.home) if asked.home else temporary_home() as home, Stack(home) as stack:
        engine = open_engine(stack.settings(), application="bench", pool_size=2)
        upgrade(engine)
        if not asked.home:
            fill(engine, asked.jobs)
        print(json.dumps(_measured(Store(engine), asked.rounds, asked.only)))
        engine.dispose()


def _measured(store: Store, rounds: int, only: str) -> dict[str, object]:
    figures: dict[str, list[float]] = {}
    slowest = {True: 0.0, False: 0.0}
    for one in _questions(store):
        if only not in one.name:
            continue
        taken = sorted(_seconds(one.ask, number) for number in range(rounds))
        figures[one.name] = [taken[len(taken) // 2], taken[min(round(0.95 * len(taken)), len(taken) - 1)]]
        slowest[one.indexed] = max(slowest[one.indexed], figures[one.name][1])
        print(f"{one.name:60} {figures[one.name][0]:8.4f} {figures[one.name][1]:8.4f} {'' if one.indexed else 'other'}")
    return {"indexed_p95_s": slowest[True], "others_p95_s": slowest[False], "questions": figures}


def _seconds(ask: Callable[[int], object], number: int) -> float:
    began = time.perf_counter()
    ask(number)
    return round(time.perf_counter() - began, 4)


def _questions(store: Store) -> Iterator[Asked]:
    yield from _orders(store)
    yield from _filtered(store)
    for name, chosen, _ in FILTERS:  # for the figures on the chips, which come behind the rows
        yield Asked(f"counts of {name}", lambda n, c=chosen: store.counts(c(n)), False)  # type: ignore[misc]
    yield Asked("counts of all", lambda _: store.counts(), True)
    yield Asked("ids of the failed", lambda _: store.ids(JobFilter(states=frozenset({State.FAILED}))), False)
    yield Asked("ids of a batch", lambda n: store.ids(_batch(n)), False)


def _orders(store: Store) -> Iterator[Asked]:
    for order in ORDERS:
        for descending in (True, False):
            way = f"{order} {'desc' if descending else 'asc'}"
            deep = _deep(store, order)
            yield Asked(
                f"all by {way}",
                lambda _, o=order, d=descending: store.jobs(order=o, descending=d),  # type: ignore[misc]
                order in WALKED,
            )
            yield Asked(
                f"deep page by {way}",
                lambda _, o=order, d=descending, c=deep: store.jobs(after=c, order=o, descending=d),  # type: ignore[misc]
                order in WALKED,
            )


def _filtered(store: Store) -> Iterator[Asked]:
    for name, chosen, indexed in FILTERS:
        for order, descending in (("updated", True), ("created", False), ("name", False)):
            yield Asked(
                f"{name} by {order}",
                lambda n, c=chosen, o=order, d=descending: store.jobs(c(n), order=o, descending=d),  # type: ignore[misc]
                indexed and order in WALKED,
            )


def _deep(store: Store, order: str) -> Cursor:
    """Half way down by time, and anywhere by another order."""
    (job,) = store.jobs(JobFilter(finished=Span("45d")), order="finished", descending=False, limit=1).rows
    return Cursor(getattr(job, ORDERS[order].attribute), job.id)


def _batch(number: int) -> JobFilter:
    return JobFilter(batches=ONE({BATCHES[number % len(BATCHES)]}))


def _says(*texts: str) -> Callable[[int], JobFilter]:
    return lambda number: JobFilter(text=texts[number % len(texts)])


def _is(chosen: JobFilter) -> Callable[[int], JobFilter]:
    return lambda _number: chosen


FAILED, LIVE = frozenset({State.FAILED}), frozenset({State.QUEUED, State.RUNNING, State.FAILED})
FILTERS: tuple[tuple[str, Callable[[int], JobFilter], bool], ...] = (
    ("failed", _is(JobFilter(states=FAILED)), True),
    ("cancelled", _is(JobFilter(states=frozenset({State.CANCELLED}))), True),
    ("queued, running, failed", _is(JobFilter(states=LIVE)), True),
    ("done", _is(JobFilter(states=frozenset({State.DONE}))), True),
    ("not done", _is(JobFilter(unless=JobFilter(states=frozenset({State.DONE})))), True),
    ("a batch", _batch, True),
    ("failed of a batch", lambda number: replace(_batch(number), states=FAILED), True),
    ("one class", _is(JobFilter(states=FAILED, error_classes=ONE({"needs_password"}))), True),
    ("one class in any state", _is(JobFilter(error_classes=ONE({"storage"}))), True),
    ("failed but one class", _is(JobFilter(states=FAILED, unless=JobFilter(error_classes=ONE({"corrupt"})))), True),
    ("failed today", _is(JobFilter(states=FAILED, finished=Span("today"))), True),
    ("changed in the last 2 h", _is(JobFilter(updated=Span("2h"))), True),
    ("created in a week long ago", _is(JobFilter(created=Span("60d", "53d"))), False),
    ("a common word", _says("Rechnung", "invoice", "letter"), True),
    ("two words", _says("Rechnung Nord", "hóa final", "baupläne 2026"), True),
    ("a rare word", _says("c4ca42", "c81e72", "a87ff6"), True),
    ("a word that is nowhere", _says("zzqqy", "qqwwx"), True),
    ("words of an error", _says('"Page 17 of Rechnung"', '"Page 3 of letter"'), True),
    ("a word but not another", _says("rechnung -nord -final", "letter -2026"), True),
    ("a common queue", _is(JobFilter(queues=ONE({"ocr"}))), False),
    ("a rare queue", lambda number: JobFilter(queues=ONE({f"ocr.q{40 + number % 10}"})), False),
    ("low confidence", _is(JobFilter(confidence_below=80.0)), False),
    ("pages failed", _is(JobFilter(pages_failed=True)), False),
    (
        "urgent ones of one person",
        _is(JobFilter(submitters=ONE({"ann@scan-01"}), priorities=frozenset({Priority.NEXT}))),
        False,
    ),
    ("a worker", _is(JobFilter(workers=ONE({"ocr3@scan-01"}))), True),
    ("all but a batch", lambda number: JobFilter(unless=_batch(number)), False),
)


if __name__ == "__main__":
    main()
