"""What stands beside an upload: what was agreed, what happens if it stops, how fast it goes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QRectF, QTimer
from PySide6.QtGui import QHideEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.ui import theme, words
from console.ui.kit import paint
from console.ui.kit.boxes import column, row
from console.ui.kit.labels import Hairline, Label, Paragraph
from console.ui.kit.sparklines import Sparkline

translate = QCoreApplication.translate
WIDTH = 376
INNER = WIDTH - 2 * theme.MARGIN - 1


class AgreedPane(QWidget):
    """The pane at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self._rows = column()
        self._speed = Label(role="text3")
        self._line = Sparkline(samples=60, width=INNER, height=64)
        self._value = 0.0
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(lambda: self._line.add(self._value))
        self._running = False
        self._section = column(
            Hairline(), row(_title(translate("Uploads", "Upload speed")), self._speed, "stretch", height=44), self._line
        )
        body = column(margins=(theme.MARGIN, 4, theme.MARGIN, 20))
        body.add(
            row(_title(translate("Uploads", "What was agreed")), height=44),
            Hairline(),
            6,
            self._rows,
            10,
            Hairline(),
            row(_title(translate("Uploads", "If something stops")), height=44),
            Paragraph(_promise_of_uploads()),
            10,
            Paragraph(translate("Uploads", "Your own files are only read. They are never moved, renamed or changed.")),
            16,
            self._section,
            "stretch",
        )
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(Hairline(vertical=True))
        across.addWidget(body)

    def show_agreed(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show these, what and its value."""
        layout = self._rows.layout()
        assert isinstance(layout, QVBoxLayout)
        while (item := layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for what, value in rows:
            line = row(Label(what, role="text2"), height=theme.ROW)
            self._rows.add(line.add(Label(value, weight=500, align="end"), stretch=1))

    def show_speed(self, value: float, *, running: bool) -> None:
        """Bytes a second; the line grows by a sample a second while it runs."""
        self._value = value
        self._running = running
        speed = translate("Uploads", "{size}/s").format(size=words.size(value))
        self._speed.setText(speed if running and value else "")
        self._section.setVisible(running)
        self._run_clock()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run_clock()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._second.stop()

    def _run_clock(self) -> None:
        if self._running and self.isVisible():
            if not self._second.isActive():
                self._second.start()
        else:
            self._second.stop()


class Legend(QWidget):
    """What the two strengths of the aggregate bar mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ("", "")
        self.setFixedHeight(18)

    def tell(self, read: str, uploaded: str) -> None:
        """Set the words of the stronger and of the weaker part."""
        self._words = (read, uploaded)
        self.setAccessibleName(f"{read}, {uploaded}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        left = 0.0
        with paint.painting(self) as painter:
            for said, colour in zip(self._words, (tokens["accent"], tokens.soft("accent", 0.34)), strict=True):
                paint.rounded(painter, QRectF(left, 4, 10, 10), 2.5, fill=colour)
                place = QRectF(left + 16, 0, max(self.width() - left - 16, 0), 18)
                left += 16 + paint.text(painter, place, said, tokens["text2"], theme.font(12)) + 20


def _title(text: str) -> Label:
    return Label(text, size=14, weight=600)


def _promise_of_uploads() -> str:
    return translate(
        "Uploads",
        "The next start offers to go on with what did not arrive, from the same files. What has arrived stays.",
    )
