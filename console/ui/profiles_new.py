"""The question for a new profile: what it is called, and whether it begins as a file from elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from console.ui.kit.boxes import column, row
from console.ui.kit.buttons import Button
from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field
from console.ui.kit.labels import Label
from console.ui.notices import asked

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class NewProfile:
    """What was answered."""

    name: str
    file: Path | None = None  # that is imported


class NewProfileForm(QObject):
    """What stands in the question. A name that is taken is not let through.

    Args:
        parent: The window.
        taken: Names of profiles.
        copied: The name of the profile that is copied; "": it is a new one, or one from a file.
    """

    def __init__(self, parent: QWidget, taken: Collection[str], copied: str = "") -> None:
        super().__init__(parent)
        self._taken = {name.casefold() for name in taken}
        self.file: Path | None = None
        name = translate("Profiles", "Name of the profile")
        self.name = Field(name=name, hint=translate("Profiles", "staging"), keeps_esc=True)
        self.note = Label(size=12, role="text3")
        self.file_name = Label(role="text2", elide=Qt.TextElideMode.ElideMiddle)
        self.file_button = Button(translate("Profiles", "Import a file…"), icon="file-input")
        self.file_button.clicked.connect(self.choose_file)
        body = column(Label(name, weight=500), 6, self.name, 6, self.note)
        if not copied:
            body.add(10, row(self.file_button).add(self.file_name, stretch=1))
        body.setFocusProxy(self.name)
        template = translate("Profiles", "It begins with every setting explained. Nothing is switched yet.")
        copy = translate("Profiles", "It begins with the same settings and secrets.")
        duplicate = translate("Profiles", "Duplicate {profile}?").format(profile=copied)
        self.question = Question(
            parent,
            title=duplicate if copied else translate("Profiles", "New profile"),
            sentence=copy if copied else template,
            safe=translate("Profiles", "Make none"),
            act=translate("Profiles", "Duplicate") if copied else translate("Profiles", "Make it"),
            act_kind="primary",
            body=body,
        )
        self.name.textChanged.connect(self._tell)
        self.name.left.connect(self.question.reject)
        self._tell()

    @property
    def answer(self) -> NewProfile:
        """What it says."""
        return NewProfile(self.name.text().strip(), self.file)

    def choose_file(self) -> None:
        """Ask for a file of variables, a shell's or one of `docker compose`."""
        files = translate("Profiles", "Variables (*.env *.txt *env*);;All files (*)")
        path, _ = QFileDialog.getOpenFileName(self.question, translate("Profiles", "Import a file"), "", files)
        if path:
            self.file = Path(path)
            self.file_name.setText(self.file.name)
            self.question.act.setText(translate("Profiles", "Import it"))
            if not self.name.text():
                self.name.setText(self.file.stem.strip("."))
            self._tell()

    def _tell(self) -> None:
        name = self.name.text().strip()
        taken = name.casefold() in self._taken
        self.name.set_wrong(taken)
        self.note.setText(translate("Profiles", "There is a profile of this name already.") if taken else "")
        self.note.set_role("bad" if taken else "text3")
        self.question.act.setEnabled(bool(name) and not taken)


def ask_new(parent: QWidget, taken: Collection[str], copied: str = "") -> NewProfile | None:
    """Ask; None if none is to be made."""
    form = NewProfileForm(parent, taken, copied)
    agreed = asked(form.question)
    answer = form.answer if agreed else None
    form.deleteLater()
    return answer
