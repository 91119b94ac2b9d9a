"""What is drawn on an open page of a PDF, object by object, forms within forms too: pictures, lines, and texts unseen.

Text is unseen that is drawn invisibly, without colour, in white on nothing, or before a picture that covers it: so
leaves a scanner its reading. Text beyond the page's edge or cut away by a clip is not on the page at all.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as c

from worker.core.page_text import address

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]  # left, bottom, right, top

_INVISIBLE = frozenset({c.FPDF_TEXTRENDERMODE_INVISIBLE, c.FPDF_TEXTRENDERMODE_CLIP})
_DEEPEST_FORM = 6
_MOST_CLIPS = 100  # texts of a page whose clips are looked at: it takes longer than all else
_WHITE = 250
_COVERS = 0.3  # of the page: a smaller picture hides no reading of a scan
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(slots=True)
class _Text:
    place: int  # in the order of drawing
    box: Box | None
    white: bool


@dataclass(slots=True)
class PageObjects:
    """Texts are known by the addresses of their objects, which hold as long as the page is open."""

    box: Box  # of the page, as it is seen
    count: int = 0
    segments: int = 0  # of lines and curves
    picture_area: float = 0.0  # inside the box; pictures over each other count twice
    largest: int = 0  # pixels of a picture
    seen: set[int] = field(default_factory=set)
    unseen: set[int] = field(default_factory=set)
    outside: set[int] = field(default_factory=set)
    _texts: dict[int, _Text] = field(default_factory=dict)
    _pictures: list[tuple[int, Box]] = field(default_factory=list)
    _filled: list[tuple[int, Any, Matrix]] = field(default_factory=list)
    _clips: int = 0

    @property
    def pictures(self) -> float:
        """The share of the page's area that pictures cover."""
        return min(1.0, self.picture_area / max(_area(self.box), 1.0))

    def _walk(self, holder: Any, count: Any, get: Any, matrix: Matrix, depth: int) -> None:  # noqa: ANN401
        for index in range(max(count(holder), 0)):
            drawn = get(holder, index)
            kind = c.FPDFPageObj_GetType(drawn)
            if kind == c.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
                inner = _times(_matrix(drawn), matrix)
                self._walk(drawn, c.FPDFFormObj_CountObjects, c.FPDFFormObj_GetObject, inner, depth + 1)
                continue
            self.count += 1
            if kind == c.FPDF_PAGEOBJ_IMAGE:
                self.largest = max(self.largest, _pixels(drawn))
                self._picture(_times(_matrix(drawn), matrix))
            elif kind == c.FPDF_PAGEOBJ_TEXT:
                self._text(drawn, matrix)
            else:
                self.segments += max(c.FPDFPath_CountSegments(drawn), 0) if kind == c.FPDF_PAGEOBJ_PATH else 0
                self._filled.append((self.count, drawn, matrix))

    def _picture(self, matrix: Matrix) -> None:
        a, b, d, e, _, _ = matrix
        around = _moved((0.0, 0.0, 1.0, 1.0), matrix)
        seen = _common(around, self.box)
        if seen is not None:
            self.picture_area += abs(a * e - b * d) * _area(seen) / (_area(around) or 1.0)
            self._pictures.append((self.count, seen))

    def _text(self, drawn: Any, matrix: Matrix) -> None:  # noqa: ANN401
        key = address(drawn)
        found = _bounds(drawn)
        box = None if found is None else _moved(found, matrix)
        if box is not None and not (_touch(box, self.box) and self._inside_clip(drawn, box, matrix)):
            self.outside.add(key)
            return
        alpha, white = _colour(drawn)
        if c.FPDFTextObj_GetTextRenderMode(drawn) in _INVISIBLE or not alpha:
            self.unseen.add(key)
            return
        self.seen.add(key)
        self._texts[key] = _Text(self.count, box, white)

    def _inside_clip(self, drawn: Any, box: Box, matrix: Matrix) -> bool:  # noqa: ANN401
        if self._clips >= _MOST_CLIPS:
            return True
        clip = c.FPDFPageObj_GetClipPath(drawn)
        if not clip or c.FPDFClipPath_CountPaths(clip) < 1:
            return True
        self._clips += 1
        around = _clip_box(clip)
        return around is None or _touch(box, around) or _touch(box, _moved(around, matrix))

    def _find_covered(self) -> None:
        """Texts that are seen by themselves, and are not where they stand."""
        large = [(place, box) for place, box in self._pictures if _area(box) >= _COVERS * _area(self.box)]
        grounds: list[tuple[int, Box]] | None = None
        for key, text in self._texts.items():
            if text.box is None:
                continue
            if text.white and grounds is None:
                grounds = [*self._pictures, *self._painted()]
            hidden = any(place > text.place and _holds(box, text.box) for place, box in large)
            lost = text.white and not any(p < text.place and _touch(box, text.box) for p, box in grounds or ())
            if hidden or lost:
                self.seen.discard(key)
                self.unseen.add(key)

    def _painted(self) -> list[tuple[int, Box]]:
        """Where something that is not white was drawn under what follows."""
        found = []
        for place, drawn, matrix in self._filled:
            box = _bounds(drawn)
            if box is not None and not _colour(drawn)[1]:
                found.append((place, _moved(box, matrix)))
        return found


