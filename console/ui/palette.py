"""The palette: type to go to anything or to run any command."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui import theme, words
from console.ui.kit.boxes import STRETCH, row
from console.ui.kit.buttons import Button
from console.ui.kit.dialogs import Overlay
from console.ui.kit.keys import KeyHint
from console.ui.kit.labels import Hairline, Label
from console.ui.palette_hits import Hit, HitList, Kind, Line, ranked

translate = QCoreApplication.translate
WIDTH, TOP = 680, 110
FIELD, ROWS = 56, 12
PREFIXES: dict[str, Kind] = {">": "command", "@": "worker", "#": "batch"}
Source = Callable[[], Sequence[Hit]]
Found = Callable[[Sequence[Hit]], None]
Search = Callable[[str, Found], None]  # finds jobs by their names, later


class Palette(Overlay):
    """Goes to what is chosen, or does it. Made anew each time it is opened.

    Args:
        parent: The window.
        source: All that can be gone to or done just now.
        search: Finds what is not in memory; its answer is shown if the words are still the same.
    """

    def __init__(self, parent: QWidget, source: Source, search: Search | None = None) -> None:
        super().__init__(parent, translate("Palette", "Go to anything"), top=min(TOP, parent.height() // 8))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._all, self._search = tuple(source()), search
        self._jobs: Sequence[Hit] = ()
        self._of: Hit | None = None  # whose acts are shown
        self._closed = False
        self.field = Line(translate("Palette", "Go to job, worker, command"))
        self.field.installEventFilter(self)
        self.field.textEdited.connect(self._typed)
        self.note = Label(size=12, role="text3", align="end")
        self.close_button = Button(icon="x", kind="ghost", name=translate("Palette", "Close"), height=28)
        self.close_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Esc does the same; Tab belongs to the list
        self.close_button.clicked.connect(self.reject)
        self.list = HitList(self)
        self.list.chosen.connect(self._run)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(1, 1, 1, 1)
        lines.setSpacing(0)
        lines.addWidget(row(self.field, self.note, self.close_button, margins=(20, 0, 14, 0), spacing=12, height=FIELD))
        lines.addWidget(Hairline())
        lines.addWidget(self.list)
        lines.addWidget(Hairline())
        foot = _foot()
        lines.addWidget(foot)
        room = parent.window().size() - QSize(2 * theme.MARGIN, 2 * theme.MARGIN)
        self.setFixedWidth(min(max(WIDTH, foot.sizeHint().width()), room.width()))
        self._most = room.height() - FIELD - foot.height() - (self._top or 0)  # of the list
        self._show_hits()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The field keeps the focus; the arrows, Enter and Tab belong to the list."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def done(self, result: int) -> None:
        """Close; an answer that is still awaited is for nobody then."""
        self._closed = True
        super().done(result)

    def _key(self, key: Qt.Key) -> bool:
        if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self.list.step(1 if key == Qt.Key.Key_Down else -1)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._run(self.list.current)
        elif key == Qt.Key.Key_Tab:
            self._show_acts(self.list.current)
        elif key == Qt.Key.Key_Escape and self._of is not None:
            self._show_acts(None)
        else:
            return False
        return True

    def _typed(self, text: str) -> None:
        self._of = None
        self._jobs = ()
        self._show_hits()
        asked, wanted = text.strip(), len(text.strip()) > 1 and text[:1] not in PREFIXES
        if self._search is not None and wanted:
            self._search(asked, lambda hits: self._take(asked, hits))

    def _take(self, asked: str, hits: Sequence[Hit]) -> None:
        if not self._closed and asked == self.field.text().strip() and self._of is None:
            self._jobs = hits
            self._show_hits()

    def _show_hits(self) -> None:
        typed = self.field.text()
        kind = PREFIXES.get(typed[:1])
        needle = (typed[1:] if kind else typed).strip()
        hits = [hit for hit in self._all if kind is None or hit.kind == kind]
        found = [*ranked(hits, needle), *self._jobs]
        self.list.show_hits(found, needle, ROWS, self._most)
        self._say(len(found))

    def _show_acts(self, hit: Hit | None) -> None:
        """What can be done with a hit, in place of the list; None: the list again."""
        if hit is not None and not hit.acts:
            return
        self._of = hit
        if hit is None:
            self._show_hits()
        else:
            self.list.show_hits(hit.acts, "", ROWS, self._most)
            self._say(len(hit.acts))

    def _say(self, count: int) -> None:
        none = translate("Palette", "Nothing fits")
        hits = words.counted(count, translate("Palette", "{n} hit"), translate("Palette", "{n} hits"))
        self.note.setText(hits if count else none)
        self.adjustSize()

    def _run(self, hit: Hit | None) -> None:
        if hit is not None:
            self.accept()
            hit.run()


def _foot() -> QWidget:
    ways = (
        ("Up", translate("Palette", "move")),
        ("Return", translate("Palette", "open")),
        ("Tab", translate("Palette", "what it can do")),
        ("Esc", translate("Palette", "close")),
    )
    only = (
        (">", translate("Palette", "commands")),
        ("@", translate("Palette", "workers")),
        ("#", translate("Palette", "batches")),
    )
    line = row(margins=(20, 0, 20, 0), height=40, spacing=6)
    for key, meaning in ways:
        line.add(KeyHint(key), Label(meaning, size=12, role="text2"), 10)
    line.add(STRETCH)
    for key, meaning in only:
        line.add(KeyHint(key), Label(meaning, size=12, role="text2"), 8)
    return line
