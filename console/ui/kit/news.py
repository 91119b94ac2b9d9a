"""A line at the upper edge of a table: so many new rows wait."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QWidget

from console.ui import theme, words
from console.ui.kit.buttons import Button

translate = QCoreApplication.translate


class News(Button):
    """Stays in the middle of the table's upper edge, over its rows."""

    def __init__(self, table: QWidget) -> None:
        super().__init__("", icon="arrow-up", name=translate("News", "New rows"), parent=table)
        self._table = table
        self.hide()
        table.installEventFilter(self)

    def show_count(self, count: int) -> None:
        """Say how many wait; 0: none."""
        self.setText(words.counted(count, translate("News", "{n} new"), translate("News", "{n} new")))
        self.setVisible(count > 0)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move along when the table's size changes."""
        if watched is self._table and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.adjustSize()
        self.move((self._table.width() - self.width()) // 2, theme.TABLE_HEAD + 8)
