"""The pages of a job as tiles: their numbers, what became of them in a word, and a list that grows and changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QCoreApplication, QModelIndex, QPersistentModelIndex, Qt

from console.bridge.table import runs
from console.ui import words
from console.ui.page_words import pains_taken
from console.ui.theme import Role
from worker.core.jobs import Page, PageMark

translate = QCoreApplication.translate
Index = QModelIndex | QPersistentModelIndex
TILE_ROLE = Qt.ItemDataRole.UserRole
_NONE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Tile:
    """One page; without `page` it is not read yet."""

    number: int
    page: Page | PageMark | None = None

    @property
    def figure(self) -> tuple[str, Role, str]:
        """The words under the picture, their colour, and an icon for what should not be overlooked."""
        page = self.page
        if page is None:
            return words.DASH, "text3", ""
        if page.state == "failed":
            return "", "bad", "circle-x"
        if page.state == "blank":
            return translate("Viewer", "blank"), "text3", ""
        if page.source == "text":
            return translate("Viewer", "text"), "text3", ""
        if page.confidence is None:
            return words.DASH, "text3", ""
        whole = str(int(page.confidence))  # 89.6 is not the 90 from which on it is good
        if page.confidence >= 90:
            return whole, "text3", ""
        return whole, "warn" if page.confidence >= 80 else "bad", "circle-alert"

    def spoken(self) -> str:
        """The tile in words."""
        page = self.page
        said = translate("Viewer", "Page {n}").replace("{n}", words.number(self.number))
        if page is None:
            return f"{said}, {translate('Viewer', 'not read yet')}"
        if page.state == "failed":
            return f"{said}, {translate('Viewer', 'failed')}"
        if page.confidence is None:
            return f"{said}, {self.figure[0]}"
        sure = translate("Viewer", "confidence {n}").replace("{n}", words.decimal(page.confidence))
        return ", ".join([said, sure, *pains_taken(page)])


class Tiles(QAbstractListModel):
    """The pages as a list that grows and changes, and is never reset while a job is shown."""

    def __init__(self) -> None:
        super().__init__()
        self._tiles: list[Tile] = []

    def set_tiles(self, tiles: Sequence[Tile]) -> None:
        """Become these."""
        keep = min(len(tiles), len(self._tiles))
        if len(self._tiles) > keep:
            self.beginRemoveRows(_NONE, keep, len(self._tiles) - 1)
            del self._tiles[keep:]
            self.endRemoveRows()
        changed = [place for place in range(keep) if self._tiles[place] != tiles[place]]
        self._tiles[:keep] = tiles[:keep]
        for first, last in runs(changed):
            self.dataChanged.emit(self.index(first), self.index(last))
        if len(tiles) > keep:
            self.beginInsertRows(_NONE, keep, len(tiles) - 1)
            self._tiles += tiles[keep:]
            self.endInsertRows()

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._tiles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own
        if not index.isValid() or index.row() >= len(self._tiles):
            return None
        tile = self._tiles[index.row()]
        if role == TILE_ROLE:
            return tile
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return tile.spoken()
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, (tile.spoken(), words.told(tile.page.error or "" if tile.page else ""))))
        return None
