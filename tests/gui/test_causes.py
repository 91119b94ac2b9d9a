"""Every class of failure speaks: a cause, an advice, and what is to be done for all of it; in any language."""

from __future__ import annotations

import re

import pytest
from PySide6.QtWidgets import QApplication

from console.ops.remedies import CURES
from console.ui import words
from console.ui.batch_acts import can_pass
from console.ui.batch_parts import remedy_word
from console.ui.kit.states import cause
from tests.gui.pseudo import Speaking, untold
from worker.core.errors import BY_CLASS, CLASSES, NeedsPassword

NEEDS_NO_ADVICE = {"usage", "not_found"}  # who raises them knows better
PLACEHOLDER = re.compile(r"[{}%]|\bNone\b|\bTODO\b")
JARGON = re.compile(r"\b(exception|traceback|errno|null|stack|segfault|stderr|invalid|exit code|OOM)\b", re.IGNORECASE)


def told(name: str) -> dict[str, str]:
    """All that is said of a class in the window, with figures filled in."""
    cure = CURES[name]
    return {
        "cause": cause(name),
        "advice": words.told(BY_CLASS[name].default_advice),
        "one": words.told(cure.one),
        "many": words.told(cure.many).replace("{n}", "3"),
        "for all": words.told(cure.advice),
        "button": remedy_word(name),
    }


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_it_says_in_plain_words_what_it_is_and_what_to_do(name: str, qapp: QApplication) -> None:
    for what, text in told(name).items():
        assert text or (what == "advice" and name in NEEDS_NO_ADVICE), what
        assert not PLACEHOLDER.search(text), text
        assert not JARGON.search(text), text
    assert cause(name) != cause("a class of another program")
    assert len(cause(name).split()) <= 3
    assert remedy_word(name) == remedy_word(NeedsPassword.error_class) or can_pass(name) == (
        remedy_word(name) == remedy_word("storage")
    )


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_it_says_so_in_another_language(name: str, qapp: QApplication) -> None:
    with Speaking(qapp):
        assert {what: rest for what, text in told(name).items() if (rest := untold(text))} == {}


def test_a_sentence_that_is_not_translated_is_found(qapp: QApplication) -> None:
    with Speaking(qapp):
        assert untold(words.told("Nobody wrote " + "this.")) == "Nobody wrote this"
