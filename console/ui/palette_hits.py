"""What the palette finds: hits as data, their order, and the list that shows them under headings."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.keys import key_signs

translate = QCoreApplication.translate
Kind = Literal["page", "batch", "job", "worker", "queue", "view", "command"]
ORDER: tuple[Kind, ...] = ("page", "batch", "job", "worker", "queue", "view", "command")
ROW, HEADING = 36, 28
EACH = 6  # of one kind, while nothing says which is meant
HIT_ROLE = Qt.ItemDataRole.UserRole
_NONE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Hit:
    """Something to go to, or to do."""

    kind: Kind
    icon: str
    text: str
    run: Callable[[], object]
    note: str = ""  # its state, in a few words
    key: str = ""
    acts: tuple[Hit, ...] = ()  # what can be done with it


def heading(kind: Kind) -> str:
    """The words over the hits of one kind."""
    return {
        "page": translate("Palette", "Pages"),
        "batch": translate("Palette", "Batches"),
        "job": translate("Palette", "Jobs"),
        "worker": translate("Palette", "Workers"),
        "queue": translate("Palette", "Queues"),
        "view": translate("Palette", "Saved filters"),
        "command": translate("Palette", "Commands"),
    }[kind]


def ranked(hits: Iterable[Hit], needle: str) -> list[Hit]:
    """Those in which every typed word stands, the ones that begin with it first; each kind keeps its own order."""
    parts = [plain(part) for part in needle.split()]
    found = [hit for hit in hits if all(part in plain(f"{hit.text} {hit.note}") for part in parts)]
    first = parts[0] if parts else ""
    return sorted(found, key=lambda hit: (ORDER.index(hit.kind), not plain(hit.text).startswith(first)))


def plain(text: str) -> str:
    """Without case and without accents, as people type."""
    parts = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


class Line(QLineEdit):
    """The field of the palette: large, without a frame."""

    def __init__(self, hint: str) -> None:
        super().__init__()
        self.setFrame(False)
        self.setFont(theme.font(17))
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setStyleSheet("background: transparent")


class Hits(QAbstractListModel):
    """Headings and hits, as one list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Hit | str] = []

    def show(self, hits: Sequence[Hit]) -> None:
        """Show these instead."""
        rows: list[Hit | str] = []
        for hit in hits:
            if (title := heading(hit.kind)) not in rows:
                rows.append(title)
            rows.append(hit)
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def hit(self, place: int) -> Hit | None:
        """The hit there; None for a heading."""
        found = self._rows[place] if 0 <= place < len(self._rows) else None
        return found if isinstance(found, Hit) else None

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own
        if not index.isValid():
            return None
        found = self._rows[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return found if isinstance(found, str) else ", ".join(part for part in (found.text, found.note) if part)
        return found if role == HIT_ROLE else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.NoItemFlags if self.hit(index.row()) is None else super().flags(index)


class HitList(QListView):
    """The list under the field."""

    chosen = Signal(object)  # Hit

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._hits = Hits(self)
        self.needle = ""
        self.setModel(self._hits)
        self.setItemDelegate(_Rows(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(translate("Palette", "Hits"))
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(lambda index: self.chosen.emit(self._hits.hit(index.row())))
        self.entered.connect(self._enter)

    @property
    def current(self) -> Hit | None:
        """What Enter would choose."""
        return self._hits.hit(self.currentIndex().row())

    def show_hits(self, hits: Sequence[Hit], needle: str, rows: int, most: int) -> None:
        """Show these, the typed letters marked, at most so many at once without scrolling, and `most` pixels."""
        self.needle = plain(needle)
        self._hits.show(few_of_each(hits) if not needle else hits)
        headings = self._hits.rowCount() - sum(self._hits.hit(n) is not None for n in range(self._hits.rowCount()))
        shown = min(self._hits.rowCount() - headings, rows)
        self.setFixedHeight(min(shown * ROW + min(headings, shown) * HEADING + 8, most) if shown else 0)
        self.step(1)

    def step(self, by: int) -> None:
        """To the next hit, or the one before; headings are passed over, the ends meet."""
        count, place = self._hits.rowCount(), self.currentIndex().row()
        for _ in range(count):
            place = (place + by) % count
            if self._hits.hit(place) is not None:
                self.setCurrentIndex(self._hits.index(place))
                return

    def _enter(self, index: QModelIndex) -> None:
        if self._hits.hit(index.row()) is not None:
            self.setCurrentIndex(index)


class _Rows(QStyledItemDelegate):
    """Paints headings and hits."""

    def __init__(self, view: HitList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, ROW if isinstance(index.data(HIT_ROLE), Hit) else HEADING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        found = index.data(HIT_ROLE)
        tokens, rect = theme.tokens_of(option.palette), QRectF(option.rect)
        with paint.placed(painter, option.rect, option.direction):
            if not isinstance(found, Hit):
                place = rect.adjusted(20, 0, -20, 0)
                paint.text(painter, place, str(found), tokens["text3"], theme.font(12, 500))
                return
            if option.state & QStyle.StateFlag.State_Selected:
                paint.rounded(painter, rect.adjusted(8, 0, -8, 0), theme.CONTROL, fill=tokens["select"])
            self._paint_hit(painter, rect, found, tokens)

    def _paint_hit(self, painter: QPainter, rect: QRectF, hit: Hit, tokens: theme.Tokens) -> None:
        paint.icon(painter, rect.left() + 20, rect.center().y() - 8, hit.icon, tokens["text3"])
        right = rect.right() - 20
        if hit.key:
            signs = key_signs(hit.key)
            right -= paint.keys_width(signs)
            paint.keys(painter, right, rect.center().y(), signs, tokens["text2"], tokens["line2"])
        place = QRectF(rect.left() + 48, rect.top(), right - rect.left() - 60, rect.height())
        taken = paint.marked(painter, place, hit.text, self._view.needle, plain, tokens["text"], tokens["accent"])
        note = place.adjusted(taken + 12, 0, 0, 0)
        if hit.note and note.width() > 30:
            paint.text(painter, note, hit.note, tokens["text2"])


def few_of_each(hits: Sequence[Hit]) -> list[Hit]:
    """The first of every kind: what nobody asked for is a hint, not a list."""
    seen: dict[str, int] = {}
    few = []
    for hit in hits:
        seen[hit.kind] = seen.get(hit.kind, 0) + 1
        if seen[hit.kind] <= EACH:
            few.append(hit)
    return few
