"""`history`: the last hour, day or week in figures, and what stood out in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from console.cli import shapes
from console.cli.session import Session
from console.cli.terminal import table
from worker.core.errors import UsageError
from worker.core.series import Point

if TYPE_CHECKING:
    from console.ops.history import Past
    from worker.core.incidents import Incident

FEW_STEPS_S = {"hour": 300, "day": 3_600, "week": 43_200}  # as many lines as one reads


def run(session: Session) -> int:
    """As a table, as JSON or as rows of CSV; or one more mark in it."""
    from console.ops.history import Span, csv_rows, past

    args, terminal = session.args, session.terminal
    if args.mark is not None:
        return _mark(session)
    if args.csv and terminal.as_json:
        raise UsageError("It is either --csv or --json.")
    step_s = None if args.csv or terminal.as_json else FEW_STEPS_S[args.span]
    with session.services("postgres") as services:
        found = past(services, Span(args.span), args.queue, step_s=step_s)
    if args.csv:
        csv.writer(terminal.out, lineterminator="\n").writerows(csv_rows(found.series))
        return 0
    terminal.answer(_shape(found), _lines(found))
    return 0


def _mark(session: Session) -> int:
    from console.ops.marking import Mark

    session.confirm()
    with session.services("postgres") as services:
        done = session.act(Mark(session.args.mark), services)
    session.terminal.answer(shapes.incident(done.data), [done.message])
    return 0


def _shape(found: Past) -> shapes.Shape:
    series = found.series
    return {
        "queue": series.queue,
        "since": shapes.moment(series.since),
        "step_s": series.step_s,
        "points": [shapes.point(at, one) for at, one in series.steps()],
        "incidents": [shapes.incident(one) for one in found.incidents],
    }


def _lines(found: Past) -> list[str]:
    heads = ["FROM", "PAGES WAIT", "OLDEST S", "ADDED", "DONE", "FAILED", "PAGES/MIN", "WAIT P50 S", "P95 S", "BUSY"]
    rows = [_row(at, one) for at, one in found.series.steps()]
    return [*table(heads, rows, right=heads[1:]), *_stood_out(found.incidents)]


def _row(at: datetime, one: Point | None) -> tuple[object, ...]:
    """A gap is a line of dashes."""
    if one is None:
        return (_local(at), *[None] * 9)
    pace = (round(one.pages_per_minute), one.wait_p50_s, one.wait_p95_s)
    return (_local(at), one.waiting, one.oldest_s, one.added, one.done, one.failed, *pace, f"{one.busy}/{one.slots}")


def _stood_out(incidents: Iterable[Incident]) -> Iterator[str]:
    rows = [(_local(one.opened), _local(one.closed), one.title, one.sentence) for one in incidents]
    if rows:
        yield ""
        yield from table(["SINCE", "UNTIL", "WHAT STOOD OUT", "WHY"], rows)


def _local(when: datetime | None) -> str | None:
    return None if when is None else f"{when.astimezone():%Y-%m-%d %H:%M}"