def page_objects(page: Any) -> PageObjects:  # noqa: ANN401 - pypdfium2 has no types
    """Everything on an open page of pypdfium2; about half a millisecond."""
    edges = c.FS_RECTF()
    c.FPDF_GetPageBoundingBox(page, edges)
    found = PageObjects((edges.left, edges.bottom, edges.right, edges.top))
    found._walk(page, c.FPDFPage_CountObjects, c.FPDFPage_GetObject, _IDENTITY, 0)  # noqa: SLF001
    found._find_covered()  # noqa: SLF001
    return found


def _pixels(picture: Any) -> int:  # noqa: ANN401
    width, height = ctypes.c_uint(), ctypes.c_uint()
    c.FPDFImageObj_GetImagePixelSize(picture, ctypes.byref(width), ctypes.byref(height))
    return width.value * height.value


def _matrix(drawn: Any) -> Matrix:  # noqa: ANN401
    matrix = c.FS_MATRIX()
    if not c.FPDFPageObj_GetMatrix(drawn, matrix):
        return _IDENTITY
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _times(first: Matrix, then: Matrix) -> Matrix:
    if then is _IDENTITY:
        return first
    a, b, d, e, x, y = first
    p, q, r, s, u, v = then
    return (a * p + b * r, a * q + b * s, d * p + e * r, d * q + e * s, x * p + y * r + u, x * q + y * s + v)


def _moved(box: Box, matrix: Matrix) -> Box:
    if matrix is _IDENTITY:
        return box
    a, b, d, e, x, y = matrix
    left, bottom, right, top = box
    xs = [a * across + d * up + x for across in (left, right) for up in (bottom, top)]
    ys = [b * across + e * up + y for across in (left, right) for up in (bottom, top)]
    return (min(xs), min(ys), max(xs), max(ys))


def _bounds(drawn: Any) -> Box | None:  # noqa: ANN401
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not c.FPDFPageObj_GetBounds(drawn, left, bottom, right, top):
        return None
    return (left.value, bottom.value, right.value, top.value)


def _colour(drawn: Any) -> tuple[int, bool]:  # noqa: ANN401
    """How opaque its filling is, 0 to 255, and whether it is white."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not c.FPDFPageObj_GetFillColor(drawn, red, green, blue, alpha):
        return 255, False
    return alpha.value, min(red.value, green.value, blue.value) >= _WHITE


def _clip_box(clip: Any) -> Box | None:  # noqa: ANN401
    """Around the clips, as far as all of them let something through."""
    whole: Box | None = None
    for index in range(c.FPDFClipPath_CountPaths(clip)):
        x, y = ctypes.c_float(), ctypes.c_float()
        points = []
        for number in range(max(c.FPDFClipPath_CountPathSegments(clip, index), 0)):
            segment = c.FPDFClipPath_GetPathSegment(clip, index, number)
            if c.FPDFPathSegment_GetPoint(segment, x, y):
                points.append((x.value, y.value))
        if points:
            xs, ys = zip(*points, strict=True)
            box = (min(xs), min(ys), max(xs), max(ys))
            whole = box if whole is None else _common(whole, box) or (0.0, 0.0, 0.0, 0.0)
    return whole


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _common(one: Box, other: Box) -> Box | None:
    if not _touch(one, other):
        return None
    return (max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3]))


def _holds(outer: Box, inner: Box) -> bool:
    """Whether the middle of one lies in the other."""
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]
