"""The charts of the history page, made from a span of figures and from what stood out in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from console.ui import counts, words
from console.ui.finding_looks import finding_icon, incident_role
from console.ui.kit.charts_axes import time_top
from console.ui.kit.charts_data import Chart, Curve, Mark, Span, Values
from console.ui.theme import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.ops.history import Past
    from worker.core.incidents import Incident
    from worker.core.series import Series

translate = QCoreApplication.translate


def span_of(past: Past) -> Span:
    """The steps of its time."""
    return Span(past.series.since, past.series.step_s, len(past.series.points))


def span_words(past: Past) -> str:
    """From when to when, and in which steps."""
    text = translate("History", "{from} to {to}, in steps of {step}")
    series = past.series
    told = words.date if (series.until - series.since).days > 1 else words.moment
    ends = {"{from}": told(series.since), "{to}": told(series.until)}
    for name, said in {**ends, "{step}": words.about(series.step_s)}.items():
        text = text.replace(name, said)
    return text


def history_charts(past: Past) -> tuple[Chart, ...]:
    """Pages waiting, pages a minute, the wait until reading, failed jobs."""
    series = past.series
    return _waiting(series), _rate(series), _wait(series), _failed(series)


def history_marks(incidents: Iterable[Incident]) -> list[Mark]:
    """What stood out: as a band while work stood still, as a line where it was worth a look or somebody noted it.

    What was meant so is left out.
    """
    return [_mark(one) for one in incidents if incident_role(one.rule, one.severity) != "text2"]


def _mark(incident: Incident) -> Mark:
    icon = finding_icon(incident.rule, incident.subject, incident.severity)
    role = incident_role(incident.rule, incident.severity)
    end = incident.closed if role == "bad" else incident.opened
    return Mark(incident.opened, end, _mark_words(incident), icon, role)


def _mark_words(incident: Incident) -> str:
    text = translate("History", "{what}, {clock}")
    return text.replace("{what}", words.told(incident.title)).replace("{clock}", words.clock(incident.opened))


def _waiting(series: Series) -> Chart:
    latest = series.latest
    note = ""
    if latest is not None and latest.oldest_s:
        note = translate("History", "oldest waits {time}").replace("{time}", words.duration(latest.oldest_s))
    title = translate("History", "Pages waiting")
    return _chart(title, series, "waiting", lambda value: counts.pages(round(value)), note=note)


def _rate(series: Series) -> Chart:
    def rate(value: float) -> str:
        return translate("History", "{n}/min").replace("{n}", _whole(value))

    pages = sum(point.pages for point in series.points if point is not None)
    note = translate("History", "{pages} in all").replace("{pages}", counts.pages(pages))
    return _chart(translate("History", "Pages read a minute"), series, "pages_per_minute", rate, note=note)


def _failed(series: Series) -> Chart:
    def failed(value: float) -> str:
        one, many = translate("History", "{n} failed"), translate("History", "{n} failed")
        return words.counted(round(value), one, many)

    jobs = sum(point.failed for point in series.points if point is not None)
    note = translate("History", "{n} in all").replace("{n}", words.number(jobs))
    title = translate("History", "Failed jobs in {step}").replace("{step}", words.about(series.step_s))
    role: Role = "bad" if jobs else "text2"
    return _chart(title, series, "failed", failed, note=note, note_role=role, role="bad", bars=True)


def _chart(
    title: str,
    series: Series,
    name: str,
    say: Callable[[float], str],
    *,
    note: str,
    note_role: Role = "text2",
    role: Role = "accent",
    bars: bool = False,
) -> Chart:
    values = series.figures(name)
    return Chart(
        title,
        (Curve(title, values),),
        lambda at: _no_data() if at[0] is None else say(at[0]),
        _whole,
        figure=words.DASH if series.latest is None else _whole(getattr(series.latest, name)),
        note=note,
        note_role=note_role,
        role=role,
        bars=bars,
    )


def _wait(series: Series) -> Chart:
    """Two lines: most jobs, and nearly all of them."""

    def say(at: Values) -> str:
        high, low = at
        if high is None or low is None:
            return translate("History", "no job began")
        text = translate("History", "p95 {high}, p50 {low}")
        return text.replace("{high}", words.duration(high)).replace("{low}", words.duration(low))

    high, low = series.figures("wait_p95_s"), series.figures("wait_p50_s")
    latest = next((value for value in reversed(high) if value is not None), None)
    return Chart(
        translate("History", "Wait until reading"),
        (Curve("p95", high), Curve("p50", low, weak=True)),
        say,
        lambda seconds: words.about(seconds) if seconds else words.number(0),
        time_top,
        figure=words.DASH if latest is None else words.duration(latest),
        note=translate("History", "p95 strong, p50 light"),
    )


def _whole(value: float) -> str:
    return words.number(round(value))


def _no_data() -> str:
    return translate("History", "nobody looked")
