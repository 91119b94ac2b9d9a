"""The text of a page, beside its picture."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication, QPalette, QTextBlockFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QTextEdit, QVBoxLayout, QWidget

from console.ui import counts, theme, words
from console.ui.kit.boxes import row
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Hairline, Label, Paragraph
from console.ui.kit.rings import Ring
from console.ui.page_words import pains_taken
from worker.core.jobs import Page

translate = QCoreApplication.translate
WIDTH, NARROW = 416, 320
LINE_HEIGHT = 135  # per cent
FULL_LINE = 0.7  # of the longest line: a line as long as this goes on in the next


class TextPane(QWidget):
    """Plain text that can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._note = Label(role="text3")
        self._pains = Paragraph(role="text3")  # that were taken with the page
        self._pains.setContentsMargins(24, 8, 14, 0)
        self.copy = Button(translate("Viewer", "Copy"), icon="copy", kind="ghost", height=28)
        self.copy.clicked.connect(self._copy)
        self._text = ""
        self._edit = QTextEdit()
        self._edit.setReadOnly(True)
        self._edit.setAcceptRichText(False)
        self._edit.setFrameShape(QFrame.Shape.NoFrame)
        self._edit.setAccessibleName(translate("Viewer", "Text of the page"))
        self._edit.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._edit.setFont(theme.font())
        self._edit.document().setDocumentMargin(0)
        self._edit.setViewportMargins(24, 10, 12, 10)
        self._edit.setTabChangesFocus(True)
        self._ring = Ring(self._edit)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        head = row(Label(translate("Viewer", "Text"), size=14, weight=600), height=46, margins=(24, 0, 14, 0))
        lines.addWidget(head.add(self._note, stretch=1).add(self.copy))
        lines.addWidget(Hairline())
        lines.addWidget(self._pains)
        lines.addWidget(self._edit, 1)
        self._recolour()

    @property
    def text(self) -> str:
        """What the page says, in the lines in which it was read."""
        return self._text

    def show_page(self, page: Page | None) -> None:
        """Show what a page says; None for one that is not read yet."""
        text = page.text if page else ""
        if text != self._text:
            self._text = text
            self._edit.setPlainText(flowed(text))
            self._set_leading()
        self._note.setText("" if page is None else _where_from(page))
        self._pains.setText(", ".join(pains_taken(page)) if page else "")
        self._pains.setVisible(bool(self._pains.text()))
        self.copy.setEnabled(bool(text))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()

    def _recolour(self) -> None:
        palette = QPalette(self._edit.palette())
        palette.setColor(QPalette.ColorRole.Text, theme.tokens(self)["text"])
        palette.setColor(QPalette.ColorRole.Base, theme.tokens(self)["surface"])
        self._edit.setPalette(palette)

    def _set_leading(self) -> None:
        cursor = QTextCursor(self._edit.document())
        cursor.select(QTextCursor.SelectionType.Document)
        block = QTextBlockFormat()
        block.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.mergeBlockFormat(block)
        self._edit.moveCursor(QTextCursor.MoveOperation.Start)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)


def flowed(text: str) -> str:
    """Text whose lines run on within a paragraph, so that they break where the pane does.

    A line that is much shorter than the page's longest ends where it ended: headings, addresses, rows of a table.
    """
    lines = [line.rstrip() for line in text.strip("\n\f").splitlines()]
    full = FULL_LINE * max(map(len, lines), default=0)
    made: list[str] = []
    runs_on = False
    for line in lines:
        if runs_on and line:
            made[-1] = f"{made[-1]} {line.lstrip()}"
        else:
            made.append(line)
        runs_on = bool(line) and len(line) >= full
    return "\n".join(made)


def _where_from(page: Page) -> str:
    if page.state == "failed":
        return words.told(page.error or "") or translate("Viewer", "could not be read")
    if not page.words:
        return translate("Viewer", "no words on this page")
    said = counts.words_read(page.words)
    source = translate("Viewer", "as it was in the document, {words}")
    if page.source != "text":
        source = translate("Viewer", "as it was read, {words}")
    return source.replace("{words}", said)
