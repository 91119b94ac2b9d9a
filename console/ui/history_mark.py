"""What is asked when a moment is to be marked in the history."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field

translate = QCoreApplication.translate
LONGEST = 60  # characters; the same bound holds where it is written


def mark_field() -> Field:
    """What happened, in a few words."""
    field = Field(name=translate("History", "What happened"), hint=translate("History", "deployed 1.4"), icon="tag")
    field.setMaxLength(LONGEST)
    return field


def mark_question(parent: QWidget, field: Field) -> Question:
    """The question with that field; its act can be chosen when something stands in it."""
    question = Question(
        parent,
        title=translate("History", "Mark this moment"),
        sentence=translate("History", "It stands as a line in the charts, for everybody."),
        safe=translate("History", "No mark"),
        act=translate("History", "Mark"),
        act_kind="primary",
        body=field,
    )
    question.act.setEnabled(False)
    field.textChanged.connect(lambda text: question.act.setEnabled(bool(text.strip())))
    field.left.connect(question.reject)
    return question
