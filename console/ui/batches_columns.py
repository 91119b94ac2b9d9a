"""The columns of the table of batches, as data, and the words for what a batch is doing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QPainter

from console.bridge.batch_feed import BatchRow, Section
from console.bridge.table import Column
from console.ui import counts, theme, words
from console.ui.kit import paint
from console.ui.kit.cells import Progress, Stated, Words
from console.ui.kit.row_acts import MENU, RowAct, RowActs
from console.ui.kit.states import Look
from console.ui.theme import Role, Tokens
from worker.core.batch_figures import HONEST, BatchFigures, BatchState

translate = QCoreApplication.translate
PAUSE, SAVE = "pause", "save"


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over the batches of a group: its name, and a quieter note."""

    text: str
    note: str

    def paint(self, painter: QPainter, rect: QRectF, tokens: Tokens, align: paint.Align) -> None:
        """Lower than the middle: it belongs to what follows."""
        place = rect.adjusted(0, 4, 0, 4)
        wide = paint.text(painter, place, self.text, tokens["text"], theme.font(14, 600), align=align)
        paint.text(painter, place.adjusted(wide + 10, 0, 0, 0), self.note, tokens["text3"], align=align)


def batch_columns(now: Callable[[], datetime], *, locked: Callable[[], bool]) -> tuple[Column[BatchRow], ...]:
    """The columns.

    Args:
        now: The moment that days are told from.
        locked: Whether nothing may be changed now.
    """

    def column(
        key: str,
        title: str,
        text: Callable[[BatchFigures], str],
        width: int,
        look: Callable[[BatchFigures], object] | None = None,
        value: Callable[[BatchFigures], object] | None = None,
        *,
        end: bool = True,
        hidden: bool = False,
    ) -> Column[BatchRow]:
        def of_batch(of: Callable[[BatchFigures], object], of_section: object) -> Callable[[BatchRow], object]:
            return lambda row: of_section if isinstance(row, Section) else of(row)

        return Column(
            key,
            title,
            lambda row: "" if isinstance(row, Section) else text(row),
            width=width,
            end=end,
            hidden=hidden,
            look=of_batch(look or (lambda one: figure(text(one))), ""),
            value=of_batch(value or text, None),
        )

    return (
        Column(
            "name",
            translate("Batches", "Batch"),
            lambda row: heading(row, now()).text if isinstance(row, Section) else row.name,
            look=lambda row: heading(row, now()) if isinstance(row, Section) else _named(row),
        ),
        column("state", translate("Batches", "State"), lambda one: look_of(one).word, 120, _stated, end=False),
        column("progress", translate("Batches", "Progress"), percent, 92, _progress, lambda one: one.share, end=False),
        column("pages", translate("Batches", "Pages"), pages, 148, value=lambda one: one.pages_done),
        column("failed", translate("Batches", "Failed"), failed, 58, _failed, lambda one: one.jobs_failed),
        column("rate", translate("Batches", "Rate"), rate, 74, value=lambda one: one.rate_per_min),
        column("time", translate("Batches", "Time"), time_of, 92, _time, lambda one: one.left_s or one.took_s),
        column(
            "done_at", translate("Batches", "Done at"), lambda one: done_at(one, now()), 92,
            value=lambda one: one.done_at,
        ),
        column("by", translate("Batches", "By"), by, 92, value=lambda one: one.created_by, end=False, hidden=True),
        column(
            "acts", "", lambda _one: translate("Batches", "Pause or save, more"), 64,
            lambda one: _acts(one, locked=locked()), lambda _one: None,
        ),
    )  # fmt: skip


def look_of(one: BatchFigures) -> Look:
    """The look of what it is doing; a finished one tells how it ended."""
    state = one.state
    if state is BatchState.RUNNING:
        return Look("loader-circle", "accent", translate("Batches", "Running"))
    if state is BatchState.WAITING:
        return Look("clock", "text2", translate("Batches", "Waiting"))
    if state is BatchState.PAUSED:
        return Look("circle-pause", "warn", translate("Batches", "Paused"))
    if one.jobs_failed and not one.jobs_done:
        return Look("circle-x", "bad", translate("Batches", "Failed"))
    if one.jobs_cancelled:
        text = words.counted(
            one.jobs_cancelled, translate("Batches", "{n} cancelled"), translate("Batches", "{n} cancelled")
        )
        return Look("ban", "text3", text)
    return Look("circle-check", "ok", translate("Batches", "Done"))


