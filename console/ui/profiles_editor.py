"""The settings of one profile, checked as they are typed and tried when somebody wants to know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.bridge.profile_editing import Changes, Contents
from console.ops.doctor.verdicts import Verdict
from console.ui import words
from console.ui.kit.boxes import column, row
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Hairline, Label
from console.ui.profiles_setting import SettingField
from worker.core.settings import VARIABLES

if TYPE_CHECKING:
    from console.ops.profile_checks import FieldCheck
    from console.ops.profile_trial import Tried

translate = QCoreApplication.translate
MAIN = (
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "CELERY_RESULT_BACKEND",
    "MINIO_ENDPOINT",
    "MINIO_ACCESS_KEY",
    "MINIO_SECRET_KEY",
    "MINIO_OCR_BUCKET",
)  # what a profile has to say; all else is as usual
APART = frozenset({"OCR_CONSOLE_PRODUCTION", "OCR_CONSOLE_COLOUR"})  # which have controls of their own


class ProfileEditor(QWidget):
    """Fields for all variables: the seven that have to be there, the others folded."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._contents: Contents | None = None
        self._tried: Mapping[str, Tried] = {}
        self._checks: Mapping[str, FieldCheck] = {}
        self.fields = {one.name: SettingField(one) for one in VARIABLES if one.name not in APART}
        self.more_button = Button(icon="chevron-right", kind="ghost", name=translate("Profiles", "More settings"))
        self.more_button.clicked.connect(self.toggle_more)
        self._summary, self._odd = Label(size=12, role="text2", align="end"), Label(size=12, role="warn")
        self._others = Label(size=12, role="text3")
        self._more = column(margins=(0, 8, 0, 0))
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        for name in MAIN:
            lines.addWidget(self.fields[name])
        for name, field in self.fields.items():
            field.edited.connect(self.edited)
            if name not in MAIN:
                self._more.add(field)
        self._more.add(self._others)
        self._more.hide()
        lines.addSpacing(4)
        lines.addWidget(Hairline())
        lines.addWidget(row(self.more_button, height=40).add(self._summary, stretch=1))
        lines.addWidget(Hairline())
        lines.addWidget(self._more)
        lines.addWidget(self._odd)

    @property
    def changes(self) -> Changes:
        """What was typed and is another value than the one that is saved."""
        contents, new = self._contents, {}
        for field in self.fields.values():
            if contents is not None and field.value != contents.values.get(field.used, ""):
                new[field.used] = field.value or None
        return new

    @property
    def keep(self) -> frozenset[str]:
        """The variables whose secrets are to lie in the keyring."""
        return frozenset(one.used for one in self.fields.values() if one.is_secret and one.keep.isChecked())

    def show_contents(self, contents: Contents, changes: Changes, keep: frozenset[str]) -> None:
        """Show what a profile says, what was typed, and what is to lie in the keyring and does not yet."""
        self._contents, self._tried = contents, {}
        values = contents.changed(changes)
        for field in self.fields.values():
            given = field.variable.given({**contents.values, **values})
            used = given[0] if given else field.variable.name
            saved, kept = contents.values.get(used, ""), used in contents.kept and used not in changes
            field.show_value(used, saved, values.get(used, ""), kept=kept, keep=used in keep)
        names = {name for one in VARIABLES for name in (one.name, *one.aliases)}
        others = [name for name in contents.values if name not in names and not name.startswith("OCR_CONSOLE_")]
        passed = translate("Profiles", "Passed on to workers as they are: {names}").format(names=", ".join(others))
        self._others.setText(passed if others else "")
        self._others.setVisible(bool(others))

    def follow(self, edited: SettingField) -> None:
        """What stands under the same name is the same."""
        for field in self.fields.values():
            if field is not edited and field.used == edited.used:
                keep = edited.keep.isChecked()
                field.show_value(field.used, edited.saved, edited.value, kept=edited.is_kept, keep=keep)

    def show_checks(self, checks: Iterable[FieldCheck]) -> None:
        """Say at each field what is to be said of it; what was found by trying comes after that."""
        self._checks = {one.variable: one for one in checks}
        self._say()

    def show_tried(self, found: Iterable[Tried]) -> None:
        """Say what was found at the services; until something is typed."""
        self._tried = {one.variable: one for one in found}
        self._say()

    def forget_tried(self) -> None:
        """Something was typed: what was found is of other values."""
        self._tried = {}

    @property
    def to_look_at(self) -> int:
        """How many fields have something to look at."""
        return sum(self._verdict(field)[0] in {Verdict.WARN, Verdict.FAIL} for field in self.fields.values())

    @property
    def is_sound(self) -> bool:
        """Whether nothing in it is wrong or missing."""
        return all(one.verdict is not Verdict.FAIL for one in self._checks.values())

    def toggle_more(self) -> None:
        """Show the folded settings, or fold them."""
        shown = self._more.isHidden()
        self._more.setVisible(shown)
        self.more_button.set_icon("chevron-down" if shown else "chevron-right")

    def go_to(self, variable: str) -> SettingField | None:
        """Let this variable be typed; where it is folded, it is unfolded."""
        field = next((one for one in self.fields.values() if variable in (one.used, one.variable.name)), None)
        if field is not None:
            if field.variable.name not in MAIN and self._more.isHidden():
                self.toggle_more()
            field.focus_value()
        return field

    def _say(self) -> None:
        for field in self.fields.values():
            field.say(*self._verdict(field))
        folded = [field for name, field in self.fields.items() if name not in MAIN]
        set_here = sum(bool(field.value) for field in folded)
        one, many = translate("Profiles", "{n} more setting"), translate("Profiles", "{n} more settings")
        self.more_button.setText(words.counted(len(folded), one, many))
        some = translate("Profiles", "{n} set here"), translate("Profiles", "{n} set here")
        usual = translate("Profiles", "time limits, retries, log level: all as usual")
        self._summary.setText(words.counted(set_here, *some) if set_here else usual)
        known = {field.used for field in self.fields.values()} | APART
        odd = [words.told(one.sentence) for name, one in self._checks.items() if name not in known and one.sentence]
        self._odd.setText(" ".join(odd))
        self._odd.setVisible(bool(odd))

    def _verdict(self, field: SettingField) -> tuple[Verdict, str]:
        """What is wrong first, then what was found, then what should not stay so."""
        check, tried = self._checks.get(field.used), self._tried.get(field.variable.name)
        if check is not None and check.verdict is Verdict.FAIL:
            return check.verdict, words.told(check.sentence)
        doubt = words.told(check.sentence) if check is not None and check.verdict is Verdict.WARN else ""
        if tried is not None:
            worst = Verdict.WARN if doubt and tried.verdict is Verdict.OK else tried.verdict
            both = translate("Profiles", "{found}. {doubt}")
            return worst, both.format(found=_found(tried).rstrip("."), doubt=doubt) if doubt else _found(tried)
        if doubt:
            return Verdict.WARN, doubt
        if field.is_kept and field.keep.isChecked():
            return Verdict.OK, translate("Profiles", "Stored in the system keyring")
        return Verdict.OK, ""


def _found(tried: Tried) -> str:
    if tried.verdict is Verdict.OK and tried.latency_s is not None:
        return translate("Profiles", "Reached in {time}").format(time=words.latency(tried.latency_s))
    return words.told(tried.sentence)
