"""The top bar: the mark, the profile's badge, three lamps in fixed slots, Add files."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from console.ui import theme, words
from console.ui.kit import paint
from console.ui.kit.buttons import Button, key_text
from console.ui.kit.keys import key_signs
from console.ui.kit.labels import Label
from console.ui.kit.lamps import Lamp
from console.ui.kit.pictures import Picture

if TYPE_CHECKING:
    from console.ops.snapshot import Health

translate = QCoreApplication.translate
SLOW_S = 0.25  # a service that takes longer to answer is shown as slow
SERVICES = {"redis": "Redis", "postgres": "Postgres", "s3": "S3"}


class Badge(QAbstractButton):
    """The profile in use; a production profile cannot be overlooked. A press on it leads to the others."""

    KEY = "G, P"

    def __init__(
        self, profile: str, *, production: bool = False, colour: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._profile, self._production, self._colour = profile, production, QColor(colour)
        self._lock_word, self._locked = "", True
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._name()

    def show_lock(self, word: str, *, locked: bool) -> None:
        """Say of a production profile whether it can be changed."""
        if (word, locked) != (self._lock_word, self._locked):
            self._lock_word, self._locked = word, locked
            self._name()
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._name_width + self._lock_width, 28)

    @property
    def _name_width(self) -> int:
        return min(40 + paint.width(self._profile, 13, 600), 240)

    @property
    def _lock_width(self) -> int:
        """Of the widest that it says, so that nothing moves while the time runs."""
        widest = (unlocked_word(600), self._lock_word)
        return 20 + max(paint.width(word, 13, 500) for word in widest) if self._lock_word else 0

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect = theme.tokens(self), QRectF(self.rect())
        with paint.painting(self) as painter:
            if self._production:
                self._paint_production(painter, rect, tokens)
            else:
                fill, own = tokens["sunken" if self.underMouse() else "raised"], self._colour
                border = own if own.isValid() else tokens["line2"]
                paint.rounded(painter, rect, theme.CONTROL, fill=fill, border=border)
            icon = "hard-drive" if not self._production else "lock" if self._locked else "lock-open"
            plain = self._colour if self._colour.isValid() else tokens["text2"]
            paint.icon(painter, 9, 6, icon, tokens["on_bad"] if self._production else plain)
            colour = tokens["on_bad" if self._production else "text"]
            place = QRectF(30, 0, self._name_width - 38, rect.height())
            paint.text(painter, place, self._profile, colour, theme.font(13, 600))
            if self.hasFocus():
                paint.focus_ring(painter, rect, tokens["accent"])

    def _paint_production(self, painter: QPainter, rect: QRectF, tokens: theme.Tokens) -> None:
        """Its name on red, and beside it, framed in red, whether it is locked."""
        paint.rounded(painter, rect, theme.CONTROL, border=tokens["bad_fill"])
        name = QRectF(0, 0, self._name_width, rect.height())
        paint.rounded(painter, name, theme.CONTROL, fill=tokens["bad_fill"])
        if self._lock_word:
            painter.fillRect(QRectF(name.right() - theme.CONTROL, 0, theme.CONTROL, rect.height()), tokens["bad_fill"])
            place = QRectF(name.right() + 10, 0, self._lock_width - 20, rect.height())
            paint.text(painter, place, self._lock_word, tokens["bad"], theme.font(13, 500))

    def _name(self) -> None:
        kind = (
            translate("TopBar", "Production profile {name}")
            if self._production
            else translate("TopBar", "Profile {name}")
        )
        said = ", ".join(part for part in (kind.format(name=self._profile), self._lock_word) if part)
        self.setAccessibleName(said)
        self.setToolTip(translate("TopBar", "{profile} ({key})").format(profile=said, key=key_text(self.KEY)))


class GoTo(QAbstractButton):
    """Looks like a field and opens the palette, in which the typing is done."""

    KEY = "Ctrl+K"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(translate("TopBar", "Go to job, worker, command"))
        self.setAccessibleName(self.text())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(290)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(288, theme.CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, theme.CONTROL_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect, signs = theme.tokens(self), QRectF(self.rect()), key_signs(self.KEY)
        with paint.painting(self) as painter:
            fill = tokens["hover" if self.underMouse() else "raised"]
            paint.rounded(painter, rect, theme.CONTROL, fill=fill, border=tokens["line2"])
            paint.icon(painter, 10, rect.center().y() - 8, "search", tokens["text3"])
            keys = paint.keys_width(signs)
            if rect.width() > keys + 60:
                paint.keys(painter, rect.right() - keys - 8, rect.center().y(), signs, tokens["text3"], tokens["line2"])
                paint.text(painter, rect.adjusted(32, 0, -keys - 14, 0), self.text(), tokens["text3"])
            if self.hasFocus():
                paint.focus_ring(painter, rect, tokens["accent"])


class TopBar(QWidget):
    """What is connected, and the way to add files."""

    def __init__(
        self,
        profile: str,
        add_files: Button,
        *,
        production: bool,
        colour: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setFixedHeight(theme.TOP_BAR)
        self.badge = Badge(profile, production=production, colour=colour)
        self.lock_button = Button(translate("TopBar", "Unlock…"), kind="link")
        self.lock_button.setVisible(production)
        self.go_to = GoTo()
        self.lamps = {service: Lamp(name) for service, name in SERVICES.items()}
        self._mark = Picture("scan-text", 18, "accent")
        self._name = Label("OCR Console", size=14, weight=600)
        self._corner = QWidget()  # the mark and the name, as wide as the side bar
        corner = QHBoxLayout(self._corner)
        corner.setContentsMargins(0, 0, 0, 0)
        corner.setSpacing(8)
        corner.addSpacing(16)
        corner.addWidget(self._mark)
        corner.addWidget(self._name, 1)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 1)
        line.setSpacing(0)
        line.addWidget(self._corner)
        line.addSpacing(theme.GROUP)
        line.addWidget(self.badge)
        line.addSpacing(12)
        line.addWidget(self.lock_button)
        line.addStretch(1)
        line.addSpacing(12)
        line.addWidget(self.go_to, 2)
        line.addSpacing(24)
        for lamp in self.lamps.values():
            line.addWidget(lamp)
            line.addSpacing(18)
        line.addSpacing(6)
        line.addWidget(add_files)
        line.addSpacing(16)
        self.set_narrow(narrow=False)

    def show_health(self, health: Iterable[Health]) -> None:
        """Set the lamps."""
        for one in health:
            lamp = self.lamps.get(one.service)
            if lamp is not None:
                lamp.show_state(*lamp_look(one))

    def show_lock(self, left_s: float | None) -> None:
        """Say how long a production profile stays unlocked; None: it is read-only."""
        locked = left_s is None
        word = translate("TopBar", "Read-only") if left_s is None else unlocked_word(left_s)
        self.badge.show_lock(word, locked=locked)
        self.lock_button.setText(translate("TopBar", "Unlock…") if locked else translate("TopBar", "Lock now"))

    def set_narrow(self, *, narrow: bool) -> None:
        """Leave out the name and the latencies where there is little room."""
        self._corner.setFixedWidth(theme.SIDE_BAR_ICONS if narrow else theme.SIDE_BAR)
        self._name.setVisible(not narrow)
        for lamp in self.lamps.values():
            lamp.set_narrow(narrow)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        with paint.painting(self) as painter:
            painter.fillRect(self.rect(), tokens["canvas"])
            painter.fillRect(0, self.height() - 1, self.width(), 1, tokens["line"])


def unlocked_word(left_s: float) -> str:
    """`Unlocked 8:42`."""
    minutes, seconds = divmod(ceil(left_s), 60)
    return translate("TopBar", "Unlocked {time}").replace("{time}", f"{minutes}:{seconds:02}")


def lamp_look(health: Health) -> tuple[str, str, str]:
    """What a lamp shows: its state, a figure, and a sentence for who wants to know more."""
    if health.state == "ok":
        latency = health.latency_s or 0.0
        return ("slow" if latency > SLOW_S else "ok"), words.latency(latency), words.told(health.sentence)
    word = translate("TopBar", "starting") if health.state == "starting" else translate("TopBar", "away")
    since = (
        translate("TopBar", "Since {clock}.").format(clock=words.clock(health.since, seconds=True))
        if health.since
        else ""
    )
    return health.state, word, " ".join(filter(None, (words.told(health.sentence, health.advice), since)))
