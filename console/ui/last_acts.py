"""The foot of the side bar: what was done last, a way to all of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from console.ui import theme
from console.ui.kit import paint

translate = QCoreApplication.translate
REMEMBERED = 3
HEAD, LINE = 24, 20
Line = tuple[str, str]  # what was done, and when


class LastActs(QAbstractButton):
    """Up to three lines under a heading; a press leads to the activity."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()
        self._shown_by_audit = False
        self.setText(translate("SideBar", "Last actions"))
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def remember(self, act: str, clock: str) -> None:
        """Put what was done here on top, until the audit is known, which tells what anybody did."""
        if not self._shown_by_audit:
            self._set(((act, clock), *self.lines))

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show what the audit says, the newest first."""
        self._shown_by_audit = True
        self._set(tuple(lines))

    def sizeHint(self) -> QSize:
        return QSize(160, HEAD + LINE * len(self.lines) + 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect, on = theme.tokens(self), QRectF(self.rect()), self.isChecked()
        with paint.painting(self) as painter:
            if on or self.underMouse():
                paint.rounded(painter, rect, theme.CONTROL, fill=tokens["select" if on else "sunken"])
            place = QRectF(9, 6, rect.width() - 18, HEAD - 4)
            head = tokens["text" if on else "text3"]
            paint.text(painter, place, self.text(), head, theme.font(12, 600 if on else 500))
            for number, (act, clock) in enumerate(self.lines):
                place = QRectF(9, 6 + HEAD - 2 + LINE * number, rect.width() - 18, LINE)
                wide = paint.text(painter, place, clock, tokens["text3"], theme.font(12), align="end")
                paint.text(painter, place.adjusted(0, 0, -wide - 6, 0), act, tokens["text2"], theme.font(12))
            if self.hasFocus():
                paint.focus_ring(painter, rect, tokens["accent"])

    def _set(self, lines: tuple[Line, ...]) -> None:
        if lines[:REMEMBERED] != self.lines:
            self.lines = lines[:REMEMBERED]
            said = "; ".join(f"{act}, {clock}" for act, clock in self.lines)
            self.setAccessibleName(f"{self.text()}: {said}" if said else self.text())
            self.setToolTip("\n".join(act for act, _clock in self.lines))
            self.updateGeometry()
            self.update()