def heading(section: Section, now: datetime) -> Heading:
    """The words over a group."""
    if section.group == "open":
        left = words.counted(
            section.pages, translate("Batches", "{n} page left"), translate("Batches", "{n} pages left")
        )
        if section.done_at is not None:
            text = translate("Batches", "{left}, done at about {clock}")
            left = text.format(left=left, clock=words.near(section.done_at, now))
        return Heading(translate("Batches", "Open"), left)
    batches = words.counted(section.batches, translate("Batches", "{n} batch"), translate("Batches", "{n} batches"))
    if section.group == "earlier":
        return Heading(translate("Batches", "Earlier"), batches)
    text = translate("Batches", "{batches}, {pages}")
    return Heading(
        translate("Batches", "Finished today"), text.format(batches=batches, pages=counts.pages(section.pages))
    )


def figure(text: str, role: Role = "text2") -> Words:
    """A figure; what there is not, and 0, are quiet."""
    return Words(text, "text3" if text in {words.DASH, words.number(0)} else role)


def percent(one: BatchFigures) -> str:
    """How far it is, in words."""
    return words.DASH if one.at is None else words.percent(one.share)


def pages(one: BatchFigures) -> str:
    """How many are read of how many; of a finished one how many there were."""
    if one.at is None:
        return words.DASH
    done = words.number(one.pages_done)
    return counts.part_of(done, words.number(one.pages)) if one.jobs_active else done


def failed(one: BatchFigures) -> str:
    """Files that failed."""
    return words.DASH if one.at is None else words.number(one.jobs_failed)


def rate(one: BatchFigures) -> str:
    """Pages a minute."""
    if one.rate_per_min is None or one.state in {BatchState.PAUSED, BatchState.WAITING}:
        return words.DASH
    shown = one.rate_per_min
    number = words.number(round(shown)) if shown >= 9.95 or not shown else words.decimal(shown)
    return translate("Batches", "{n}/min").format(n=number)


def time_of(one: BatchFigures) -> str:
    """What is left of an open one, what a finished one took."""
    if one.state is BatchState.FINISHED:
        return words.DASH if one.took_s is None else words.duration(one.took_s)
    if one.left_s is not None:
        return translate("Batches", "{time} left").format(time=words.about(one.left_s))
    unknown = one.rate_per_min is None or one.pages_done < HONEST
    guessing = one.state is BatchState.RUNNING and one.at is not None and unknown
    return translate("Batches", "estimating") if guessing else words.DASH


def done_at(one: BatchFigures, now: datetime) -> str:
    """When it will be done, or was."""
    return words.DASH if one.done_at is None else words.near(one.done_at, now)


def by(one: BatchFigures) -> str:
    """Who made it, without the machine."""
    return (one.created_by or "").partition("@")[0] or words.DASH


def _named(one: BatchFigures) -> Words:
    return Words(one.name, "text", 500, name=True)


def _stated(one: BatchFigures) -> Stated:
    return Stated(look_of(one))


def _progress(one: BatchFigures) -> Progress:
    if one.state is BatchState.FINISHED:
        return Progress(1.0, role="line2")
    return Progress(one.share, one.uploaded, "text3" if one.paused else "accent")


def _failed(one: BatchFigures) -> Words:
    return Words(failed(one), "bad", 500) if one.jobs_failed and one.at else figure(failed(one))


def _time(one: BatchFigures) -> Words:
    text = time_of(one)
    return Words(text, "text", 500) if one.left_s is not None else figure(text)


def _acts(one: BatchFigures, *, locked: bool) -> RowActs:
    if one.state is BatchState.FINISHED:
        first = RowAct(SAVE, "download")
    else:
        first = RowAct(PAUSE, "play" if one.paused else "pause", changes=True)
    return RowActs((first, RowAct(MENU, "ellipsis")), locked)
