"""The field in which a filter is typed; it offers keys and values as they are begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QListView, QWidget

from console.ui import theme
from console.ui.kit.fields import Field
from worker.core.filter_words import completion

translate = QCoreApplication.translate
MOST = 12  # that are offered at once


class FilterField(Field):
    """A field with a list that opens under it: arrows choose, Enter takes the choice, Tab the first, Esc closes it.

    Enter with nothing chosen says that what is typed stands (`entered`).
    """

    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            name=translate("Jobs", "Filter"),
            hint=translate("Jobs", "Filter by name, error or id, or as state:failed -queue:ocr conf:<80 since:2h"),
            icon="list-filter",
            key="/",
            parent=parent,
        )
        self.offered: Mapping[str, Sequence[str]] = {}  # values of the keys that have none of their own
        self._start = 0
        self._choices = QStringListModel(self)
        self._list = QCompleter(self._choices, self)
        self._list.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._list.setWidget(self)
        self._popup = QListView()
        self._popup.setObjectName("offers")  # as the style sheet calls it
        self._popup.setFont(theme.font())
        self._popup.setAccessibleName(translate("Jobs", "What the filter may go on with"))
        self._list.setPopup(self._popup)
        self._popup.installEventFilter(self)  # behind the completer's own: it is asked first
        self._list.activated.connect(self._take)
        self.textEdited.connect(lambda _text: self._offer())

    @property
    def choices(self) -> list[str]:
        """What is offered now."""
        return self._choices.stringList()

    @property
    def is_offering(self) -> bool:
        """Whether the list is open."""
        return self._popup.isVisible()

    @property
    def _has_choice(self) -> bool:
        return self.is_offering and self._popup.currentIndex().isValid()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.is_offering and event.key() == Qt.Key.Key_Escape:
            self._popup.hide()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not self._has_choice:
            self._popup.hide()
            self.entered.emit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab takes what is offered first, or what was chosen of it."""
        if not self.is_offering or not forward:
            return super().focusNextPrevChild(forward)
        self._take(self.choices[max(self._popup.currentIndex().row(), 0)])
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While the list is open it has the keys."""
        tab = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab
        if watched is self._popup and tab:
            return self.focusNextPrevChild(True)
        return super().eventFilter(watched, event)

    def _offer(self) -> None:
        found = completion(self.text()[: self.cursorPosition()], self.offered)
        self._start = found.start
        self._choices.setStringList(list(found.choices[:MOST]))
        if found.choices and self.hasFocus():
            self._list.complete()
        else:
            self._popup.hide()

    def _take(self, choice: str) -> None:
        rest = self.text()[self.cursorPosition() :]
        gap = "" if choice.endswith(":") or rest.startswith(" ") else " "
        before = f"{self.text()[: self._start]}{choice}{gap}"
        self.setText(before + rest)
        self.setCursorPosition(len(before))
        self._popup.hide()
        if choice.endswith(":"):
            self._offer()
