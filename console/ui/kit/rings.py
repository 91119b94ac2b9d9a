"""The focus ring of a part that scrolls, and so cannot paint one over its own content."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from console.ui import theme
from console.ui.kit import paint

_MOVES = frozenset({QEvent.Type.FocusIn, QEvent.Type.FocusOut, QEvent.Type.Resize})


class Ring(QWidget):
    """Lies over the part, seen while that has the focus, and is nothing to the pointer.

    `wanted` says whether it is needed: a table with a current row shows the focus there.
    """

    def __init__(self, of: QAbstractScrollArea, wanted: Callable[[], bool] = lambda: True) -> None:
        super().__init__(of)
        self._of, self._wanted = of, wanted
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        of.installEventFilter(self)

    def refresh(self) -> None:
        """Look again whether it is to be seen."""
        self.setGeometry(self._of.rect())
        self.setVisible(self._of.hasFocus() and self._wanted())
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the part."""
        if event.type() in _MOVES:
            self.refresh()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self) as painter:
            paint.focus_ring(painter, QRectF(self.rect()), theme.tokens(self)["accent"], theme.KEY)
