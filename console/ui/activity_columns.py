"""The columns of the activity, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QPainter

from console.bridge.table import Column
from console.ui import counts, theme, words
from console.ui.activity_words import person, said, subject
from console.ui.kit import paint
from console.ui.kit.cells import Named, Words
from console.ui.theme import Tokens
from worker.core.audit_entry import AuditEntry, UndoState

translate = QCoreApplication.translate
HEIGHT = 44
UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done behind its icon, and under it on what; what was undone is struck out."""

    icon: str
    text: str
    detail: str
    undone: bool

    def paint(self, painter: QPainter, rect: QRectF, tokens: Tokens, align: paint.Align) -> None:
        """Two lines."""
        middle = rect.center().y()
        paint.icon(painter, rect.left(), middle - 16, self.icon, tokens["text3"])
        first = QRectF(rect.left() + 24, middle - 18, rect.width() - 24, 19)
        colour = tokens["text3" if self.undone else "text"]
        wide = paint.text(painter, first, self.text, colour, theme.font(13, 500), align=align)
        if self.undone:
            painter.fillRect(QRectF(first.left(), round(first.center().y()) + 1, wide, 1), colour)
        second, middle_out = first.translated(0, 18), Qt.TextElideMode.ElideMiddle
        paint.text(painter, second, self.detail, tokens["text2"], theme.font(12), align=align, elide=middle_out)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many; loud where not all were hit."""

    done: str
    asked: str
    partial: bool

    def paint(self, painter: QPainter, rect: QRectF, tokens: Tokens, _align: paint.Align) -> None:
        """At the end, the first figure in its own weight, wherever a language has it."""
        before, done, after = counts.part_of(self.done, self.asked).partition(self.done)
        quiet, plain = tokens["text3"], theme.font()
        loud, own = tokens["warn" if self.partial else "text2"], theme.font(13, 600 if self.partial else 500)
        for part, colour, font in ((after, quiet, plain), (done, loud, own), (before, quiet, plain)):
            if part:
                rect = rect.adjusted(0, 0, -paint.text(painter, rect, part, colour, font, align="end"), 0)


@dataclass(frozen=True, slots=True)
class WayBack:
    """What can be said of taking it back; `link` is what can be pressed."""

    text: str
    link: str = ""
    icon: str = ""

    def paint(self, painter: QPainter, rect: QRectF, tokens: Tokens, align: paint.Align) -> None:
        """The link first."""
        if self.link:
            wide = paint.text(painter, rect, self.link, tokens["accent"], theme.font(13, 600), align=align)
            rect = rect.adjusted(wide + 7, 0, 0, 0)
        if self.icon:
            paint.icon(painter, rect.left(), rect.center().y() - 7, self.icon, tokens["text2"], 14)
            rect = rect.adjusted(20, 0, 0, 0)
        paint.text(painter, rect, self.text, tokens["text2" if self.link or self.icon else "text3"], align=align)


def activity_columns(
    now: Callable[[], datetime], *, held: Callable[[AuditEntry], bool], production: str
) -> tuple[Column[AuditEntry], ...]:
    """The columns.

    Args:
        now: The moment that days, and what can still be taken back, are told from.
        held: Whether what an entry held back still is.
        production: The name of the profile if it is a production one, else "".
    """

    def back(row: AuditEntry) -> WayBack:
        return way_back(row, now(), held=held(row))

    return (
        Column(
            "when", translate("Activity", "When"), lambda row: when(row, now()), width=88,
            look=lambda row: Words(when(row, now()), "text3"), value=lambda row: row.at,
            tip=lambda row: row.at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
        ),
        Column(
            "who", translate("Activity", "Who"), lambda row: person(row.who), width=80,
            look=lambda row: Words(person(row.who), name=True), tip=_from, value=lambda row: row.who,
        ),
        Column(
            "profile", translate("Activity", "Profile"), lambda row: row.profile or words.DASH, width=112,
            look=lambda row: _profile(row, production),
        ),
        Column("what", translate("Activity", "What"), what, look=_deed, tip=lambda row: words.told(row.result)),
        Column(
            "done", translate("Activity", "How many"), how_many, width=124, end=True,
            look=lambda row: Share(words.number(row.done), words.number(row.asked), row.is_partial),
            value=lambda row: row.done,
        ),
        Column(
            "why", translate("Activity", "Why not all"), lambda row: words.told(row.why) or words.DASH, width=148,
            look=lambda row: Words(words.told(row.why) or words.DASH, "text2" if row.why else "text3"),
            value=lambda row: row.why,
        ),
        Column(
            UNDO, translate("Activity", "Undo"), lambda row: _spoken(back(row)), width=146,
            look=back, value=lambda row: row.undo.value,
        ),
    )  # fmt: skip


def when(row: AuditEntry, now: datetime) -> str:
    """Today to the second, before that the day too."""
    today = row.at.astimezone().date() == now.astimezone().date()
    return words.clock(row.at, seconds=True) if today else words.near(row.at, now)


def what(row: AuditEntry) -> str:
    """What was done, and on what."""
    text = translate("Activity", "{what}, {subject}")
    return text.replace("{what}", said(row.action).text).replace("{subject}", subject(row))


def how_many(row: AuditEntry) -> str:
    """How many of how many."""
    return counts.part_of(words.number(row.done), words.number(row.asked))


def way_back(row: AuditEntry, now: datetime, *, held: bool = False) -> WayBack:
    """What can be said of taking it back, at this moment; what is `held` back can be let go at any time."""
    if row.undone_at is not None:
        return WayBack(translate("Activity", "Undone {clock}").format(clock=words.clock(row.undone_at)), icon="undo-2")
    if row.undo is UndoState.OPEN and row.until is not None and now < row.until:
        until = translate("Activity", "until {clock}").format(clock=words.clock(row.until))
        return WayBack(until, translate("Activity", "Undo")) if row.mine else WayBack(_only(row))
    if held:
        return WayBack("", translate("Activity", "Resume"))
    if row.undo is UndoState.NEVER:
        return WayBack(translate("Activity", "Cannot be undone"))
    return WayBack(translate("Activity", "Past"))


def _only(row: AuditEntry) -> str:
    return translate("Activity", "{who} can").format(who=person(row.who))


def _spoken(way: WayBack) -> str:
    return f"{way.link} {way.text}".strip()


def _deed(row: AuditEntry) -> Deed:
    one = said(row.action)
    return Deed(one.icon, one.text, subject(row), row.undone_at is not None)


def _profile(row: AuditEntry, production: str) -> object:
    if not row.profile:
        return Words(words.DASH, "text3")
    locked = row.profile == production
    return Named(row.profile, "lock" if locked else "server", "bad" if locked else "text3")


def _from(row: AuditEntry) -> str:
    return translate("Activity", "{who}, at {host}").format(who=row.who, host=row.host)
