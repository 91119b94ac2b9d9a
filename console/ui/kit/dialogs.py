"""One question: the act with its number as title, the facts as rows, a safe button and the act."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QHideEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from console.ui import theme
from console.ui.kit import paint, reading
from console.ui.kit.boxes import STRETCH, row
from console.ui.kit.buttons import Button, Kind
from console.ui.kit.labels import Hairline, Label, Paragraph

WIDTH = 480
Fact = tuple[str, str]  # what, and its value


class Overlay(QDialog):
    """A dialog of the design: without the system's frame, with round corners, over the dimmed window.

    `top` says how far below the window's upper edge it stands; None: a little above the middle.
    """

    def __init__(self, parent: QWidget, title: str, *, top: int | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._window, self._top = parent.window(), top
        self._scrim: Scrim | None = None
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setModal(True)

    def setVisible(self, visible: bool) -> None:
        """In its place before it is there: where a window manager is, one that moves then never hears where it is."""
        if visible and not self.isVisible():
            self._place()
        super().setVisible(visible)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._scrim = Scrim(self._window)

    def focusNextPrevChild(self, forward: bool) -> bool:
        return reading.step(self, forward=forward)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._scrim is not None:
            self._scrim.deleteLater()
            self._scrim = None

    def _fit(self) -> None:
        self.adjustSize()

    def _place(self) -> None:
        self._fit()
        corner = self._window.mapToGlobal(self._window.rect().topLeft())
        above = (self._window.height() - self.height()) // 2 - 40 if self._top is None else self._top
        self.move(corner.x() + (self._window.width() - self.width()) // 2, corner.y() + max(above, theme.GAP))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        paint.cut_corners(self, theme.DIALOG)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        with paint.painting(self) as painter:
            rect = QRectF(self.rect())
            paint.rounded(painter, rect, theme.DIALOG, fill=tokens["raised"], border=tokens["line2"])


class Question(Overlay):
    """Ask with `exec()`; it is 1 if the act was chosen. Esc is the safe button, which has the focus at the start.

    `body` stands between the facts and the buttons: a field to fill in, which then gets the focus.
    """

    def __init__(
        self,
        parent: QWidget,
        *,
        title: str,
        sentence: str = "",
        facts: Sequence[Fact] = (),
        safe: str,
        act: str,
        act_kind: Kind = "destroy",
        body: QWidget | None = None,
    ) -> None:
        super().__init__(parent, title)
        self.setFixedWidth(WIDTH)
        self.safe = Button(safe, key="Esc")
        self.act = Button(act, kind=act_kind)
        self.safe.clicked.connect(self.reject)
        self.act.clicked.connect(self.accept)
        lines = self._lines = QVBoxLayout(self)
        lines.setContentsMargins(24, 20, 24, 20)
        lines.setSpacing(0)
        lines.addWidget(Label(title, size=17, weight=600))
        if sentence:
            lines.addSpacing(8)
            lines.addWidget(Paragraph(sentence))
        if facts:
            lines.addSpacing(12)
            self._add_facts(lines, facts)
        if body is not None:
            lines.addSpacing(16)
            lines.addWidget(body)
        lines.addSpacing(20)
        lines.addWidget(row(STRETCH, self.safe, self.act))
        (self.safe if body is None else self.act).setDefault(True)
        (body or self.safe).setFocus(Qt.FocusReason.TabFocusReason)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._fit()  # what is wrong with a field came under it, or went
        return done

    def _fit(self) -> None:
        """As high as all of it needs: left alone, Qt stops at a share of the screen and cuts what is written."""
        lines = self._lines
        high = lines.totalHeightForWidth(WIDTH) if lines.hasHeightForWidth() else lines.totalSizeHint().height()
        self.setFixedHeight(high)

    def _add_facts(self, lines: QVBoxLayout, facts: Sequence[Fact]) -> None:
        for what, value in facts:
            lines.addWidget(Hairline())
            lines.addWidget(
                row(Label(what, role="text2"), STRETCH, Label(value, weight=500, align="end"), height=theme.ROW)
            )
        lines.addWidget(Hairline())


class Scrim(QWidget):
    """Dims the window under a dialog."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setGeometry(window.rect())
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self) as painter:
            painter.fillRect(self.rect(), theme.tokens(self)["scrim"])
