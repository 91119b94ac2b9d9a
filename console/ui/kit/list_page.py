"""A page of one list: the keys that lead into its table and out of what lies over or beside it."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from console.ui.kit.empty import EmptyState
from console.ui.kit.fields import Field
from console.ui.kit.side_pane import Beside
from console.ui.kit.table import Table


class Clears(Protocol):
    """A filter."""

    @property
    def field(self) -> Field:
        """In which it is typed."""
        ...

    def clear(self) -> None:
        """Let everything through."""
        ...


class ListPage(QWidget):
    """Its focus is the table's. Esc clears a filter that lets nothing through, then closes the pane.

    Whoever is one sets `table`, `filter`, `rooms` (the table, and what stands in its place) and `no_hits` of those.
    """

    table: Table
    filter: Clears
    rooms: QStackedWidget
    no_hits: EmptyState
    beside: Beside | None = None

    def leave_beside(self) -> bool:
        """Close what lies beside the table; whether there was something."""
        if self.beside is None or not self.beside.is_open:
            return False
        self.beside.close_pane()
        return True

    def go_to_filter(self) -> None:
        """Type into the filter."""
        self.filter.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.field.selectAll()

    def leave_filter(self) -> None:
        """Back to the rows; a filter that lets nothing through is cleared."""
        if self.rooms.currentWidget() is self.no_hits:
            self.filter.clear()
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.table.isVisible():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.rooms.currentWidget() is self.no_hits:
            self.filter.clear()
        elif event.key() != Qt.Key.Key_Escape or not self.leave_beside():
            super().keyPressEvent(event)
