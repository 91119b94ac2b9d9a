"""Which entries are shown: chips with their counts, words, who, on which profile, since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QCoreApplication, QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui import theme, words
from console.ui.kit.boxes import row
from console.ui.kit.chips import Chip
from console.ui.kit.choices import Choice
from console.ui.kit.fields import Field
from console.ui.kit.flow import flow
from worker.core.audit_entry import MOST, AuditCounts, AuditFilter, Kind

translate = QCoreApplication.translate
TYPING_MS = 150
DAYS = (0, 1, 7, 30, None)  # 0: since midnight; None: any time
WEEK = 2  # its place


class ActivityFilter(QWidget):
    """Several chips may be down at once; "All" lifts them."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.all = Chip(translate("Activity", "All"))
        self.chips = {
            Kind.OPEN: Chip(translate("Activity", "Can be undone"), icon="undo-2", role="accent"),
            Kind.UNDONE: Chip(translate("Activity", "Undone"), icon="undo-2"),
            Kind.PARTLY: Chip(translate("Activity", "Not all were hit"), icon="circle-alert", role="warn"),
            Kind.NEVER: Chip(translate("Activity", "Cannot be undone"), icon="lock", role="text3"),
        }
        self.field = Field(
            name=translate("Activity", "Filter"),
            hint=translate("Activity", "Filter by name, act or reason"),
            icon="list-filter",
            key="/",
        )
        everybody, profiles = translate("Activity", "Everybody"), translate("Activity", "All profiles")
        self.who = Choice((everybody,), name=translate("Activity", "Who"))
        self.profile = Choice((profiles,), name=translate("Activity", "Profile"), icon="server")
        self.time = Choice(time_words(), name=translate("Activity", "Since when"), icon="calendar")
        self.time.setCurrentIndex(WEEK)
        self._lay_out()
        self.all.setChecked(True)
        self.all.clicked.connect(self._choose_all)
        for chip in self.chips.values():
            chip.clicked.connect(self._choose)
        for choice in (self.who, self.profile, self.time):
            choice.currentIndexChanged.connect(lambda _place: self.changed.emit())
        self._typing = QTimer(self, interval=TYPING_MS, singleShot=True)
        self._typing.timeout.connect(self.changed)
        self.field.textChanged.connect(self._typing.start)
        self.show_counts(AuditCounts())

    @property
    def chosen(self) -> AuditFilter:
        """The filter as it is set."""
        return AuditFilter(
            kinds=frozenset(kind for kind, chip in self.chips.items() if chip.isChecked()),
            text=self.field.text().strip(),
            who=self.who.currentText() if self.who.currentIndex() else "",
            profile=self.profile.currentText() if self.profile.currentIndex() else "",
            since=_since(DAYS[self.time.currentIndex()]),
        )

    def clear(self) -> None:
        """Show all entries of all time."""
        blockers = [QSignalBlocker(choice) for choice in (self.who, self.profile, self.time)]
        self.who.setCurrentIndex(0)
        self.profile.setCurrentIndex(0)
        self.time.setCurrentIndex(len(DAYS) - 1)
        del blockers
        self.field.clear()
        self._typing.stop()
        self._choose_all()

    def show_counts(self, counts: AuditCounts) -> None:
        """Put the figures on the chips, and people and profiles into their lists."""
        self.all.set_count(_figure(counts.all))
        for kind, chip in self.chips.items():
            chip.set_count(_figure(counts.kinds[kind]))
        _refill(self.who, counts.people)
        _refill(self.profile, counts.profiles)

    def describe(self) -> str:
        """What is chosen, in words."""
        parts = [chip.text() for chip in self.chips.values() if chip.isChecked()]
        if self.field.text().strip():
            parts.append(f"“{words.isolated(self.field.text().strip())}”")
        parts += [choice.currentText() for choice in (self.who, self.profile) if choice.currentIndex()]
        if DAYS[self.time.currentIndex()] is not None:
            parts.append(self.time.currentText())
        return ", ".join(parts)

    def _lay_out(self) -> None:
        margins = (theme.MARGIN, 0, theme.MARGIN, 0)
        chips = flow(self.all, *self.chips.values(), line=40, margins=margins)
        fields = row(margins=margins, height=42).add(self.field, stretch=1).add(self.who, self.profile, self.time)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 4)
        lines.setSpacing(0)
        lines.addWidget(chips)
        lines.addWidget(fields)

    def _choose_all(self) -> None:
        for chip in self.chips.values():
            chip.setChecked(False)
        self._choose()

    def _choose(self) -> None:
        self.all.setChecked(not any(chip.isChecked() for chip in self.chips.values()))
        self.changed.emit()


def time_words() -> Sequence[str]:
    """The stretches of time that can be chosen."""
    return (
        translate("Activity", "Today"),
        translate("Activity", "Last 24 hours"),
        translate("Activity", "Last 7 days"),
        translate("Activity", "Last 30 days"),
        translate("Activity", "Any time"),
    )


def _since(days: int | None) -> datetime | None:
    if days is None:
        return None
    if days == 0:
        return words.midnight(datetime.now(UTC))
    return datetime.now(UTC) - timedelta(days=days)


def _refill(choice: Choice, names: Sequence[str]) -> None:
    """Offer these behind the first entry; what is chosen stays chosen, also where it is not among them."""
    kept = choice.currentText() if choice.currentIndex() > 0 else ""
    wanted = [*names, *([kept] if kept and kept not in names else [])]
    if [choice.itemText(place) for place in range(1, choice.count())] == wanted:
        return
    blocker = QSignalBlocker(choice)
    while choice.count() > 1:
        choice.removeItem(1)
    choice.addItems(wanted)
    choice.setCurrentIndex(wanted.index(kept) + 1 if kept else 0)
    choice.updateGeometry()
    del blocker


def _figure(count: int) -> str:
    return f"{words.number(MOST)}+" if count > MOST else words.number(count)
