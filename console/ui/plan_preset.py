"""The preset that is chosen, whether something was changed on top of it, and what can be done with presets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from console.ops.presets import BUILT_IN, Preset
from console.ui import words
from console.ui.kit.boxes import row
from console.ui.kit.buttons import Button, below
from console.ui.kit.choices import Choice
from console.ui.kit.labels import Label, Paragraph
from console.ui.plan_reading import caption
from console.ui.reading_words import preset_word

translate = QCoreApplication.translate
MOST_UNUSABLE = 8  # that a menu names; when one is deleted the next has its place
WIDEST = 240  # a longer name is elided in the menu


class PresetField(QWidget):
    """A list of presets with its menu. It keeps nothing: it tells what is wanted of the one that is shown."""

    chosen = Signal(object)  # Preset
    save_asked = Signal()
    save_as_asked = Signal()
    rename_asked = Signal()
    delete_asked = Signal(str)  # the name of the one that is shown, or of one that cannot be used
    default_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.presets: Sequence[Preset] = ()
        self.unusable: Sequence[str] = ()  # the names of the user's own that are damaged
        self.current, self.changed, self.default = BUILT_IN[0], False, BUILT_IN[0].name
        self.list = Choice((), name=translate("Presets", "Preset"))
        self.list.activated.connect(lambda place: self.chosen.emit(self.presets[place]))
        self.menu_button = Button(icon="ellipsis", kind="ghost", name=translate("Presets", "Preset: more"))
        self.menu_button.clicked.connect(self._open_menu)
        self._changed = Label(size=12, role="accent", align="end")
        self._sentence = Paragraph(size=12, role="text3")
        head = row(caption(translate("Presets", "Preset")), height=22).add(self._changed, stretch=1)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(head)
        lines.addWidget(row(spacing=4).add(self.list, stretch=1).add(self.menu_button))
        lines.addSpacing(4)
        lines.addWidget(self._sentence)
        self.show_presets(BUILT_IN)

    def show_presets(self, presets: Sequence[Preset]) -> None:
        """Show these; one that is gone gives way to the first."""
        if tuple(presets) == tuple(self.presets):
            return
        self.presets = tuple(presets)
        self.list.clear()
        self.list.addItems([preset_word(preset.name) for preset in presets])
        self.list.updateGeometry()
        now = next((preset for preset in presets if preset.name == self.current.name), presets[0])
        self.show_current(now, changed=self.changed)

    def show_current(self, preset: Preset, *, changed: bool) -> None:
        """Show which is chosen, and whether something differs from it."""
        self.current, self.changed = preset, changed
        self.list.setCurrentIndex(next(n for n, one in enumerate(self.presets) if one.name == preset.name))
        name = words.isolated(preset_word(preset.name))
        said = translate("Presets", "changed from {preset}").replace("{preset}", name) if changed else ""
        self._changed.setText(said)
        title = translate("Presets", "Preset")
        self.list.setAccessibleName(f"{title}, {said}" if said else title)
        own = translate("Presets", "Your own.")
        self._sentence.setText(words.told(preset.sentence) if preset.sentence else own)

    def make_menu(self) -> QMenu:
        """What can be done with it."""
        menu, own = QMenu(self), not self.current.built_in

        def add(text: str, ask: Callable[[], None], *, on: bool = True) -> None:
            action = menu.addAction(text)
            action.setEnabled(on)
            action.triggered.connect(lambda _checked: ask())

        add(translate("Presets", "Save the changes"), self.save_asked.emit, on=own and self.changed)
        add(translate("Presets", "Save as…"), self.save_as_asked.emit)
        add(translate("Presets", "Take its values again"), lambda: self.chosen.emit(self.current), on=self.changed)
        menu.addSeparator()
        add(translate("Presets", "Rename…"), self.rename_asked.emit, on=own)
        add(translate("Presets", "Delete"), partial(self.delete_asked.emit, self.current.name), on=own)
        for name in self.unusable[:MOST_UNUSABLE]:
            text = translate("Presets", "Delete {name}, which is damaged")
            called = words.isolated(_in_a_menu(name, menu.fontMetrics()))
            add(text.replace("{name}", called), partial(self.delete_asked.emit, name))
        menu.addSeparator()
        first = menu.addAction(translate("Presets", "Begin new batches with it"))
        first.setCheckable(True)
        first.setChecked(self.current.name == self.default)
        first.triggered.connect(lambda _checked: self.default_asked.emit())
        return menu

    def _open_menu(self) -> None:
        menu = self.make_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(below(self.menu_button))


def _in_a_menu(name: str, metrics: QFontMetrics) -> str:
    """In a line for which a menu has room; by "&" alone it would underline the next letter, by a tab begin a key."""
    short = metrics.elidedText(" ".join(name.split()), Qt.TextElideMode.ElideMiddle, WIDEST)
    return short.replace("&", "&&")
