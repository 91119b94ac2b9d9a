"""The columns of the jobs table, as data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication

from console.bridge.table import Column
from console.ui import words
from console.ui.filter_sentences import priority_word
from console.ui.job_icons import job_icon
from console.ui.kit.cells import Measured, Named, Stated, Words
from console.ui.kit.states import Look, cause, confidence_role, job_look
from console.ui.kit.table import CHECK
from console.ui.kit.table_cells import CHECKED
from worker.core.jobs import Job, State

translate = QCoreApplication.translate


def job_columns(now: Callable[[], datetime]) -> tuple[Column[Job], ...]:
    """The columns; `now` gives the moment that ages count from."""

    def age(job: Job) -> str:
        return words.age(job.updated, now())

    return (
        Column(CHECK, "", lambda _job: "", width=40, look=lambda _job: CHECKED),
        Column("name", translate("Jobs", "Name"), _name, order="name", look=_named, tip=_path),
        Column(
            "state",
            translate("Jobs", "State"),
            _state,
            width=152,
            order="state",
            look=_stated,
            tip=_why,
            value=lambda job: job.state,
        ),
        Column(
            "pages",
            translate("Jobs", "Pages"),
            pages,
            width=112,
            end=True,
            order="pages",
            look=_pages,
            value=lambda job: job.pages,
        ),
        Column(
            "confidence",
            translate("Jobs", "Conf."),
            confidence,
            width=72,
            end=True,
            order="mean_confidence",
            look=_confidence,
            value=lambda job: job.mean_confidence,
        ),
        Column("batch", translate("Jobs", "Batch"), _batch, width=168, order="batch"),
        Column(
            "updated",
            translate("Jobs", "Updated"),
            age,
            width=92,
            end=True,
            order="updated",
            look=lambda job: Words(age(job), "text3"),
            value=lambda job: job.updated,
            tip=lambda job: "" if job.updated is None else job.updated.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
        ),
        *_further(),
    )


def _further() -> tuple[Column[Job], ...]:
    """What is hidden at first."""

    def moment(attribute: str) -> Callable[[Job], str]:
        return lambda job: words.DASH if (when := getattr(job, attribute)) is None else words.moment(when)

    def column(
        key: str,
        title: str,
        text: Callable[[Job], str],
        width: int,
        order: str = "",
        **more: Any,  # noqa: ANN401 - what a column has besides
    ) -> Column[Job]:
        return Column(key, title, text, width=width, order=order or key, hidden=True, **more)

    def attribute(name: str) -> Callable[[Job], object]:
        return lambda job: getattr(job, name)

    times = (
        ("created", translate("Jobs", "Added")),
        ("started", translate("Jobs", "Began")),
        ("finished", translate("Jobs", "Ended")),
    )
    return (
        column("queue", translate("Jobs", "Queue"), lambda job: job.queue, 120),
        column("priority", translate("Jobs", "Priority"), lambda job: priority_word(job.priority), 88),
        column("attempts", translate("Jobs", "Attempts"), lambda job: words.number(job.attempts), 88, end=True),
        column("seconds", translate("Jobs", "Took"), _seconds, 88, end=True, value=attribute("seconds")),
        column(
            "size",
            translate("Jobs", "Size"),
            lambda job: words.size(job.source_bytes),
            88,
            "source_bytes",
            end=True,
            value=attribute("source_bytes"),
        ),
        *(column(name, title, moment(name), 132, end=True, value=attribute(name)) for name, title in times),
        column("class", translate("Jobs", "Cause"), _cause, 132, "error_class", value=attribute("error_class")),
        column("submitted_by", translate("Jobs", "Added by"), lambda job: job.submitted_by or words.DASH, 132),
        column("path", translate("Jobs", "Path"), lambda job: job.path or words.DASH, 220),
    )


def _seconds(job: Job) -> str:
    return words.DASH if job.seconds is None else words.duration(job.seconds)


def _cause(job: Job) -> str:
    return cause(job.error_class) if job.error_class else words.DASH


def pages(job: Job) -> str:
    """How many pages are read, of how many: "2" when all are, "18/24", "0/–" while their number is unknown."""
    if job.state is State.DONE and job.pages is not None:
        return words.number(job.pages)
    if job.pages is None:
        return f"{words.number(job.pages_done)}/{words.DASH}"
    return f"{words.number(job.pages_done)}/{words.number(job.pages)}"


def confidence(job: Job) -> str:
    """The mean of its words with one place after the point."""
    return words.DASH if job.mean_confidence is None else words.decimal(job.mean_confidence)


def shown_state(job: Job) -> Look:
    """The look of its state; a done one tells of pages that could not be read."""
    if job.state is State.DONE and job.pages_failed:
        one, many = translate("Jobs", "{n} page failed"), translate("Jobs", "{n} pages failed")
        return Look("circle-alert", "warn", words.counted(job.pages_failed, one, many))
    return job_look(job)


def _name(job: Job) -> str:
    return job.name


def _named(job: Job) -> Named:
    return Named(job.name, job_icon(job.name))


def _path(job: Job) -> str:
    return job.path if job.path != job.name else ""


def _state(job: Job) -> str:
    return shown_state(job).word


def _stated(job: Job) -> Stated:
    return Stated(shown_state(job))


def _why(job: Job) -> str:
    return words.told(job.error or "", job.advice or "")


def _pages(job: Job) -> object:
    if job.state is State.RUNNING and job.pages:
        return Measured(job.pages_done / job.pages, pages(job))
    return Words(pages(job))


def _confidence(job: Job) -> Words:
    if job.mean_confidence is None:
        return Words(words.DASH, "text3")
    role = confidence_role(job.mean_confidence)
    return Words(confidence(job), role, 400 if role == "text2" else 600)


def _batch(job: Job) -> str:
    return job.batch or words.DASH
