"""The saved filters in the side bar: a heading, and an entry each with its count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from console.bridge.saved_views import View
from console.ui import words
from console.ui.filter_sentences import described
from console.ui.kit.boxes import STRETCH, row
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Label
from console.ui.kit.places import Place
from console.ui.theme import Role
from worker.core.filters import JobFilter
from worker.core.jobs import State
from worker.core.spans import Span

translate = QCoreApplication.translate
MANY = 10_000  # counts stop here


def built_in() -> tuple[tuple[View, str, Role], ...]:
    """What everybody has, with its icon."""
    failed = frozenset({State.FAILED})
    today = View(translate("Saved", "Failed today"), JobFilter(states=failed, finished=Span("today")))
    low = View(translate("Saved", "Low confidence"), JobFilter(confidence_below=80.0), "mean_confidence", False)
    locked = JobFilter(states=failed, error_classes=frozenset({"needs_password"}))
    password = View(translate("Saved", "Needs a password"), locked)
    return (today, "circle-x", "bad"), (low, "circle-alert", "warn"), (password, "key-round", "text2")


class SavedEntry(Place):
    """One view. Its menu, or F2 and Del, rename and delete one of the user's own."""

    rename_asked = Signal()
    delete_asked = Signal()

    def __init__(self, view: View, icon: str, role: Role, *, own: bool) -> None:
        super().__init__(view.name, icon, role=role, tip=described(view.chosen))
        self.view, self.own = view, own
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        asked = {Qt.Key.Key_F2: self.rename_asked, Qt.Key.Key_Delete: self.delete_asked}.get(Qt.Key(event.key()))
        if asked is not None and self.own:
            asked.emit()
        else:
            super().keyPressEvent(event)

    def make_menu(self) -> QMenu:
        """What can be done with it."""
        menu = QMenu(self)
        menu.addAction(translate("Saved", "Rename…")).triggered.connect(self.rename_asked)
        menu.addAction(translate("Saved", "Delete")).triggered.connect(self.delete_asked)
        return menu

    def _open_menu(self, at: QPoint) -> None:
        if self.own:
            menu = self.make_menu()
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.mapToGlobal(at))


class SavedFilters(QWidget):
    """Tells what was chosen; it keeps nothing itself."""

    chosen = Signal(object)  # View
    save_asked = Signal()
    rename_asked = Signal(object)  # View
    delete_asked = Signal(object)  # View

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: list[SavedEntry] = []
        self.counts: Mapping[JobFilter, int] = {}
        self._current: JobFilter | None = None
        save = translate("Saved", "Save the filter of the jobs page")
        self.save_button = Button(icon="plus", kind="ghost", name=save, height=24)
        self.save_button.clicked.connect(self.save_asked)
        self._list = QVBoxLayout(self)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(2)
        title = Label(translate("Saved", "Saved filters"), size=12, weight=500, role="text3")
        self._list.addWidget(row(title, STRETCH, self.save_button, margins=(9, 0, 2, 2)))
        self.show_views(())

    def show_views(self, own: Sequence[View]) -> None:
        """Show these behind those that everybody has."""
        focused = next((entry.view.name for entry in self.entries if entry.hasFocus()), None)
        for entry in self.entries:
            entry.hide()
            entry.deleteLater()
        self.entries = [SavedEntry(view, icon, role, own=False) for view, icon, role in built_in()]
        self.entries += [SavedEntry(view, "tag", "text2", own=True) for view in own]
        for entry in self.entries:
            self._add(entry)
            if entry.view.name == focused:
                entry.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show_counts(self.counts)
        self.show_current(self._current)

    def show_counts(self, counts: Mapping[JobFilter, int]) -> None:
        """Show how many jobs meet each."""
        self.counts = counts
        for entry in self.entries:
            count = counts.get(entry.view.chosen)
            figure = "" if count is None else words.number(MANY) + "+" if count > MANY else words.number(count)
            entry.set_count(figure)

    def show_current(self, chosen: JobFilter | None) -> None:
        """Mark the one whose jobs are on the page that is shown; None: it is another page."""
        self._current = chosen
        for entry in self.entries:
            entry.setChecked(chosen is not None and entry.view.chosen == chosen)

    @property
    def filters(self) -> list[JobFilter]:
        """What is to be counted."""
        return list(dict.fromkeys(entry.view.chosen for entry in self.entries))

    def _add(self, entry: SavedEntry) -> None:
        entry.clicked.connect(lambda: self._choose(entry))
        entry.rename_asked.connect(lambda: self.rename_asked.emit(entry.view))
        entry.delete_asked.connect(lambda: self.delete_asked.emit(entry.view))
        self._list.addWidget(entry)

    def _choose(self, entry: SavedEntry) -> None:
        self.show_current(self._current)  # a press alone does not mark it
        self.chosen.emit(entry.view)
