"""A translation that is none: every text longer and with strange letters, so that what is not translated stands out."""

from __future__ import annotations

import re

from PySide6.QtCore import QObject, Qt, QTranslator
from PySide6.QtWidgets import QApplication

OWN = re.compile("^(QShortcut|Q[A-Z]\\w*)$")  # what Qt says itself
STRANGE = str.maketrans("aeiouyAEIOUYcnszCNSZ", "åéîöûýÅÉÎÖÛÝçñšžÇÑŠŽ")
LONGER = 0.35
FIELD = re.compile(r"(\{[^{}]*\}|&\w)")


def pseudo(text: str) -> str:
    """A text as a language with longer words has it; what is filled in stays."""
    parts = [part if FIELD.fullmatch(part) else part.translate(STRANGE) for part in FIELD.split(text)]
    own = sum(len(part) for part in parts if not FIELD.fullmatch(part))
    return f"⟦{''.join(parts)}{'·' * round(own * LONGER)}⟧"


class Pseudo(QTranslator):
    """Translates everything; put on the application by `speaking`."""

    def translate(self, context: str, source: str, _comment: str | None = None, _n: int = -1) -> str:
        return source if not source.strip() or OWN.match(context) else pseudo(source)

    def isEmpty(self) -> bool:
        return False


class Speaking(QObject):
    """The application in another language for as long as the block lasts."""

    def __init__(self, app: QApplication, *, right_to_left: bool = False) -> None:
        super().__init__()
        self._app, self._words = app, Pseudo()
        self._direction = Qt.LayoutDirection.RightToLeft if right_to_left else Qt.LayoutDirection.LeftToRight

    def __enter__(self) -> Speaking:
        self._app.installTranslator(self._words)
        self._app.setLayoutDirection(self._direction)
        return self

    def __exit__(self, *_: object) -> None:
        self._app.removeTranslator(self._words)
        self._app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
