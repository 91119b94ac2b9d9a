"""Steps of the tests of the batches page."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.bridge.batch_feed import Section
from console.ui.batches import BatchesPage
from tests.gui.batch_days import FakeBatches


class Heard:
    """Acts that only note what is wanted."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *given: self.calls.append((name, *given))


def source(page: BatchesPage) -> FakeBatches:
    asked = page.feed._source
    assert isinstance(asked, FakeBatches)
    return asked


def place_of(page: BatchesPage, number: int) -> int:
    place = page.model.place(UUID(int=number + 1))
    assert place is not None
    return place


def names(page: BatchesPage) -> list[str]:
    return [row.group if isinstance(row, Section) else row.name for row in page.model.rows]


def said(page: BatchesPage, place: int) -> dict[str, str]:
    return {column.key: page.model.data(page.model.index(place, at)) for at, column in enumerate(page.model.columns)}


def click(page: BatchesPage, number: int, column: str = "name", *, right: int = 0) -> None:
    """On a cell, `right` pixels from its right edge if that is given."""
    at = next(place for place, one in enumerate(page.model.columns) if one.key == column)
    rect = page.table.visualRect(page.model.index(place_of(page, number), at))
    spot = rect.center()
    if right:
        spot.setX(rect.right() - right)
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
