"""The band under the top bar while a service is away: which, since when, how old the picture is, what is tried."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from console.ui import theme, words
from console.ui.actions import Action
from console.ui.kit import paint
from console.ui.kit.boxes import row
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Label
from console.ui.kit.pictures import Picture

if TYPE_CHECKING:
    from console.ops.snapshot import Snapshot

translate = QCoreApplication.translate


class AwayBand(QWidget):
    """Says, as long as it lasts, which service is away, how old the picture is and what is tried."""

    try_now = Signal()
    doctor_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = Label(weight=600)
        self._detail = Label(role="text2")
        again = Button(translate("Away", "Try now"), icon="refresh-cw", key="F5")
        again.clicked.connect(self.try_now)
        doctor = Button(translate("Away", "Ask the doctor"), icon="stethoscope", kind="ghost")
        doctor.clicked.connect(self.doctor_asked)
        line = row(Picture("circle-x", 16, "bad"), 4, self._title, 4, height=theme.UNDO_STRIP)
        line.add(self._detail, stretch=1).add(doctor, again)
        line.setParent(self)
        self._line = line
        self.setFixedHeight(theme.UNDO_STRIP)
        self.hide()

    def tell(self, text: str, detail: str) -> None:
        """Show it, or change what it says."""
        self._title.setText(text)
        self._detail.setText(detail)
        self.setToolTip(f"{text} {detail}")
        self.show()

    @property
    def said(self) -> str:
        """What it says now."""
        return f"{self._title.text()} {self._detail.text()}"

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._line.setGeometry(theme.MARGIN, 0, self.width() - theme.MARGIN - 16, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self) as painter:
            painter.fillRect(self.rect(), theme.tokens(self)["bad_soft"])


def away_words(snapshot: Snapshot, next_s: float) -> tuple[str, str] | None:
    """The band's two sentences: what is the matter, and how old and how soon. None if every service answers."""
    away = [health for health in snapshot.health if health.state == "down"]
    if not away:
        return None
    sentence = words.told(*(health.sentence for health in away))
    parts = []
    if since := min((health.since for health in away if health.since), default=None):
        parts.append(translate("Away", "Since {clock}.").format(clock=words.clock(since, seconds=True)))
    if snapshot.facts.at is not None and any(health.service == "postgres" for health in away):
        seen = translate("Away", "What you see is from {clock}.")
        parts.append(seen.format(clock=words.clock(snapshot.facts.at, seconds=True)))
    parts.append(translate("Away", "Next try in {time}.").format(time=words.about(next_s)))
    parts.append(words.told(away[0].advice))  # last: the first to be cut off where it is narrow
    return sentence, " ".join(filter(None, parts))


def switch(window: QWidget, *, away: bool) -> None:
    """Turn all that changes something off while the database is away, and on again as it was."""
    things: Iterable[Action | Button] = (*window.findChildren(Action), *window.findChildren(Button))
    for thing in things:
        if thing.changes:
            thing.set_away(away)
