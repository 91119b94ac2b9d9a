"""The log of a worker of this machine: its last lines, coloured by level, followed or held still, narrowed by words."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QPaintEvent, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui import theme, words
from console.ui.kit import paint
from console.ui.kit.boxes import STRETCH, row
from console.ui.kit.buttons import Button
from console.ui.kit.chips import Chip
from console.ui.kit.choices import Choice
from console.ui.kit.fields import Field
from console.ui.kit.labels import Hairline, Label
from console.ui.kit.plain_lines import PlainLines
from console.ui.theme import Role

if TYPE_CHECKING:
    from console.ops.log_tail import LogLine

translate = QCoreApplication.translate
LINES = 2_000  # that are kept
HEAD = 40
ROOM, LEAST = 620, 72  # narrower than this its head says less; the width of what chooses a level there
LEVELS = ("debug", "info", "warning", "error", "critical")  # the mildest first
FROM = (0, 2, 3)  # what can be chosen to be shown: all, warnings and worse, errors and worse
_ROLES: dict[str, Role] = {"warning": "warn", "error": "bad", "critical": "bad"}


class LogText(PlainLines):
    """Not more than LINES. In another theme they have to be put in anew."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaximumBlockCount(LINES)

    def append_lines(self, lines: Iterable[LogLine]) -> None:
        """Put lines at the end."""
        tokens, cursor = theme.tokens(self), QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        for line in lines:
            if not self.document().isEmpty():
                cursor.insertBlock()
            role = _ROLES.get(line.level)
            for text, colour in (
                (f"{line.clock:8}  ", tokens["text3"]),
                (f"{level_word(line.level) if line.clock else '':7}", tokens[role or "text3"]),
                (line.text, tokens[role or "text"]),
            ):
                form = QTextCharFormat()
                form.setForeground(colour)
                cursor.insertText(text, form)
        cursor.endEditBlock()

    def go_to_end(self) -> None:
        """Show the last line."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())


class LogView(QWidget):
    """Give it a log with `begin` and what is written to it with `add`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: deque[LogLine] = deque(maxlen=LINES)
        self._waiting = 0  # lines that came while it was held still
        self._path: Path | None = None
        self._worker = ""
        self.title = Label(size=14, weight=600, elide=Qt.TextElideMode.ElideMiddle)
        self.note = Label(role="text3")
        self.filter = Field(
            name=translate("Log", "Filter the log"), hint=translate("Log", "Filter"), icon="list-filter"
        )
        self.filter.setFixedHeight(28)
        self.filter.setMaximumWidth(150)
        self.filter.setMinimumWidth(LEAST)
        levels = translate("Log", "All levels"), translate("Log", "Warnings"), translate("Log", "Errors")
        self.level = Choice(levels, name=translate("Log", "The mildest level that is shown"))
        self.level.setFixedHeight(28)
        self.level.setMinimumWidth(LEAST)
        self.follow = Chip(translate("Log", "Follow"), icon="arrow-down")
        self.follow.setChecked(True)
        self.open_button = Button(icon="external-link", name=translate("Log", "Open the file"), kind="ghost", height=28)
        self.text = LogText()
        self._build()
        self.filter.textChanged.connect(self._show_all)
        self.level.currentIndexChanged.connect(self._show_all)
        self.filter.left.connect(lambda: self.text.setFocus(Qt.FocusReason.ShortcutFocusReason))
        self.follow.toggled.connect(self._hold)
        self.text.recoloured.connect(self._show_all)
        self.open_button.clicked.connect(self._open)
        self.begin("", "", None)

    @property
    def path(self) -> Path | None:
        """The file that is shown."""
        return self._path

    def begin(self, worker: str, note: str, path: Path | None) -> None:
        """Show another log, of which nothing is known yet.

        Args:
            worker: Whose it is; "" for none.
            note: What else is to be said of it.
            path: The file.
        """
        self._path = path
        self._worker = worker
        self._show_title()
        self.note.setText(note)
        for part in (self.level, self.filter, self.follow, self.open_button):
            part.setEnabled(path is not None)
        self._lines.clear()
        self._show_all()

    def add(self, lines: Sequence[LogLine]) -> None:
        """Take what was written; held still, it counts and waits."""
        self._lines.extend(lines)
        if not self.follow.isChecked():
            self._waiting = min(self._waiting + len(lines), LINES)
            self._say_waiting()
            return
        self.text.append_lines(filter(self._fits, lines))
        self.text.go_to_end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < ROOM
        self._show_title()
        self.note.setVisible(not narrow)
        self.filter.setMaximumWidth(100 if narrow else 150)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self) as painter:
            painter.fillRect(self.rect(), theme.tokens(self)["canvas"])

    def _show_title(self) -> None:
        """Where there is little room the name alone."""
        whole = translate("Log", "Log of {worker}").format(worker=words.isolated(self._worker))
        whole = whole if self._worker else translate("Log", "Log")
        self.title.setText(self._worker if self._worker and self.width() < ROOM else whole)
        self.text.setAccessibleName(whole)

    def _build(self) -> None:
        head = row(height=HEAD, margins=(theme.MARGIN, 0, 12, 0))
        head.add(self.title).add(self.note, STRETCH).add(self.level, self.filter, self.follow, self.open_button)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(head)
        lines.addWidget(Hairline())
        inner = row(self.text, margins=(theme.GROUP, 0, 0, 0))
        lines.addWidget(inner, 1)

    def _fits(self, line: LogLine) -> bool:
        wanted, least = self.filter.text().strip().casefold(), FROM[self.level.currentIndex()]
        level = LEVELS.index(line.level) if line.level in LEVELS else len(LEVELS)  # nobody knows how bad that is
        return level >= least and wanted in f"{line.clock} {line.level} {line.text}".casefold()

    def _show_all(self) -> None:
        self._waiting = 0
        self._say_waiting()
        self.text.clear()
        self.text.append_lines(filter(self._fits, self._lines))
        self.text.go_to_end()

    def _hold(self, following: bool) -> None:
        if following:
            self._show_all()

    def _say_waiting(self) -> None:
        self.follow.set_count(words.number(self._waiting) if self._waiting else "")

    def _open(self) -> None:
        if self._path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path)))


def level_word(level: str) -> str:
    """A level in the word that people know."""
    known = {
        "debug": translate("Log", "debug"),
        "info": translate("Log", "info"),
        "warning": translate("Log", "warn"),
        "error": translate("Log", "error"),
        "critical": translate("Log", "fatal"),
    }
    return known.get(level, level[:6])
