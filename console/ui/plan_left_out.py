"""What is not read as it is, each with its reason, chosen by chips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.bridge.table import Column, TableModel
from console.ui import theme, words
from console.ui.job_icons import job_icon
from console.ui.kit import paint
from console.ui.kit.boxes import row
from console.ui.kit.buttons import Button
from console.ui.kit.cells import Named
from console.ui.kit.chips import Chip
from console.ui.kit.flow import flow
from console.ui.kit.labels import Label
from console.ui.kit.table import Table
from console.ui.plan_groups import LeftOut, Why
from console.ui.theme import Tokens

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Reasoned:
    """A cell that says why: the icon in the colour of its weight, the words in that of text.

    A sentence that has no room gives way to its short form.
    """

    entry: LeftOut

    def paint(self, painter: QPainter, rect: QRectF, tokens: Tokens, align: paint.Align) -> None:
        """The icon 14 wide, the sentence elided at its end."""
        quiet = self.entry.why == "other"
        paint.icon(painter, rect.left(), rect.center().y() - 7, self.entry.icon, tokens[self.entry.role], 14)
        colour = tokens["text2" if quiet else "text"]
        place = rect.adjusted(22, 0, 0, 0)
        fits = not self.entry.short or paint.width(self.entry.reason) <= place.width()
        paint.text(painter, place, self.entry.reason if fits else self.entry.short, colour, align=align)


class LeftOutList(QWidget):
    """A section with its own title, chips and table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[LeftOut] = ()
        self._note = Label(role="text3")
        copy = Button(translate("Plan", "Copy list"), icon="copy", kind="ghost", height=28)
        copy.clicked.connect(self._copy)
        self._chips: dict[Why | None, Chip] = {
            None: Chip(translate("Plan", "All")),
            "password": Chip(translate("Plan", "Password"), icon="key-round", role="warn"),
            "unreadable": Chip(translate("Plan", "Not readable"), icon="circle-x", role="bad"),
            "other": Chip(translate("Plan", "Left out"), icon="circle-slash", role="text3"),
        }
        for why, chip in self._chips.items():
            chip.clicked.connect(lambda _checked, why=why: self._choose(why))
        self.model: TableModel[LeftOut] = TableModel(_columns(), lambda entry: (entry.folder, entry.name, entry.reason))
        self.table = Table(self.model, name=translate("Plan", "Not read as they are"))
        self.table.setMinimumHeight(theme.TABLE_HEAD + 2 * theme.ROW)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        title = Label(translate("Plan", "Not read as they are"), size=14, weight=600)
        lines.addWidget(row(title, height=36).add(self._note, stretch=1).add(copy))
        self._chip_line = flow(*self._chips.values(), line=40)
        lines.addWidget(self._chip_line)
        lines.addWidget(self.table, 1)

    @property
    def count(self) -> int:
        """How many lines there are under "All"."""
        return len(self._rows)

    def show_rows(self, rows: Sequence[LeftOut], note: str) -> None:
        """Show these; the note stands beside the title."""
        self._rows = rows
        self._note.setText(note)
        for why, chip in self._chips.items():
            count = sum(1 for entry in rows if why in {None, entry.why})
            chip.set_count(words.number(count))
            chip.setVisible(count > 0)
        self._chip_line.setVisible(len({entry.why for entry in rows}) > 1)
        self._choose(None)

    def as_text(self) -> str:
        """The lines that are shown, for a message to somebody: file, folder, reason."""
        return "\n".join("\t".join((entry.name, entry.folder, entry.reason)) for entry in self.model.rows)

    def _choose(self, why: Why | None) -> None:
        for kind, chip in self._chips.items():
            chip.setChecked(kind == why)
        self.model.set_rows(entry for entry in self._rows if why in {None, entry.why})

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.as_text())


def _columns() -> tuple[Column[LeftOut], ...]:
    return (
        Column(
            "file",
            translate("Plan", "File"),
            lambda entry: entry.name,
            look=lambda entry: Named(entry.name, job_icon(entry.name)),
        ),
        Column("folder", translate("Plan", "Folder"), lambda entry: entry.folder, width=120),
        Column(
            "why",
            translate("Plan", "Why"),
            lambda entry: entry.reason,
            look=Reasoned,
            tip=lambda entry: entry.reason,
        ),
        Column(
            "size",
            translate("Plan", "Size"),
            lambda entry: words.size(entry.bytes),
            width=84,
            end=True,
        ),
    )
