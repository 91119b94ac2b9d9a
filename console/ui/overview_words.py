"""What the overview says in figures, made from a picture and the last hour."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from console.ui import words
from console.ui.overview_figures import Figure
from console.ui.theme import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.ops.overview import Overview
    from console.ops.snapshot import Snapshot
    from worker.core.failures import FailureGroup

translate = QCoreApplication.translate
LIKE = 0.05  # a rate that differs by less is called the same


def figures(snapshot: Snapshot, overview: Overview | None) -> list[Figure]:
    """The four at the head of the page."""
    return [_waiting(snapshot, overview), _rate(snapshot, overview), _read(overview), _failed(snapshot, overview)]


def _waiting(snapshot: Snapshot, overview: Overview | None) -> Figure:
    oldest_s = max((queue.oldest_s or 0.0 for queue in snapshot.queues), default=0.0)
    note = translate("Overview", "nothing waits")
    if snapshot.pages_waiting:
        waits = translate("Overview", "oldest waits {time}").replace("{time}", words.duration(oldest_s))
        note = waits if oldest_s >= 1 else translate("Overview", "all of it is being read")
    title, figure = translate("Overview", "Pages waiting"), words.number(snapshot.pages_waiting)
    return Figure(title, figure, note=note, values=_hour(overview, "waiting"))


def _rate(snapshot: Snapshot, overview: Overview | None) -> Figure:
    values = _hour(overview, "pages_per_minute")
    note, role = _compared(snapshot.pages_per_minute, values[:-1])
    title, figure = translate("Overview", "Throughput"), words.number(snapshot.pages_per_minute)
    return Figure(title, figure, translate("Overview", "pages/min"), note, note_role=role, values=values)


def _compared(now: int, before: Sequence[float | None]) -> tuple[str, Role]:
    """A rate against the mean of those before."""
    known = [value for value in before if value is not None]
    mean = sum(known) / len(known) if known else 0.0
    if mean < 0.5:
        return (translate("Overview", "nothing was read in the last hour") if known and not now else ""), "text2"
    change = now / mean - 1
    if abs(change) < LIKE:
        return translate("Overview", "as in the last hour"), "text2"
    more, less = (
        translate("Overview", "{share} above the last hour"),
        translate("Overview", "{share} below the last hour"),
    )
    share = words.percent(abs(change))
    return (more.replace("{share}", share), "ok") if change > 0 else (less.replace("{share}", share), "text2")


def _read(overview: Overview | None) -> Figure:
    title, values = translate("Overview", "Read today"), _hour(overview, "done")
    today = overview.today if overview else None
    if today is None:
        return Figure(title, words.DASH, values=values)
    one, many = translate("Overview", "in {n} job"), translate("Overview", "in {n} jobs")
    note, short = words.counted(today.jobs, one, many), ""
    if not today.pages:
        note = translate("Overview", "nothing was read yet")
    if today.mean_confidence is not None:
        one = translate("Overview", "in {n} job, {confidence} % mean confidence")
        many = translate("Overview", "in {n} jobs, {confidence} % mean confidence")
        sure = words.decimal(today.mean_confidence)
        note = words.counted(today.jobs, one, many).replace("{confidence}", sure)
        short = translate("Overview", "{confidence} % mean confidence").replace("{confidence}", sure)
    unit = translate("Overview", "page") if today.pages == 1 else translate("Overview", "pages")
    return Figure(title, words.number(today.pages), unit, note, short, values=values)


def _failed(snapshot: Snapshot, overview: Overview | None) -> Figure:
    count = snapshot.failed_today
    note = since(snapshot.facts.failures, snapshot.at) if count else translate("Overview", "nothing failed")
    unit = translate("Overview", "job") if count == 1 else translate("Overview", "jobs")
    title, values = translate("Overview", "Failed today"), _hour(overview, "failed")
    role: Role = "bad" if count else "text2"
    return Figure(title, words.number(count), unit, note, note_role=role, role="bad", values=values)


def since(failures: Sequence[FailureGroup], now: datetime) -> str:
    """Of what failed today: how many of one kind since when, or when the last did."""
    midnight = words.midnight(now)
    lately = [group for group in failures if group.newest >= midnight]
    whole = max((group for group in lately if group.since >= midnight), key=lambda group: group.count, default=None)
    if whole is not None and whole.count > 1:
        text = translate("Overview", "{n} of them since {clock}")
        return text.replace("{n}", words.number(whole.count)).replace("{clock}", words.clock(whole.since))
    if not lately:
        return ""
    newest = max(group.newest for group in lately)
    return translate("Overview", "the last at {clock}").replace("{clock}", words.clock(newest))


def _hour(overview: Overview | None, name: str) -> tuple[float | None, ...]:
    return () if overview is None or overview.hour is None else overview.hour.figures(name)
