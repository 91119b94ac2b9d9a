"""How texts are measured and shortened: each once, for a table paints the same words again and again."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF

from console.ui import theme

KEPT = 2048  # texts whose measure is kept: some screens full; ages and clocks bring new ones every second


class Face:
    """A font and its measures. Made once for each font of the theme, so it is its own key."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetricsF(font)
        self.cap = self.metrics.capHeight()


_faces: dict[tuple[int, bool], Face] = {}


def face(font: QFont, *, figures: bool) -> Face:
    """The face of a font.

    Args:
        font: One of the theme's, or any.
        figures: Its figures are of equal width, as the theme's are; not so for names: Inter makes hyphens as wide then.
    """
    if not theme.is_shared(font):
        return _face(font, figures)
    key = (id(font), figures)
    if key not in _faces:
        _faces[key] = _face(font, figures)
    return _faces[key]


@lru_cache(KEPT)
def advance(face: Face, words: str) -> float:
    """How many pixels a text takes."""
    return face.metrics.horizontalAdvance(words)


@lru_cache(KEPT)
def elided(face: Face, words: str, room: float, mode: Qt.TextElideMode) -> str:
    """A text made to fit."""
    return face.metrics.elidedText(words, mode, room)


def _face(font: QFont, figures: bool) -> Face:
    if figures:
        return Face(font)
    plain = QFont(font)
    plain.setFeature(QFont.Tag("tnum"), 0)
    return Face(plain)
