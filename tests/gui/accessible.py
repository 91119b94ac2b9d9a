"""What a screen reader hears: every control that can be reached has a name."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QHeaderView, QLineEdit, QWidget

CONTROLS = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit)


def unnamed(page: QWidget) -> list[str]:
    """The kinds of visible controls of a page that have no accessible name."""
    nameless = []
    for widget in page.findChildren(QWidget):
        reached = isinstance(widget, CONTROLS) or widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        inner = isinstance(widget, QHeaderView) or widget.objectName().startswith("qt_")
        if not reached or not widget.isVisible() or inner:
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is None or not interface.text(QAccessible.Text.Name):
            nameless.append(type(widget).__name__)
    return nameless
