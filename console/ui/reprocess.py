"""Ask how jobs are to be read anew."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from console.ops.presets import Preset
from console.ui import words
from console.ui.job_acts import Picked, facts_of
from console.ui.kit.boxes import Box, column
from console.ui.kit.choices import Choice
from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field
from console.ui.kit.labels import Label, Paragraph
from console.ui.notices import asked
from console.ui.reading_words import mode_words, preset_word
from worker.core.jobs import ENDED, State

translate = QCoreApplication.translate
MANY = 100  # done jobs whose results are only replaced after a warning
MODES = ("", "auto", "force", "redo")
_BETWEEN = re.compile(r"[\s,;+]+")  # languages, as people write them
DPI = (0, 150, 200, 300, 400, 600)


class Options:
    """What is to be other than it was for each job."""

    def __init__(self, presets: Sequence[Preset]) -> None:
        as_before = translate("Reprocess", "As before")
        self._presets: tuple[Preset | None, ...] = (None, *presets)
        names = [preset_word(preset.name) for preset in presets]
        self.preset = Choice((as_before, *names), name=translate("Reprocess", "Preset"))
        self.languages = Field(name=translate("Reprocess", "Languages"), hint=as_before, icon="languages")
        self.mode = Choice((as_before, *mode_words()), name=translate("Reprocess", "Text that is there"))
        dots = [translate("Reprocess", "{n} dpi").replace("{n}", words.number(one)) for one in DPI[1:]]
        self.dpi = Choice((as_before, *dots), name=translate("Reprocess", "Resolution"))
        self.preset.currentIndexChanged.connect(self._tell_otherwise)

    def body(self) -> Box:
        """The fields under one another."""
        made = column(spacing=4)
        for field in (self.preset, self.languages, self.mode, self.dpi):
            made.add(Label(field.accessibleName(), size=12, role="text2"), field, 6)
        hint = translate("Reprocess", "Languages by their codes, as in deu+eng. What is left as before stays so.")
        made.add(Paragraph(hint, size=12, role="text3"))
        made.setFocusProxy(self.preset)
        return made

    @property
    def change(self) -> dict[str, Any]:
        """Options by their names in a job."""
        given = {
            "languages": "+".join(_BETWEEN.split(self.languages.text().strip())),
            "mode": MODES[self.mode.currentIndex()],
            "dpi": DPI[self.dpi.currentIndex()],
        }
        chosen, preset = {name: value for name, value in given.items() if value}, self._chosen
        return preset.change(chosen) if preset else chosen

    @property
    def _chosen(self) -> Preset | None:
        return self._presets[self.preset.currentIndex()]

    def _tell_otherwise(self) -> None:
        """What counts where nothing is chosen: the job's own, or the preset's."""
        preset = self._chosen
        before, said = translate("Reprocess", "As before"), translate("Reprocess", "As the preset says")
        self.languages.setPlaceholderText(said if preset and preset.values.languages else before)
        for choice in (self.mode, self.dpi):
            choice.setItemText(0, said if preset else before)


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
    options.languages.left.connect(question.reject)
    if done > MANY:
        question.safe.setFocus(Qt.FocusReason.TabFocusReason)
    return question, options
