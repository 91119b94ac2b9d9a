"""One page as a picture, as large as one wishes. Paper stays paper in the dark."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.labels import Label, Paragraph
from console.ui.kit.rings import Ring

translate = QCoreApplication.translate
EDGE = 20  # around the paper
FULL: Final = 96 / 72  # pixels to a point at 100 %
STEP: Final = 1.25
SMALLEST, LARGEST = 0.1, 6.0  # in units of FULL
Fit = Literal["width", "page"]


class Paper(QWidget):
    """Draws the picture in the middle of its room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture: QImage | None = None
        self.paper = QSize()

    def place(self) -> QRectF:
        """Where the paper lies."""
        left = max((self.width() - self.paper.width()) / 2, EDGE)
        return QRectF(round(left), EDGE, self.paper.width(), self.paper.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        with paint.painting(self, turns=False) as painter:
            painter.fillRect(self.rect(), tokens["sunken" if tokens.name == "light" else "canvas"])
            if self.picture is not None:
                place = self.place()
                painter.fillRect(place.adjusted(-1, -1, 1, 1), tokens["line2"])
                painter.drawImage(place, self.picture)


class Sheet(QScrollArea):
    """The room of the page. `wanted` asks for a picture of the page that fits into so many pixels."""

    wanted = Signal(int, int)
    zoomed = Signal(float)  # 1.0 is 100 %

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paper = Paper()
        self._points: QPointF | None = None  # the page's size
        self._scale: float | None = None  # pixels to a point; None: fitted
        self._fit: Fit = "width"
        self._asked: tuple[int, int] | None = None  # pixels across and down, the last time
        self.setWidget(self._paper)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # the arrows up and down scroll
        self.setAccessibleName(translate("Viewer", "Page"))
        self._ring = Ring(self)
        self._message = _Message(self)
        self._later = QTimer(self, interval=60, singleShot=True)
        self._later.timeout.connect(self._ask)

    @property
    def zoom(self) -> float:
        """1.0 is 100 %."""
        return self._pixels_to_point() / FULL

    @property
    def showing(self) -> bool:
        """Whether there is a picture."""
        return self._paper.picture is not None

    def ask(self) -> None:
        """A page is to be shown: ask for its picture. Its size is not known yet."""
        self._points = None
        self._ask()

    def show_picture(self, picture: QImage, scale: float) -> None:
        """Show a page; `scale` is how many of the picture's pixels make a point."""
        ratio = self.devicePixelRatioF()
        self._message.hide()
        self._points = QPointF(picture.width() / scale, picture.height() / scale)
        self._paper.picture = picture
        self._lay_out()
        if abs(scale / ratio - self._pixels_to_point()) > 0.02 * scale and self._fitting() != self._asked:
            self._later.start()  # one that came smaller than it was asked for cannot be had larger

    def say(self, title: str, advice: str = "") -> None:
        """Show words where no picture is."""
        self._later.stop()
        self._paper.picture = None
        self._points = None
        self._paper.setMinimumSize(0, 0)
        self._paper.update()
        self._message.tell(title, advice)
        self._message.setGeometry(self.viewport().rect())

    def zoom_in(self) -> None:
        """A step larger."""
        self._set_scale(self._pixels_to_point() * STEP)

    def zoom_out(self) -> None:
        """A step smaller."""
        self._set_scale(self._pixels_to_point() / STEP)

    def fit(self) -> None:
        """As wide as the room; once more, as high as it."""
        self._fit = "page" if self._scale is None and self._fit == "width" else "width"
        self._scale = None
        self._lay_out()
        self._later.start()

    def to_top(self) -> None:
        """Show the page's head."""
        self.verticalScrollBar().setValue(0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            (self.zoom_in if event.angleDelta().y() > 0 else self.zoom_out)()
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._message.setGeometry(self.viewport().rect())
        self._lay_out()
        if self._points is not None and self._scale is None:
            self._later.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._later.stop()

    def _room(self) -> tuple[float, float]:
        bar = self.verticalScrollBar().sizeHint().width()
        return max(self.width() - 2 * EDGE - bar, 50.0), max(self.height() - 2 * EDGE, 50.0)

    def _pixels_to_point(self) -> float:
        if self._scale is not None:
            return self._scale
        if self._points is None:
            return FULL
        wide, high = self._room()
        across = wide / self._points.x()
        return across if self._fit == "width" else min(across, high / self._points.y())

    def _set_scale(self, scale: float) -> None:
        self._scale = min(max(scale, SMALLEST * FULL), LARGEST * FULL)
        self._lay_out()
        self._later.start()

    def _lay_out(self) -> None:
        if self._points is None:
            return
        scale = self._pixels_to_point()
        size = QSize(round(self._points.x() * scale), round(self._points.y() * scale))
        self._paper.paper = size
        self._paper.setMinimumSize(size + QSize(2 * EDGE, 2 * EDGE))
        self._paper.update()
        self.zoomed.emit(scale / FULL)

    def _ask(self) -> None:
        self._asked = self._fitting()
        self.wanted.emit(*self._asked)

    def _fitting(self) -> tuple[int, int]:
        """The pixels across and down into which the picture is to fit."""
        ratio = self.devicePixelRatioF()
        if self._points is None:
            wide, high = self._room()
            tall = self._fit == "width" and self._scale is None
            return round(wide * ratio), round((8 * wide if tall else high) * ratio)
        scale = self._pixels_to_point() * ratio
        return round(self._points.x() * scale), round(self._points.y() * scale)


class _Message(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = Label(weight=600, align="centre")
        self._advice = Paragraph()
        self._advice.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        lines = QVBoxLayout(self)
        lines.addStretch(2)
        lines.addWidget(self._title)
        lines.addWidget(self._advice)
        lines.addStretch(3)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def tell(self, title: str, advice: str) -> None:
        self._title.setText(title)
        self._advice.setText(advice)
        self.setAccessibleName(f"{title} {advice}".strip())
        self.show()
        self.raise_()
