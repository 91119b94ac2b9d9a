"""The status strip: pages a minute, pages waiting, time left, workers, failures, and how old all that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.ui import theme, words
from console.ui.kit import paint
from console.ui.kit.boxes import row
from console.ui.kit.labels import Hairline, Label
from console.ui.kit.pictures import Picture
from console.ui.kit.sparklines import Sparkline

if TYPE_CHECKING:
    from console.ops.snapshot import Snapshot
    from worker.core.pulse import House

translate = QCoreApplication.translate
FEW_PAGES = 20  # under this many no time is estimated
OLD_S = 5.0  # a picture older than this is called old, in red


@dataclass(frozen=True, slots=True)
class Figures:
    """What the strip shows."""

    at: datetime
    pages_per_minute: float
    pages_waiting: int
    workers_online: int
    workers: int
    failed_today: int
    house: House | None = None
    unkept_s: float | None = None


class Item(QWidget):
    """A figure and its words; perhaps its last minute as a line."""

    def __init__(self, *, first: bool = False, line: bool = False) -> None:
        super().__init__()
        self.figure = Label(size=12, weight=600)
        self.words = Label(size=12, role="text2")
        self.line = Sparkline() if line else None
        rule = Hairline(vertical=True, role="line2")
        rule.setFixedHeight(13)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        if not first:
            layout.addWidget(rule)
            layout.addSpacing(16)
        layout.addWidget(self.figure)
        layout.addSpacing(4)
        layout.addWidget(self.words)
        if self.line is not None:
            layout.addSpacing(8)
            layout.addWidget(self.line)
        layout.addSpacing(16)

    def tell(self, figure: str, words: str) -> None:
        """Show a figure and what it counts."""
        if (figure, words) != (self.figure.text(), self.words.text()):
            self.figure.setText(figure)
            self.figure.setMinimumWidth(self.figure.sizeHint().width())  # the words give way
            self.words.setText(words)
            self.words.updateGeometry()


class StatusStrip(QWidget):
    """The figures of the last picture, and its age, which grows while nothing newer comes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(theme.STATUS_STRIP)
        self.rate, self.waiting = Item(first=True, line=True), Item(line=True)
        self.left, self.workers, self.failed = Item(), Item(), Item()
        self.age = Label(size=12, role="text3", align="end")
        self.clock = Label(size=12, role="text3", align="end")
        self._at: datetime | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 1, 16, 0)
        layout.setSpacing(0)
        self.unkept = Item()
        self.unkept.figure.set_role("bad")
        self.items = (self.rate, self.waiting, self.left, self.workers, self.failed)
        for item in self.items:
            layout.addWidget(item)
            item.hide()
        layout.addWidget(self.unkept)
        self.unkept.hide()
        layout.addStretch(1)
        layout.addWidget(row(Picture("refresh-cw", 13, "text3"), self.age, 8, self.clock))

    def show_figures(self, shown: Figures) -> None:
        """Show a newer picture's words."""
        self._at = shown.at
        self.rate.tell(words.number(round(shown.pages_per_minute)), translate("Strip", "pages/min"))
        one, many = translate("Strip", "page waiting"), translate("Strip", "pages waiting")
        self.waiting.tell(words.number(shown.pages_waiting), one if shown.pages_waiting == 1 else many)
        self.left.tell(*time_left(shown))
        of = translate("Strip", "{online} of {all}")
        online = of.format(online=words.number(shown.workers_online), all=words.number(shown.workers))
        one, many = translate("Strip", "worker online"), translate("Strip", "workers online")
        self.workers.tell(online, one if shown.workers == 1 else many)
        self.failed.tell(words.number(shown.failed_today), translate("Strip", "failed today"))
        for item, value in ((self.rate, shown.pages_per_minute), (self.waiting, float(shown.pages_waiting))):
            if item.line is not None:
                item.line.add(value)
        for item in self.items:
            item.show()
        self._tell_house(shown)

    def _tell_house(self, shown: Figures) -> None:
        self.workers.setToolTip(kept_by(shown.house))
        self.unkept.setVisible(shown.unkept_s is not None)
        self.left.setVisible(shown.unkept_s is None)  # nobody can say then, and there is room for one of the two
        if shown.unkept_s is not None:
            age = translate("Strip", "for {age}").format(age=words.duration(shown.unkept_s))
            self.unkept.tell(translate("Strip", "No housekeeping"), age)
            self.unkept.setToolTip(translate("Strip", "What a lost worker held is not taken back. Start a worker."))

    def set_stale(self, stale: bool) -> None:
        """Turn the figures grey while nobody can say whether they are still so."""
        for item in self.items:
            item.figure.set_role("text3" if stale else "text")

    def tick(self, now: datetime) -> None:
        """Let the clock and the age go on."""
        self.clock.setText(words.clock(now, seconds=True))
        self.clock.setMinimumWidth(self.clock.sizeHint().width())
        if self._at is None:
            self.age.setText(translate("Strip", "Connecting"))
            return
        seconds = max((now - self._at).total_seconds(), 0.0)
        old = seconds > OLD_S
        self.age.set_role("bad" if old else "text3")
        text = translate("Strip", "{age} old") if old else translate("Strip", "Updated {age} ago")
        self.age.setText(text.format(age=words.duration(seconds)))

    def set_narrow(self, *, narrow: bool) -> None:
        """Leave out the lines where there is little room."""
        for item in (self.rate, self.waiting):
            if item.line is not None:
                item.line.setVisible(not narrow)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        with paint.painting(self) as painter:
            painter.fillRect(self.rect(), tokens["canvas"])
            painter.fillRect(0, 0, self.width(), 1, tokens["line"])


def strip_figures(snapshot: Snapshot, at: datetime) -> Figures:
    """What the strip shows of a picture whose facts are from `at`."""
    return Figures(
        at=at,
        pages_per_minute=snapshot.pages_per_minute,
        pages_waiting=snapshot.pages_waiting,
        workers_online=sum(worker.state == "online" for worker in snapshot.workers),
        workers=len(snapshot.workers),
        failed_today=snapshot.failed_today,
        house=snapshot.facts.house,
        unkept_s=snapshot.unkept_s,
    )


def kept_by(house: House | None) -> str:
    """Who keeps house, and what was done since the beginning."""
    if house is None:
        return ""
    text = translate(
        "Strip",
        "Housekeeping by {name}, {age} ago\n{reaped} taken back, {published} rung again, "
        "{swept} objects swept, {expired} expired",
    )
    done = {name: words.number(getattr(house, name)) for name in ("reaped", "published", "swept", "expired")}
    return text.format(name=house.acted_by, age=words.about(house.silent_s), **done)


def time_left(shown: Figures) -> tuple[str, str]:
    """How long the waiting pages will take and when they are done; "Idle" without any, no guess for a few."""
    if shown.pages_waiting == 0:
        return translate("Strip", "Idle"), ""
    if shown.workers_online == 0:
        return translate("Strip", "Waiting"), translate("Strip", "for a worker")
    if shown.pages_waiting < FEW_PAGES or shown.pages_per_minute <= 0:
        return translate("Strip", "Reading"), ""
    seconds = 60 * shown.pages_waiting / shown.pages_per_minute
    until = words.clock(shown.at + timedelta(seconds=seconds))
    return words.about(seconds), translate("Strip", "left, until {clock}").format(clock=until)
