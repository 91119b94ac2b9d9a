"""How the window shows a profile: what has no field of its own."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.bridge.profile_editing import Changes, Contents
from console.ui.kit.boxes import STRETCH, row
from console.ui.kit.choices import CheckBox, Choice
from console.ui.kit.labels import Label

translate = QCoreApplication.translate
PRODUCTION, COLOUR = "OCR_CONSOLE_PRODUCTION", "OCR_CONSOLE_COLOUR"
YES = frozenset({"true", "yes", "on", "1"})
COLOURS = ("", "#2B57D6", "#15714A", "#B26A00", "#C2272D", "#7A3FC4")


class ProfileLook(QWidget):
    """Production or not, and the colour of the badge."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._contents: Contents | None = None
        self._own = ""  # a colour that is none of these
        self.production = CheckBox(translate("Profiles", "Production: red frame, starts read-only, asks for the name"))
        names = (
            translate("Profiles", "none"),
            translate("Profiles", "blue"),
            translate("Profiles", "green"),
            translate("Profiles", "amber"),
            translate("Profiles", "red"),
            translate("Profiles", "violet"),
        )
        self.colour = Choice(names, name=translate("Profiles", "Colour of the badge"))
        self.production.clicked.connect(self.edited)
        self.colour.activated.connect(self.edited)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(2)
        lines.addWidget(self.production)
        label = Label(translate("Profiles", "Colour of the badge"), role="text2")
        label.setMinimumWidth(label.sizeHint().width())
        lines.addWidget(row(26, label, self.colour, STRETCH))

    @property
    def changes(self) -> Changes:
        """What was chosen and is not saved."""
        if self._contents is None:
            return {}
        chosen = {PRODUCTION: "true" if self.production.isChecked() else "", COLOUR: self._colour()}
        saved = {PRODUCTION: "true" if _is_production(self._contents.values) else "", COLOUR: _said(self._contents)}
        return {name: value or None for name, value in chosen.items() if value != saved[name]}

    def show_contents(self, contents: Contents, changes: Changes) -> None:
        """Show how a profile has it."""
        self._contents = contents
        values = contents.changed(changes)
        colour = values.get(COLOUR, "")
        self._own = "" if colour in COLOURS else colour
        while self.colour.count() > len(COLOURS):
            self.colour.removeItem(len(COLOURS))
        if self._own:
            self.colour.addItem(self._own)
        self.colour.setCurrentIndex(len(COLOURS) if self._own else COLOURS.index(colour))
        self.production.setChecked(_is_production(values))

    def _colour(self) -> str:
        at = self.colour.currentIndex()
        return COLOURS[at] if at < len(COLOURS) else self._own


def _is_production(values: Changes) -> bool:
    return (values.get(PRODUCTION) or "").strip().lower() in YES


def _said(contents: Contents) -> str:
    return contents.values.get(COLOUR, "")
