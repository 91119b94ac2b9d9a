"""Lucide icons in any colour, as pixmaps of twice the size, or more on a finer screen, so that they stay sharp."""

from __future__ import annotations

import re
import sqlite3
from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from console.ui.wheels import package_folder

STROKE = 1.75  # in units of the icon's 24
RATIO = 2


@cache
def _database() -> sqlite3.Connection:
    # The package's own functions import an HTTP client and take 60 ms of the first paint; its database takes 2.
    path = package_folder("lucide") / "data" / "lucide-icons.db"
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)


@cache
def svg(name: str) -> str:
    """The drawing of an icon, stroked in `currentColor`. KeyError if there is no such icon."""
    row = _database().execute("SELECT svg FROM icons WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise KeyError(f"no icon is named {name}")
    return str(row[0])


def pixmap(name: str, size: int, colour: QColor, ratio: int = RATIO) -> QPixmap:
    """An icon of `size` logical pixels in one colour, for a screen of so many pixels to one of those."""
    return _draw(name, size, colour.rgba(), max(ratio, RATIO))


@cache
def _draw(name: str, size: int, rgba: int, ratio: int) -> QPixmap:
    colour = QColor.fromRgba(rgba)
    drawing = svg(name).replace("currentColor", colour.name())
    drawing = re.sub(r'stroke-width="[\d.]+"', f'stroke-width="{STROKE * (1.12 if size < 16 else 1)}"', drawing)
    image = QPixmap(size * ratio, size * ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setOpacity(colour.alphaF())
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, size * ratio, size * ratio))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image
