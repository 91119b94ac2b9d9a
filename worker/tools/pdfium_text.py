"""The text that a page of a PDF has already, word by word, with boxes in pixels of the page as displayed."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Container
from typing import Any

import pypdfium2.raw as c

from worker.core.page_text import characters, lines

Box = tuple[int, int, int, int]  # left, top, right, bottom
BoxedWord = tuple[str, Box]
_Place = Callable[[float, float], tuple[int, int]]


def text_lines(page: Any, width: int, height: int, left_out: Container[int] = ()) -> list[list[BoxedWord]]:  # noqa: ANN401
    """The lines of an open page of pypdfium2, as they are read, on an image of width × height pixels.

    `left_out`: addresses of text objects that are not to be taken.
    """
    text = page.get_textpage()
    try:
        found, place = characters(text.raw, left_out), _placing(page.raw, width, height)
        return [
            [(word, _box(text.raw, first, last, place)) for word, first, last in line]
            for line in lines(text.raw, found)
        ]
    finally:
        text.close()


def _box(text: Any, start: int, last: int, place: _Place) -> Box:  # noqa: ANN401
    """Around the first and the last character: what lies between lies in the same line."""
    box = c.FS_RECTF()
    if not c.FPDFText_GetLooseCharBox(text, start, box):
        return (0, 0, 0, 0)
    x1, y1 = place(box.left, box.top)
    x2, y2 = place(box.right, box.bottom)
    if x1 > x2:
        x1, x2 = x2, x1
    if y1 > y2:
        y1, y2 = y2, y1
    if last == start or not c.FPDFText_GetLooseCharBox(text, last, box):
        return (x1, y1, x2, y2)
    for x, y in (place(box.left, box.top), place(box.right, box.bottom)):
        x1, x2 = x if x < x1 else x1, x if x > x2 else x2
        y1, y2 = y if y < y1 else y1, y if y > y2 else y2
    return (x1, y1, x2, y2)


def _placing(page: Any, width: int, height: int) -> _Place:  # noqa: ANN401
    """From the page's own space to pixels, with its rotation and its crop box; what lies outside is put on the edge.

    PDFium's own way there takes three times as long a word; it is asked where the picture's corners are instead.
    """
    corners = ((0, 0), (width, 0), (0, height))
    (x0, y0), (x1, y1), (x2, y2) = (_point(page, width, height, *corner) for corner in corners)
    a, b, d, e = (x1 - x0) / width, (y1 - y0) / width, (x2 - x0) / height, (y2 - y0) / height
    size = a * e - b * d or 1.0
    a, b, d, e = e / size, -d / size, -b / size, a / size

    def place(x: float, y: float) -> tuple[int, int]:
        x, y = x - x0, y - y0
        left, top = round(a * x + b * y), round(d * x + e * y)
        if 0 <= left <= width and 0 <= top <= height:
            return left, top
        return min(max(left, 0), width), min(max(top, 0), height)

    return place


def _point(page: Any, width: int, height: int, left: int, top: int) -> tuple[float, float]:  # noqa: ANN401
    x, y = ctypes.c_double(), ctypes.c_double()
    c.FPDF_DeviceToPage(page, 0, 0, width, height, 0, left, top, x, y)
    return x.value, y.value
