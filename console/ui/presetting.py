"""What is done with presets beside the plan: saved, renamed, deleted with an undo, made the one to begin with."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from console.ui import words
from console.ui.naming import ask_name
from console.ui.reading_words import preset_word

if TYPE_CHECKING:
    from console.bridge.preset_shelf import PresetShelf
    from console.ops.preset_files import Removed
    from console.ops.presets import Preset
    from console.ui.frame import Frame
    from console.ui.plan_settings import SettingsPane
    from worker.core.errors import OcrConsoleError

translate = QCoreApplication.translate


class Presetting(QObject):
    """Between the pane of the plan and the presets that are kept."""

    def __init__(self, frame: Frame, shelf: PresetShelf, pane: SettingsPane) -> None:
        super().__init__(pane)
        self._frame, self._shelf, self._pane = frame, shelf, pane
        self._awaited = ""  # the preset to begin with, until it is known what there is
        field = pane.preset
        field.save_asked.connect(self._save)
        field.save_as_asked.connect(self._save_as)
        field.rename_asked.connect(self._rename)
        field.delete_asked.connect(shelf.remove)
        field.default_asked.connect(self._make_default)
        shelf.changed.connect(self._show)
        shelf.saved.connect(self._show_saved)
        shelf.renamed.connect(self._show_renamed)
        shelf.removed.connect(self._show_removed)
        shelf.restored.connect(self._become)
        shelf.failed.connect(self._show_failure)
        shelf.damaged.connect(self._show_damaged)
        self._awaited = shelf.default
        self._show()

    def _show(self) -> None:
        """What there is by now; the one to begin with is taken when it is there, unless somebody chose meanwhile."""
        field = self._pane.preset
        field.default = self._shelf.default
        field.unusable = self._shelf.unusable
        field.show_presets(self._shelf.presets)
        if self._awaited in {preset.name for preset in self._shelf.presets}:
            if not field.changed:
                self._pane.take(self._shelf.named(self._awaited))
            self._awaited = ""
        self._pane.compare()

    def _save(self) -> None:
        self._shelf.save(self._pane.as_preset(self._pane.preset.current.name), replace=True)

    def _save_as(self) -> None:
        name = self._ask(translate("Presets", "Save as a preset"), translate("Presets", "Save preset"))
        if name:
            self._shelf.save(self._pane.as_preset(name))

    def _rename(self) -> None:
        old = self._pane.preset.current.name
        name = self._ask(translate("Presets", "Rename this preset"), translate("Presets", "Rename"), old)
        if name and name != old:
            self._shelf.rename(old, name)

    def _make_default(self) -> None:
        name = self._pane.preset.current.name
        self._shelf.set_default(name)
        said = translate("Presets", "New batches begin with {preset}.")
        self._frame.notices.tell(said.replace("{preset}", words.isolated(preset_word(name))))

    def _ask(self, title: str, act: str, before: str = "") -> str:
        def fault(name: str) -> str:
            refused = self._shelf.name_fault(name, before)
            return words.told(refused.sentence, refused.advice) if refused else ""

        return ask_name(self._frame, title=title, act=act, name=before, fault=fault)

    def _show_saved(self, preset: Preset) -> None:
        self._become(preset.name)
        said = translate("Presets", "The preset {name} is saved.")
        self._frame.notices.tell(said.replace("{name}", words.isolated(preset.name)))

    def _show_renamed(self, old: str, name: str) -> None:
        if self._pane.preset.current.name == old:
            self._become(name)

    def _become(self, name: str) -> None:
        """What is chosen stays; it is this preset's from now on, unless that cannot be used."""
        field = self._pane.preset
        if name in self._shelf.unusable:
            return
        field.show_presets(self._shelf.presets)
        field.show_current(self._shelf.named(name), changed=False)
        self._pane.compare()

    def _show_removed(self, removed: Removed) -> None:
        said = translate("Presets", "The preset {name} is deleted.").replace("{name}", words.isolated(removed.name))
        self._frame.notices.tell(said, undo=partial(self._shelf.restore, removed))

    def _show_failure(self, error: OcrConsoleError) -> None:
        self._frame.notices.tell(words.told(error.sentence), words.told(error.advice), bad=True)

    def _show_damaged(self, name: str, why: str) -> None:
        def delete() -> None:
            self._frame.notices.hide()
            self._shelf.remove(name)

        advice = translate("Presets", "All others are there. Mend its file, or delete it.")
        offer = translate("Presets", "Delete"), delete
        self._frame.notices.tell(words.told(why), advice, offer=offer, bad=True)
