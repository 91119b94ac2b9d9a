"""Languages to choose from: tokens in a box, in the order in which they are tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QWidget

from console.ui.kit.tokens import TokenField

translate = QCoreApplication.translate
NOT_LANGUAGES = frozenset({"osd", "equ", "snum"})  # models that tesseract lists beside its languages
_SCRIPTS = {"sim": "simplified", "tra": "traditional", "latn": "Latin", "cyrl": "Cyrillic", "vert": "vertical"}


def language_name(code: str) -> str:
    """The name of a code: "deu" is "German", "chi_sim" is "Chinese (simplified)"; an unknown one stays as it is."""
    first, _, rest = code.partition("_")
    found = QLocale.codeToLanguage(first)
    if found == QLocale.Language.AnyLanguage:
        return code
    name = QLocale.languageToString(found)
    return f"{name} ({' '.join(_SCRIPTS.get(part, part) for part in rest.split('_'))})" if rest else name


class LanguageField(TokenField):
    """The chosen languages, and a menu of those that workers can read."""

    def __init__(self, chosen: Iterable[str] = ("eng",), parent: QWidget | None = None) -> None:
        self._fleet: tuple[frozenset[str], ...] = ()
        self._known: Mapping[str, int] = {}  # on how many workers each is
        super().__init__(chosen, adding=translate("Languages", "Add a language"), parent=parent)

    @property
    def value(self) -> str:
        """In tesseract's spelling: deu+eng."""
        return "+".join(self.chosen)

    def set_fleet(self, fleet: Iterable[frozenset[str]]) -> None:
        """What each worker that is online can read."""
        languages = tuple(sorted((one - NOT_LANGUAGES for one in fleet), key=sorted))
        if languages != self._fleet:
            self._fleet, self._known = languages, Counter(code for one in languages for code in one)
            self.show_chosen()

    def missing(self) -> tuple[str, ...]:
        """Names of chosen languages that no worker has; nothing is said while there is no worker."""
        return tuple(language_name(code) for code in self.chosen if self._is_missing(code))

    def doubt(self, code: str) -> str:
        """That no worker has it."""
        return translate("Languages", "No worker that is online has it.") if self._is_missing(code) else ""

    def workers_for_all(self) -> int:
        """How many workers can read every chosen language."""
        return sum(one.issuperset(self.chosen) for one in self._fleet)

    def _is_missing(self, code: str) -> bool:
        return bool(self._fleet) and code not in self._known

    def word(self, code: str) -> str:
        """Its name."""
        return language_name(code)

    def offered(self) -> tuple[str, ...]:
        """Codes that can be added, in the order of their names."""
        return tuple(sorted((code for code in self._known if code not in self.chosen), key=language_name))

    def entry(self, code: str) -> str:
        """Its name, and on how many workers it is, when not on all."""
        count = self._known[code]
        note = translate("Languages", "{name}  (on {n} of {all} workers)")
        note = note.replace("{n}", str(count)).replace("{all}", str(len(self._fleet)))
        return language_name(code) if count == len(self._fleet) else note.replace("{name}", language_name(code))

    def spoken(self) -> str:
        """All of them."""
        return translate("Languages", "Languages: {names}").replace("{names}", ", ".join(map(self.word, self.chosen)))
