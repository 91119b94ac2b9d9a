"""Steps of the tests of the jobs page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.ui.jobs import JobsPage
from console.ui.kit.choices import Choice
from tests.gui.invented import MemoryStore


def store(page: JobsPage) -> MemoryStore:
    source = page.feed._source
    assert isinstance(source, MemoryStore)
    return source


def click(page: JobsPage, place: int, column: int = 1, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    middle = page.table.visualRect(page.model.index(place, column)).center()
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, modifier, middle)


def choose(choice: Choice, text: str) -> None:
    """As the list does when an entry is chosen."""
    place = choice.findText(text)
    assert place >= 0
    choice.setCurrentIndex(place)
    choice.activated.emit(place)


def checked(page: JobsPage) -> list[str]:
    return [row.name for row in page.table.checked()]
