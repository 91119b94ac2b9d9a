"""A key, or a few of them, in small frames."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.paint import Keys

GAP = 4
_PLUS = re.compile(r"(?<!^)(?<!\+)\+")  # between two keys: the last of "Ctrl++" is a key itself
_SIGNS = {"Up": "↑", "Down": "↓", "Left": "←", "Right": "→", "Return": "↵", "Enter": "↵"}


def key_signs(key: str) -> Keys:
    """The keys of a shortcut as people read them: "Ctrl+O" and "G, J" are two each."""
    if key in {"+", "-", "/", "?", ">", "@", "#"}:
        return (key,)
    native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) or key
    parts = [part.strip() for chord in native.split(", ") for part in _PLUS.split(chord)]
    return tuple(_SIGNS.get(part, part) for part in parts if part)


class KeyHint(QWidget):
    """Shows a shortcut; it triggers nothing."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._signs = key_signs(key)
        self.setAccessibleName(" ".join(self._signs))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        return QSize(paint.keys_width(self._signs), 18)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        with paint.painting(self) as painter:
            paint.keys(painter, 0, self.height() / 2, self._signs, tokens["text2"], tokens["line2"])
