"""What stood out in the span that the history page shows: when, what, how long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.bridge.table import Column, TableModel
from console.ui import theme, words
from console.ui.finding_looks import MARK, finding_icon, incident_role
from console.ui.kit.boxes import row
from console.ui.kit.cells import Named, Words
from console.ui.kit.labels import Hairline, Label
from console.ui.kit.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from worker.core.incidents import Incident

translate = QCoreApplication.translate
MOST = 50  # that are listed
ROW = 32


def lasted_words(incident: Incident, now: datetime) -> str:
    """How long it was so, or since when it is; a mark is a moment."""
    if incident.rule == MARK:
        return words.DASH
    if incident.closed is None:
        age = words.about((now - incident.opened).total_seconds())
        return translate("History", "since {age}").replace("{age}", age)
    return words.about((incident.closed - incident.opened).total_seconds())


def incident_columns(now: Callable[[], datetime]) -> list[Column[Incident]]:
    """When, what, the sentence, how long."""

    def what(one: Incident) -> Named:
        icon = finding_icon(one.rule, one.subject, one.severity)
        return Named(words.told(one.title), icon, incident_role(one.rule, one.severity))

    def lasted(one: Incident) -> Words:
        return Words(lasted_words(one, now()), "text2" if one.closed else "text", 400 if one.closed else 500)

    return [
        Column("opened", translate("History", "When"), lambda one: words.near(one.opened, now()), 84),
        Column("title", translate("History", "What"), lambda one: words.told(one.title), 340, look=what),
        Column("sentence", translate("History", "What is known"), lambda one: words.told(one.sentence)),
        Column(
            "lasted", translate("History", "How long"), lambda one: lasted_words(one, now()), 124, end=True, look=lasted
        ),
    ]


class IncidentsPart(QWidget):
    """A list; one that is opened is shown in the charts."""

    opened = Signal(object)  # Incident

    def __init__(self) -> None:
        super().__init__()
        self._note = Label(role="text3")
        self.model: TableModel[Incident] = TableModel(
            incident_columns(lambda: datetime.now(UTC)), key=lambda one: one.id, parent=self
        )
        title = translate("History", "What stood out")
        self.table = Table(self.model, name=title, row_height=ROW)
        self.table.header.hide()
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.opened.connect(self.opened)
        self.table.clicked.connect(lambda index: self.opened.emit(self.model.row(index.row())))
        self._none = Label(translate("History", "Nothing stood out."), role="text2")
        self._none.setFixedHeight(ROW)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 6, 0, 12)
        lines.setSpacing(0)
        edges = (theme.MARGIN, 0, theme.MARGIN, 0)
        lines.addWidget(row(Label(title, size=14, weight=600), margins=edges, height=36).add(self._note, stretch=1))
        lines.addWidget(row(margins=edges).add(Hairline(), stretch=1))
        self._rows = row(self.table, margins=(theme.GROUP, 0, 4, 0))
        lines.addWidget(self._rows)
        lines.addWidget(row(self._none, margins=edges))

    def show_incidents(self, incidents: Sequence[Incident]) -> None:
        """List these, the newest first."""
        self.model.set_rows(incidents[:MOST])
        self.model.say_again([3])
        self._rows.setVisible(bool(incidents))
        self.table.setFixedHeight(ROW * min(len(incidents), MOST) + 2)
        self._none.setVisible(not incidents)
        one = translate("History", "{n} by the rules of what needs attention")
        found = sum(incident.rule != MARK for incident in incidents)
        self._note.setText(words.counted(found, one, one) if found else "")
