"""An icon as a widget."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.theme import Role


class Picture(QWidget):
    """A still icon that says nothing by itself: the words beside it do."""

    def __init__(self, icon: str, size: int = 16, role: Role = "text2", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._size, self._role = icon, size, role
        self.setFixedSize(size, size)

    def show_icon(self, icon: str, role: Role) -> None:
        """Show another one."""
        self._icon, self._role = icon, role
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self) as painter:
            paint.icon(painter, 0, 0, self._icon, theme.tokens(self)[self._role], self._size)
