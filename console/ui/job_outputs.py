"""What was read of a job, as files: their sizes, their checksums, a button to save each; and what is to be known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui import words
from console.ui.formats import format_word, in_order
from console.ui.kit.boxes import Box, row
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Label, Paragraph
from console.ui.kit.pictures import Picture
from worker.core.jobs import Output

translate = QCoreApplication.translate
MOST = 12  # another program's row may name any number
MOST_NOTES, LONGEST_NOTE = 8, 300


class Outputs(QWidget):
    """One line an output, and under them the notes of the job: what was left out, what holds no longer."""

    save_asked = Signal(tuple)  # of formats

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outputs: Mapping[str, Output] = {}
        self._rows: dict[str, Box] = {}
        self._notes: dict[str, Box] = {}
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)

    @property
    def formats(self) -> tuple[str, ...]:
        """Those that are listed, in order."""
        return tuple(self._rows)

    @property
    def notes(self) -> tuple[str, ...]:
        """Those that are shown."""
        return tuple(self._notes)

    def show_outputs(self, outputs: Mapping[str, Output], notes: Sequence[str] = ()) -> None:
        """List these, and what a user should know of them."""
        self._show_outputs(outputs)
        self._show_notes(tuple(dict.fromkeys(notes))[:MOST_NOTES])

    def _show_notes(self, notes: Sequence[str]) -> None:
        if tuple(notes) == self.notes:
            return
        for line in self._notes.values():
            self._lines.removeWidget(line)
            line.deleteLater()
        self._notes = {note: self._note(note) for note in notes}
        for line in self._notes.values():
            self._lines.addWidget(line)

    def _note(self, note: str) -> Box:
        text = Paragraph(words.told(note)[:LONGEST_NOTE], size=12)
        return row(Picture("info", 16, "text3"), margins=(0, 6, 0, 0)).add(text, stretch=1)

    def _show_outputs(self, outputs: Mapping[str, Output]) -> None:
        if outputs == self._outputs:
            return
        self._outputs = outputs
        for line in self._rows.values():
            self._lines.removeWidget(line)
            line.deleteLater()
        self._rows = {name: self._line(name, outputs[name]) for name in in_order(outputs)[:MOST]}
        for place, line in enumerate(self._rows.values()):
            self._lines.insertWidget(place, line)

    def _line(self, name: str, output: Output) -> Box:
        word = Label(format_word(name))
        size = Label(words.size(output.bytes), size=12, role="text2", align="end")
        tip = translate("Outputs", "SHA-256 {hash}").replace("{hash}", output.sha256) if output.sha256 else ""
        said = translate("Outputs", "Save {format}").replace("{format}", format_word(name))
        save = Button(icon="download", kind="link", name=said, height=24)
        save.setFixedWidth(28)
        save.clicked.connect(partial(self.save_asked.emit, (name,)))
        line = row(Picture("file-text", 16, "text3"), height=28).add(word, stretch=1).add(size, 2, save)
        line.setToolTip(tip)
        return line
