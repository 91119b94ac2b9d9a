"""The log of a job: what went wrong in each of its attempts, with the tracebacks, to be searched and copied."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPalette, QTextCursor
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from console.ui import theme, words
from console.ui.kit.boxes import row
from console.ui.kit.buttons import Button
from console.ui.kit.fields import Field
from console.ui.kit.labels import Hairline, Label
from worker.core.errors import OcrConsoleError
from worker.core.jobs import Attempt

translate = QCoreApplication.translate
SIZE = (760, 520)
LONGEST = 1_000_000  # characters, the newest


class JobLog(QDialog):
    """A window of its own beside the work. Esc closes it, Enter in the field finds the next place."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        title = translate("Log", "Log of {name}").replace("{name}", words.isolated(name))
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(title)
        self.text.setReadOnly(True)
        self.text.setFont(theme.font(12, mono=True))
        self.text.document().setDocumentMargin(12)
        self.text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.text.setPlaceholderText(translate("Log", "Looking for what the attempts have left"))
        self.field = Field(name=translate("Log", "Find"), hint=translate("Log", "Find in the log"), icon="search")
        self.field.textChanged.connect(lambda: self._find(anew=True))
        self.field.left.connect(self.close)
        self._hits = Label(size=12, role="text3")
        self.copy_button = Button(translate("Log", "Copy all"), icon="copy")
        self.copy_button.clicked.connect(self._copy)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        head = row(margins=(16, 0, 16, 0), height=52).add(self.field, stretch=1)
        lines.addWidget(head.add(self._hits, self.copy_button))
        lines.addWidget(Hairline())
        lines.addWidget(self.text, 1)
        self._recolour()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_attempts(self, attempts: Iterable[Attempt]) -> None:
        """Show these, oldest first, and stand at the end."""
        self.text.setPlaceholderText(translate("Log", "No attempt has left anything to tell."))
        self.text.setPlainText("\n\n".join(filter(None, map(entry, attempts)))[-LONGEST:])
        self.text.moveCursor(QTextCursor.MoveOperation.End)
        self._find(anew=True)

    def show_failure(self, error: OcrConsoleError) -> None:
        """Say why nothing is known."""
        self.text.setPlaceholderText(f"{words.told(error.sentence)} {words.told(error.advice)}".strip())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} or event.matches(QKeySequence.StandardKey.FindNext):
            self._find(anew=False)
        elif event.matches(QKeySequence.StandardKey.Find):
            self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            super().keyPressEvent(event)

    def _find(self, *, anew: bool) -> None:
        """Go to the next place, from the start again behind the last one."""
        wanted = self.field.text()
        count = self.text.toPlainText().lower().count(wanted.lower()) if wanted else 0
        one, many = translate("Log", "{n} place"), translate("Log", "{n} places")
        self._hits.setText(words.counted(count, one, many) if wanted else "")
        self._hits.updateGeometry()
        if not count:
            return
        if anew:
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
        if not self.text.find(wanted):
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
            self.text.find(wanted)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    def _recolour(self) -> None:
        tokens, palette = theme.tokens(self), QPalette(self.text.palette())
        palette.setColor(QPalette.ColorRole.Base, tokens["canvas"])
        palette.setColor(QPalette.ColorRole.Highlight, tokens["hit_now"])
        palette.setColor(QPalette.ColorRole.HighlightedText, tokens["text"])
        self.text.setPalette(palette)


def entry(attempt: Attempt) -> str:
    """An attempt in lines; "" for one that went well and left no traceback."""
    told = [part for part in (words.told(attempt.error or ""), (attempt.traceback or "").strip()) if part]
    if not told:
        return ""
    when = attempt.finished or attempt.started
    at = "" if when is None else when.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    known = (at, f"#{attempt.attempt}", attempt.worker, attempt.status, attempt.error_class)
    return "\n".join(("  ".join(filter(None, known)), *told))
