"""How a document is read, in words: the preset, the mode, the resolution, the outputs."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from console.ops.presets import BUILT_IN
from console.ui import words
from console.ui.formats import formats_in_words
from console.ui.languages import language_name
from worker.core.jobs import MODES, Options

translate = QCoreApplication.translate


def preset_word(name: str) -> str:
    """What people call a preset: those that everybody has in their language, the user's own by its name."""
    title = next((preset.title for preset in BUILT_IN if preset.name == name), "")
    return words.told(title) if title else name


def preset_in_words(options: Options) -> str:
    """The preset of a job; whether something was chosen on top of it."""
    name = words.isolated(preset_word(options.preset))
    return translate("Reading", "{preset}, changed").replace("{preset}", name) if options.changed else name


def mode_words() -> tuple[str, str, str]:
    """What happens to pages that already have text, in the order of MODES."""
    return (
        translate("Plan", "Keep the text that is there"),
        translate("Plan", "Read them anew, as pictures"),
        translate("Plan", "Replace an earlier text layer"),
    )


def mode_in_words(mode: str) -> str:
    """What happens to pages that already have text; a mode of another program is called by its name."""
    return mode_words()[MODES.index(mode)] if mode in MODES else mode


def outputs_in_words(options: Options) -> str:
    """Searchable PDF, Text; a PDF/A is named as such."""
    made = formats_in_words(options.formats)
    return translate("Reading", "{outputs}, as PDF/A").replace("{outputs}", made) if options.pdfa else made


def reading_rows(options: Options) -> list[tuple[str, str]]:
    """All of it, as rows; what is as usual and hardly asked for is left out."""
    names = ", ".join(language_name(code) for code in options.languages.split("+"))
    dpi = translate("Reading", "{n} dpi").replace("{n}", words.number(options.dpi))
    rows = [
        (translate("Reading", "Preset"), preset_in_words(options)),
        (translate("Reading", "Languages"), names),
        (translate("Reading", "Outputs"), outputs_in_words(options)),
        (translate("Reading", "Pages that have text"), mode_in_words(options.mode)),
        (translate("Reading", "Resolution"), dpi),
    ]
    if options.pages:
        rows.append((translate("Reading", "Pages"), options.pages))
    if not options.deskew:
        rows.append((translate("Reading", "Pages askew"), translate("Reading", "left as they are")))
    if options.keep_scripts:
        rows.append((translate("Reading", "Scripts in the PDF"), translate("Reading", "kept")))
    return rows
