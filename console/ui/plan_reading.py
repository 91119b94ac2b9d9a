"""How documents are to be read: the fields of it, as the plan shows them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.bridge.preset_shelf import refusal
from console.ui import words
from console.ui.formats import ORDER, format_word
from console.ui.kit.boxes import STRETCH, Box, column, row
from console.ui.kit.choices import CheckBox, Choice
from console.ui.kit.fields import Field
from console.ui.kit.flow import flow
from console.ui.kit.forms import captioned
from console.ui.kit.labels import Label, Paragraph
from console.ui.languages import LanguageField
from console.ui.reading_words import mode_words
from worker.core.jobs import FORMATS, MODES, Options

translate = QCoreApplication.translate
BOX = 26  # the height of a line of check boxes


def caption(text: str) -> Label:
    """What stands over a control."""
    return Label(text, size=12, weight=500, role="text3")


class ReadingForm(QWidget):
    """Fields for all that `Options` has."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.languages = LanguageField()
        self.formats = {name: CheckBox(format_word(name)) for name in ORDER}
        self.pdfa = CheckBox(translate("Plan", "PDF as PDF/A-2b"))
        self.scripts = CheckBox(translate("Plan", "PDF with its scripts"))
        self.scripts.setToolTip(translate("Plan", "JavaScript and launch actions stay in the searchable PDF."))
        self.mode = Choice(mode_words(), name=translate("Plan", "Pages that already have text"))
        all_pages = translate("Plan", "all, or as in 3-7,9")
        self.pages = Field(name=translate("Plan", "Pages"), hint=all_pages, keeps_esc=True)
        self.dpi = Field(name=translate("Plan", "Resolution in dpi"), hint=str(Options().dpi), keeps_esc=True)
        self.dpi.setValidator(QIntValidator(0, 9999, self))
        self.deskew = CheckBox(translate("Plan", "Turn pages that lie askew"))
        self._workers = 0
        self._hint = Paragraph(size=12, role="warn")
        self._fleet = Label(size=12, role="text3", align="end")
        self._refused = Paragraph(size=12, role="bad")
        self._lay_out()
        self._connect()
        self.choose(Options())

    @property
    def options(self) -> Options:
        """What was chosen."""
        pdf = self.formats["pdf"].isChecked()
        return Options(
            languages=self.languages.value,
            mode=MODES[self.mode.currentIndex()],
            formats=tuple(name for name in FORMATS if name in self.formats and self.formats[name].isChecked()),
            pages=self.pages.text().strip(),
            dpi=int(self.dpi.text() or self.dpi.placeholderText()),
            deskew=self.deskew.isChecked(),
            pdfa=pdf and self.pdfa.isChecked(),
            keep_scripts=pdf and self.scripts.isChecked(),
        )

    def choose(self, options: Options) -> None:
        """Show these options as chosen."""
        self.languages.choose(options.languages.split("+"))
        self.mode.setCurrentIndex(MODES.index(options.mode))
        self.pages.setText(options.pages)
        self.dpi.setText(str(options.dpi))
        switches = {self.deskew: options.deskew, self.pdfa: options.pdfa, self.scripts: options.keep_scripts}
        for box, on in ({self.formats[name]: name in options.formats for name in self.formats} | switches).items():
            box.setChecked(on)

    def objection(self) -> str:
        """Why nothing can be read so; "" if it can."""
        options = self.options
        if not options.languages:
            return translate("Plan", "Choose a language.")
        if not options.formats:
            return translate("Plan", "Choose at least one output.")
        refused = refusal(options)
        return words.told(refused.sentence, refused.advice) if refused else ""

    def set_fleet(self, fleet: Sequence[frozenset[str]]) -> None:
        """Tell what each worker that is online can read."""
        self._workers = len(fleet)
        self.languages.set_fleet(fleet)
        self._tell_languages()

    def _tell_languages(self) -> None:
        able, missing = self.languages.workers_for_all(), self.languages.missing()
        fleet = translate("Plan", "on {n} of {all} workers").replace("{n}", str(able))
        self._fleet.setText(fleet.replace("{all}", str(self._workers)) if self._workers > 1 and able else "")
        hint = translate(
            "Plan",
            "No worker that is online has {names}. Install it on one: such files wait a while, then fail.",
        )
        if not missing:
            hint = translate(
                "Plan", "No worker that is online has all of them. Such files wait a while for one that has, then fail."
            )
        self._hint.setText(hint.replace("{names}", ", ".join(missing)))
        self._hint.setVisible(bool(self._workers and self.languages.chosen) and not able)

    def _tell(self) -> None:
        pdf, options = self.formats["pdf"].isChecked(), self.options
        for box in (self.pdfa, self.scripts):
            box.setEnabled(pdf)
        refused = refusal(options) if options.languages and options.formats else None
        self._refused.setText(words.told(refused.sentence, refused.advice) if refused else "")
        self._refused.setVisible(refused is not None)
        self.changed.emit()

    def _connect(self) -> None:
        self.languages.changed.connect(self._tell_languages)
        self.languages.changed.connect(self._tell)
        self.mode.currentIndexChanged.connect(lambda _index: self._tell())
        for field in (self.pages, self.dpi):
            field.textChanged.connect(lambda _text: self._tell())
        for box in (*self.formats.values(), self.pdfa, self.scripts, self.deskew):
            box.toggled.connect(lambda _on: self._tell())

    def _lay_out(self) -> None:
        self._refused.hide()
        beside = row(spacing=12)
        beside.add(captioned(self.pages.accessibleName(), self.pages), stretch=3)
        beside.add(captioned(self.dpi.accessibleName(), self.dpi), stretch=2)
        parts: Box = column(
            row(caption(translate("Plan", "Languages")), STRETCH, self._fleet, height=22),
            self.languages,
            4,
            self._hint,
            12,
            caption(translate("Plan", "Outputs")),
            2,
            flow(*self.formats.values(), line=BOX, spacing=12),
            flow(self.pdfa, self.scripts, line=BOX, spacing=12),
            12,
            caption(self.mode.accessibleName()),
            3,
            self.mode,
            8,
            beside,
            4,
            self._refused,
            4,
            self.deskew,
            12,
        )
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(parts)
