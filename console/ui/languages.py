"""Languages to choose from: tokens in a box, in the order in which they are tried."""

from __future__ import annotations

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
        self._known: dict[str, int] = {}
        self._workers = 0
        super().__init__(chosen, adding=translate("Languages", "Add a language"), parent=parent)

    @property
    def value(self) -> str:
        """In tesseract's spelling: deu+eng."""
        return "+".join(self.chosen)

    def set_known(self, known: Mapping[str, int], workers: int) -> None:
        """On how many of the workers each language can be read."""
        languages = {code: count for code, count in known.items() if code not in NOT_LANGUAGES}
        if (languages, workers) != (self._known, self._workers):
            self._known, self._workers = languages, workers
            self.show_chosen()

    def missing(self) -> tuple[str, ...]:
        """Names of chosen languages that no worker has; nothing is said while there is no worker."""
        return tuple(language_name(code) for code in self.chosen if self._is_missing(code))

    def doubt(self, code: str) -> str:
        """That no worker has it."""
        return translate("Languages", "No worker that is online has it.") if self._is_missing(code) else ""

    def workers_for_all(self) -> int:
        """How many workers can read every chosen language, by the one that fewest have."""
        return min((self._known.get(code, 0) for code in self.chosen), default=0)

    def _is_missing(self, code: str) -> bool:
        return bool(self._workers) and not self._known.get(code)

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
        note = note.replace("{n}", str(count)).replace("{all}", str(self._workers))
        return language_name(code) if count == self._workers else note.replace("{name}", language_name(code))

    def spoken(self) -> str:
        """All of them."""
        return translate("Languages", "Languages: {names}").replace("{names}", ", ".join(map(self.word, self.chosen)))
