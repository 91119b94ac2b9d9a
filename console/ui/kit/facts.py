"""What is known of one thing, a line each: what, and its value, changed where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui.kit.boxes import Box, row
from console.ui.kit.labels import Label
from console.ui.theme import Role

HEIGHT = 24


@dataclass(frozen=True, slots=True)
class Known:
    """One line."""

    what: str
    value: str
    role: Role = "text"


class FactList(QWidget):
    """Lines of facts; the value is elided at its end and told whole by its tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[tuple[Box, Label, Label]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_facts(self, facts: Sequence[Known]) -> None:
        """Show these and no others."""
        while len(self._lines) < len(facts):
            self._add_line()
        for place, (line, what, value) in enumerate(self._lines):
            line.setVisible(place < len(facts))
            if place < len(facts):
                fact = facts[place]
                if (what.text(), value.text()) != (fact.what, fact.value):
                    what.setText(fact.what)
                    value.setText(fact.value)
                    what.updateGeometry()
                    line.setAccessibleName(f"{fact.what}, {fact.value}")
                value.set_role(fact.role)

    @property
    def said(self) -> dict[str, str]:
        """What is shown."""
        return {what.text(): value.text() for line, what, value in self._lines if not line.isHidden()}

    def _add_line(self) -> None:
        what = Label(role="text3")
        value = Label(weight=500, align="end", elide=Qt.TextElideMode.ElideRight)
        line = row(what, height=HEIGHT).add(value, stretch=1)
        self._column.addWidget(line)
        self._lines.append((line, what, value))
