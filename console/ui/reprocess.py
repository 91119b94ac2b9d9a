"""Ask how jobs are to be read anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from console.bridge.preset_shelf import refusal
from console.bridge.reading_anew import change_of
from console.ops.presets import Preset
from console.ui import words
from console.ui.job_acts import Picked, facts_of
from console.ui.kit.boxes import Box, column, row
from console.ui.kit.choices import Choice
from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field
from console.ui.kit.forms import captioned
from console.ui.kit.labels import Paragraph
from console.ui.notices import asked
from console.ui.reading_words import mode_words, preset_word
from worker.core.errors import UsageError
from worker.core.jobs import ENDED, State
from worker.core.jobs import MODES as KNOWN
from worker.core.jobs import Options as Reading

translate = QCoreApplication.translate
MANY = 100  # done jobs whose results are only replaced after a warning
MODES = ("", *KNOWN)
DPI = (0, 150, 200, 300, 400, 600)


class Options:
    """What is to be other than it was for each job."""

    def __init__(self, presets: Sequence[Preset]) -> None:
        as_before = translate("Reprocess", "As before")
        self._presets: tuple[Preset | None, ...] = (None, *presets)
        names = [preset_word(preset.name) for preset in presets]
        self.preset = Choice((as_before, *names), name=translate("Reprocess", "Preset"))
        self.languages = Field(name=translate("Reprocess", "Languages"), hint=as_before, icon="languages")
        self.formats = Field(name=translate("Reprocess", "Outputs"), hint=as_before, icon="files")
        self.mode = Choice((as_before, *mode_words()), name=translate("Plan", "Pages that already have text"))
        dots = [translate("Reprocess", "{n} dpi").replace("{n}", words.number(one)) for one in DPI[1:]]
        self.dpi = Choice((as_before, *dots), name=translate("Reprocess", "Resolution"))
        askew = (as_before, translate("Reprocess", "Turn them straight"), translate("Reprocess", "Leave them askew"))
        self.deskew = Choice(askew, name=translate("Reprocess", "Pages that lie askew"))
        self._refused = Paragraph(size=12, role="bad")
        self._refused.hide()
        self.preset.currentIndexChanged.connect(self._tell_otherwise)

    def body(self) -> Box:
        """The fields under one another, and what is wrong with them."""
        hint = translate(
            "Reprocess", "Languages as in deu+eng, outputs as in txt,pdf,alto. What is left as before stays so."
        )
        made = column(
            _captioned(self.preset),
            8,
            row(_captioned(self.languages), _captioned(self.formats), spacing=12),
            8,
            _captioned(self.mode),
            8,
            row(_captioned(self.dpi), _captioned(self.deskew), spacing=12),
            8,
            Paragraph(hint, size=12, role="text3"),
            4,
            self._refused,
        )
        made.setFocusProxy(self.preset)
        return made

    def guard(self, question: Question) -> None:
        """Let nothing be done that is refused, and say why; Esc in a field leaves the question."""

        def look() -> None:
            refused, wrong = self._refusal()
            self._refused.setText(words.told(refused.sentence, refused.advice) if refused else "")
            self._refused.setVisible(refused is not None)
            question.act.setEnabled(refused is None)
            for field in fields:
                field.set_wrong(refused is not None and field is wrong)

        fields = self.languages, self.formats
        for field in fields:
            field.left.connect(question.reject)
            field.textChanged.connect(look)
        self.preset.currentIndexChanged.connect(look)

    @property
    def change(self) -> dict[str, Any]:
        """Options by their names in a job. Raises UsageError if there is no output of that name."""
        others: dict[str, Any] = {"mode": MODES[self.mode.currentIndex()], "dpi": DPI[self.dpi.currentIndex()]}
        others = {name: value for name, value in others.items() if value}
        if self.deskew.currentIndex():
            others["deskew"] = self.deskew.currentIndex() == 1
        return change_of(self._chosen, self.languages.text(), self.formats.text(), others)

    @property
    def _chosen(self) -> Preset | None:
        return self._presets[self.preset.currentIndex()]

    def _refusal(self) -> tuple[UsageError | None, Field]:
        """Why nothing can be read so, None if it can; and where that stands."""
        try:
            options = replace(Reading(), **self.change)
        except UsageError as unknown:
            return unknown, self.formats
        return refusal(options), self.languages

    def _tell_otherwise(self) -> None:
        """What counts where nothing is chosen: the job's own, or the preset's."""
        preset = self._chosen
        before, said = translate("Reprocess", "As before"), translate("Reprocess", "As the preset says")
        self.languages.setPlaceholderText(said if preset and preset.values.languages else before)
        self.formats.setPlaceholderText(said if preset else before)
        for choice in (self.mode, self.dpi, self.deskew):
            choice.setItemText(0, said if preset else before)


def _captioned(control: Choice | Field) -> Box:
    return captioned(control.accessibleName(), control)


def ask_options(parent: QWidget, picked: Picked, presets: Sequence[Preset]) -> dict[str, Any] | None:
    """The options that change; None if the user would rather not."""
    question, options = reprocess_question(parent, picked, presets)
    return options.change if asked(question) else None


def reprocess_question(parent: QWidget, picked: Picked, presets: Sequence[Preset]) -> tuple[Question, Options]:
    """The question, and what is chosen in it."""
    options = Options(presets)
    count, done = picked.among(ENDED), picked.among({State.DONE})
    act = words.counted(
        count, translate("Reprocess", "Read {n} job anew"), translate("Reprocess", "Read {n} jobs anew")
    )
    replaced = words.counted(
        done,
        translate("Reprocess", "The results of {n} job that is done stay until the new ones are there, and then go."),
        translate("Reprocess", "The results of {n} jobs that are done stay until the new ones are there, and then go."),
    )
    question = Question(
        parent,
        title=act,
        sentence=replaced if done else "",
        facts=facts_of(picked.tally.states) if len(picked.ids) > 1 else (),
        safe=words.counted(count, translate("Reprocess", "Leave it"), translate("Reprocess", "Leave them")),
        act=act,
        act_kind="destroy" if done > MANY else "primary",
        body=options.body(),
    )
    options.guard(question)
    if done > MANY:
        question.safe.setFocus(Qt.FocusReason.TabFocusReason)
    return question, options
