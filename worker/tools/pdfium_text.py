"""The text that a page of a PDF has already, word by word, with boxes in pixels of the page as displayed."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as c

Box = tuple[int, int, int, int]  # left, top, right, bottom
BoxedWord = tuple[str, Box]

_ENDS_LINE = frozenset(b"\r\n\f\x0b")
_SPACE = frozenset(b" \t") | {0xA0}
_HYPHENS = frozenset({0x02, 0xFFFE})  # how PDFium writes a hyphen at the end of a line


def text_lines(page: Any, width: int, height: int) -> list[list[BoxedWord]]:  # noqa: ANN401 - no types
    """The lines of an open page of pypdfium2, in its own order, on an image of width × height pixels."""
    text = page.get_textpage()
    try:
        return list(_lines(page.raw, text.raw, (width, height)))
    finally:
        text.close()


def _lines(page: Any, text: Any, size: tuple[int, int]) -> Iterator[list[BoxedWord]]:  # noqa: ANN401
    line: list[BoxedWord] = []
    for indexes, codes, ends_line in _words(text):
        if indexes:
            line.append((_spell(codes), _box(page, text, indexes, size)))
        if ends_line and line:
            yield line
            line = []
    if line:
        yield line


def _words(text: Any) -> Iterator[tuple[list[int], list[int], bool]]:  # noqa: ANN401
    """Indexes and codes of each word's characters, and whether a line ends after it."""
    indexes: list[int] = []
    codes: list[int] = []
    for index in range(max(c.FPDFText_CountChars(text), 0)):
        code = c.FPDFText_GetUnicode(text, index)
        if code not in _SPACE and code not in _ENDS_LINE and code:
            indexes.append(index)
            codes.append(code)
            continue
        if indexes or code in _ENDS_LINE:
            yield indexes, codes, code in _ENDS_LINE
            indexes, codes = [], []
    if indexes:
        yield indexes, codes, True


def _spell(codes: list[int]) -> str:
    word = "".join("-" if code in _HYPHENS else chr(code) for code in codes)
    return word.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # joins halves of characters


def _box(page: Any, text: Any, indexes: list[int], size: tuple[int, int]) -> Box:  # noqa: ANN401
    """Around the first and the last character: what lies between lies in the same line."""
    corners = [corner for index in {indexes[0], indexes[-1]} for corner in _corners(page, text, index, size)]
    xs = [min(max(x, 0), size[0]) for x, _ in corners]
    ys = [min(max(y, 0), size[1]) for _, y in corners]
    return (min(xs), min(ys), max(xs), max(ys)) if corners else (0, 0, 0, 0)


def _corners(page: Any, text: Any, index: int, size: tuple[int, int]) -> Iterator[tuple[int, int]]:  # noqa: ANN401
    box = c.FS_RECTF()
    if not c.FPDFText_GetLooseCharBox(text, index, ctypes.byref(box)):
        return
    x, y = ctypes.c_int(), ctypes.c_int()
    for across, up in ((box.left, box.top), (box.right, box.bottom)):
        c.FPDF_PageToDevice(page, 0, 0, *size, 0, across, up, ctypes.byref(x), ctypes.byref(y))
        yield x.value, y.value
