"""A translation that is none: every text longer and with strange letters, so that what is not translated stands out."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTranslator
from PySide6.QtWidgets import QApplication

OWN = re.compile("^(QShortcut|Q[A-Z]\\w*)$")  # what Qt says itself
STRANGE = str.maketrans("aeiouyAEIOUYcnszCNSZ", "åéîöûýÅÉÎÖÛÝçñšžÇÑŠŽ")
LONGER = 0.35
ROOT = Path(__file__).parents[2]
FIELD = re.compile(r"(\{[^{}]*\}|&\w)")


def pseudo(text: str) -> str:
    """A text as a language with longer words has it; what is filled in stays."""
    parts = [part if FIELD.fullmatch(part) else part.translate(STRANGE) for part in FIELD.split(text)]
    own = sum(len(part) for part in parts if not FIELD.fullmatch(part))
    return f"⟦{''.join(parts)}{'·' * round(own * LONGER)}⟧"


@cache
def told_texts() -> frozenset[str]:
    """Every literal of what speaks to the window: another text was put together, and no translator could know it."""
    files = [file for room in ("console/ops", "console/bridge", "worker") for file in (ROOT / room).rglob("*.py")]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def untold(shown: str) -> str:
    """The words that stand outside of what was translated."""
    depth, outside = 0, ""
    for sign in shown:
        depth += (sign == "⟦") - (sign == "⟧")
        outside += sign if not depth and sign != "⟧" else ""
    return " ".join(re.findall(r"[A-Za-z]{2,}", outside))


class Pseudo(QTranslator):
    """Translates everything that a translator can know; put on the application by `Speaking`."""

    def translate(self, context: str, source: str, _comment: str | None = None, _n: int = -1) -> str:
        if not source.strip() or OWN.match(context) or (context == "Told" and source not in told_texts()):
            return source
        return pseudo(source)

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
