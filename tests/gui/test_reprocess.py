"""How jobs are to be read anew: asked, with a preset or without, and refused where it cannot be meant."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from console.ops.presets import BUILT_IN
from console.ui.job_acts import Picked
from console.ui.kit.choices import Choice
from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field
from console.ui.reprocess import ask_options
from tests.gui.accessible import unnamed
from tests.gui.invented import job
from tests.gui.test_jobs_acting import answer
from tests.gui.test_presets import GRUNDBUCH
from worker.core.jobs import State


def test_jobs_are_read_anew_by_a_preset_with_values_on_top(qtbot, show):
    page, found = show(job(1, State.DONE, ago_s=1)), []

    def act(question: Question) -> None:
        choices = {choice.accessibleName(): choice for choice in question.findChildren(Choice)}
        choices["Preset"].setCurrentIndex(choices["Preset"].findText("Grundbuch"))
        assert choices["Resolution"].itemText(0) == "As the preset says"
        choices["Resolution"].setCurrentIndex(4)
        question.act.click()

    answer(act)
    found.append(ask_options(page, Picked.of([job(1, State.DONE)]), (*BUILT_IN, GRUNDBUCH)))
    (change,) = found
    assert change is not None
    assert (change["preset"], change["changed"], change["languages"], change["dpi"]) == ("Grundbuch", True, "deu", 400)
    assert "pages" not in change


def test_outputs_and_languages_are_given_as_people_write_them_and_refused_where_they_are_none(qtbot, show):
    page, told = show(job(1, State.DONE, ago_s=1)), []

    def fill(question: Question) -> None:
        fields = {field.accessibleName(): field for field in question.findChildren(Field)}
        choices = {choice.accessibleName(): choice for choice in question.findChildren(Choice)}
        before = question.height()
        for name, text in (
            ("Languages", "x"),
            ("Languages", "deu, eng vie"),
            ("Outputs", "doc"),
            ("Outputs", "md txt"),
        ):
            fields[name].setText(text)
            qtbot.waitUntil(lambda: (question.height() > before) is not question.act.isEnabled())  # and shrinks again
            lines = [label for label in question.findChildren(QLabel) if label.isVisible()]
            parts: list[QWidget] = [*fields.values(), *choices.values(), *lines]
            assert [one for one in parts if one.height() < needed(one)] == []
            said = "\n".join(line.text() for line in lines)
            told.append((question.act.isEnabled(), said))
            assert [name for name, field in fields.items() if field._wrong] == ([] if told[-1][0] else [name])
        choices["Preset"].setCurrentIndex(choices["Preset"].findText("Archive"))
        choices["Pages that lie askew"].setCurrentIndex(2)
        assert unnamed(question) == []

    def act(question: Question) -> None:
        try:
            fill(question)
        finally:
            question.accept()

    answer(act)
    change = ask_options(page, Picked.of([job(place, state) for place, state in enumerate(State)]), BUILT_IN)
    assert [may for may, _ in told] == [False, True, False, True]
    assert "“x” names no languages." in told[0][1]
    assert "There is no format doc." in told[2][1]
    assert change is not None
    assert (change["languages"], change["formats"]) == ("deu+eng+vie", ("txt", "md"))
    assert (change["pdfa"], change["deskew"], change["changed"]) == (False, False, True)


def needed(part: QWidget) -> int:
    return part.heightForWidth(part.width()) if part.hasHeightForWidth() else part.sizeHint().height()
