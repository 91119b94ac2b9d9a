"""An entry of the side bar: an icon, a word, a count."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.theme import Role, Weight


class Place(QAbstractButton):
    """One entry: an icon, a word, a count."""

    def __init__(
        self, text: str, icon: str, *, role: Role = "text2", tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon, self._tip, self._count, self._narrow = icon, tip, "", False
        self._count_role: Role = "text3"
        self._role: Role = role  # of its icon while it is not the current one
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._name()

    def set_count(self, count: str, role: Role = "text3") -> None:
        """Show a figure at the right; "" for none."""
        if (count, role) != (self._count, self._count_role):
            self._count, self._count_role = count, role
            self._name()
            self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Show only the icon."""
        self._narrow = narrow
        self._name()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(39, 34) if self._narrow else QSize(191, 30)

    def nextCheckState(self) -> None:
        """A press changes nothing here: the window says where the user is."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect, on = theme.tokens(self), QRectF(self.rect()), self.isChecked()
        with paint.painting(self) as painter:
            if on or self.underMouse():
                paint.rounded(painter, rect, theme.CONTROL, fill=tokens["select" if on else "sunken"])
            left = (rect.width() - 16) / 2 if self._narrow else 9
            paint.icon(painter, left, rect.center().y() - 8, self._icon, tokens["accent" if on else self._role])
            if not self._narrow:
                count = paint.width(self._count, 12, 500) + 8 if self._count else 0
                place = rect.adjusted(34, 0, -9 - count, 0)
                paint.text(
                    painter, place, self.text(), tokens["text" if on else "text2"], theme.font(13, 500 if on else 400)
                )
                place = rect.adjusted(0, 0, -9, 0)
                weight: Weight = 500 if self._count_role == "text3" else 600
                paint.text(painter, place, self._count, tokens[self._count_role], theme.font(12, weight), align="end")
            if self.hasFocus():
                paint.focus_ring(painter, rect, tokens["accent"])

    def _name(self) -> None:
        name = f"{self.text()}, {self._count}" if self._count else self.text()
        self.setAccessibleName(name)
        self.setToolTip(name if self._narrow else self._tip)
