"""The little style sheet: scroll bars, menus, tool tips, popups. All other things paint themselves."""

from __future__ import annotations

from collections.abc import Callable
from string import Template
from typing import Any

from PySide6.QtGui import QColor

# No rule may name QWidget or *: each would cost every widget a style look-up.
_SHEET = Template("""
QScrollBar { background: transparent; margin: 0; border: 0 }
QScrollBar:vertical { width: 10px }
QScrollBar:horizontal { height: 10px }
QScrollBar::handle { background: $handle; border-radius: 3px; margin: 2px }
QScrollBar::handle:vertical { min-height: 40px }
QScrollBar::handle:horizontal { min-width: 40px }
QScrollBar::handle:hover { background: $handle_hover }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0 }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent }
QAbstractScrollArea::corner { background: transparent; border: 0 }
QLineEdit { background: $clear; border: 0; color: $text }
QMenu { background: $raised; border: 1px solid $line2; border-radius: 8px; padding: 4px }
QMenu::item { padding: 6px 24px 6px 10px; border-radius: 6px; color: $text }
QMenu::item:selected { background: $select }
QMenu::item:disabled { color: $text3 }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px }
QToolTip { background: $notice; color: $on_notice; border: 0; padding: 4px 6px }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line2; padding: 4px; outline: 0;
    selection-background-color: $select; selection-color: $text }
QComboBox QAbstractItemView::item, QListView#offers::item { min-height: 28px }
QListView#offers { background: $raised; border: 1px solid $line2; padding: 2px; outline: 0;
    selection-background-color: $select; selection-color: $text }
""")


def stylesheet(colour: Callable[[Any], QColor]) -> str:
    """The sheet in the colours of a theme; `colour` gives one by its role."""
    roles = ("raised", "line", "line2", "text", "text3", "select", "notice", "on_notice")
    values = {role: colour(role).name() for role in roles}
    ground = colour("raised")  # a field paints its own; the colour still tells light from dark
    values["clear"] = f"rgba({ground.red()}, {ground.green()}, {ground.blue()}, 0)"
    handle = colour("text3")
    values["handle"] = f"rgba({handle.red()}, {handle.green()}, {handle.blue()}, 45%)"
    values["handle_hover"] = f"rgba({handle.red()}, {handle.green()}, {handle.blue()}, 75%)"
    return _SHEET.substitute(values)
