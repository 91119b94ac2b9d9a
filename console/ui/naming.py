"""Ask what something is to be called."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from console.ui.kit.boxes import column
from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field
from console.ui.kit.labels import Paragraph
from console.ui.notices import asked

translate = QCoreApplication.translate


def ask_name(
    parent: QWidget, *, title: str, sentence: str = "", act: str, name: str = "", fault: Callable[[str], str]
) -> str:
    """The name that was given; "" if the user would rather not.

    Args:
        parent: Over what it is asked.
        title: Of the question.
        sentence: What gets the name.
        act: The words of the button.
        name: What stands in the field at first.
        fault: Why it cannot be called so, in a sentence; "" if it can.
    """
    called = translate("Naming", "Name")
    field, why = Field(name=called, hint=called, icon="tag"), Paragraph(size=12, role="bad")
    field.setText(name)
    field.selectAll()
    body = column(field, 6, why)
    body.setFocusProxy(field)
    safe = translate("Naming", "Leave it")
    question = Question(parent, title=title, sentence=sentence, safe=safe, act=act, act_kind="primary", body=body)

    def look(text: str) -> None:
        told = fault(text.strip()) if text.strip() else ""
        why.setText(told)
        field.set_wrong(bool(told))
        question.act.setEnabled(bool(text.strip()) and not told)

    look(name)
    field.textChanged.connect(look)
    field.left.connect(question.reject)
    return field.text().strip() if asked(question) else ""
