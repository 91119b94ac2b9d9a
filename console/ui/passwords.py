"""Ask for the password of locked files, once for all of them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from console.ui import words
from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field

translate = QCoreApplication.translate


def ask_password(parent: QWidget, count: int) -> str | None:
    """The password to try on this many files; None if the user would rather not."""
    field = Field(name=translate("Passwords", "Password"), icon="key-round", secret=True)
    question = Question(
        parent,
        title=words.counted(
            count,
            translate("Passwords", "{n} file needs a password"),
            translate("Passwords", "{n} files need a password"),
        ),
        sentence=translate("Passwords", "It is kept sealed until they are read, and then forgotten."),
        safe=translate("Passwords", "Leave them"),
        act=words.counted(count, translate("Passwords", "Try on {n} file"), translate("Passwords", "Try on {n} files")),
        act_kind="primary",
        body=field,
    )
    question.act.setEnabled(False)
    field.textChanged.connect(lambda text: question.act.setEnabled(bool(text)))
    field.left.connect(question.reject)
    password = field.text() if question.exec() else None
    field.clear()
    question.deleteLater()
    return password
