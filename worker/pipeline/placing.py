"""What an engine read off a prepared image, laid back over the page's own: boxes of its hOCR, and its text layer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import atan2, degrees, hypot
from pathlib import Path

import pikepdf

from worker.core.document import POINTS_PER_INCH
from worker.core.errors import EngineCrashed
from worker.core.examine_pdf import CONTRADICTIONS

Size = tuple[int, int]  # width and height in pixels
_TITLE = re.compile(r"\btitle=(\"[^\"]*\"|'[^']*')")  # the engine escapes quotes in text: no text looks like one
_BOX = re.compile(r"\bbbox (-?\d+) (-?\d+) (-?\d+) (-?\d+)")
_BASELINE = re.compile(r"; baseline (-?[\d.]+) (-?[\d.]+)")
_LENGTH = re.compile(r"\b(x_size|x_descenders|x_ascenders) (-?[\d.]+)")
_RESOLUTION = re.compile(r"\bscan_res (\d+) (\d+)")


@dataclass(frozen=True, slots=True)
class Affine:
    """A map of the plane: (x, y) to (a·x + b·y + c, d·x + e·y + f). Pixels, y downwards, from the upper left corner."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0
    e: float = 1.0
    f: float = 0.0

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        """Where a point goes."""
        return self.a * x + self.b * y + self.c, self.d * x + self.e * y + self.f

    def after(self, first: Affine) -> Affine:
        """The map that does `first`, then this one."""
        (c, f), (ac, df), (bc, ef) = self(first.c, first.f), (first.a, first.d), (first.b, first.e)
        return Affine(
            self.a * ac + self.b * df,
            self.a * bc + self.b * ef,
            c,
            self.d * ac + self.e * df,
            self.d * bc + self.e * ef,
            f,
        )

    def inverse(self) -> Affine:
        """The map that undoes this one."""
        of = self.a * self.e - self.b * self.d
        a, b, d, e = self.e / of, -self.b / of, -self.d / of, self.a / of
        return Affine(a, b, -(a * self.c + b * self.f), d, e, -(d * self.c + e * self.f))

    @property
    def scale(self) -> float:
        """How much longer a line is afterwards."""
        return hypot(self.a, self.d)

    @property
    def angle(self) -> float:
        """Degrees by which a level line is turned, clockwise."""
        return degrees(atan2(self.d, self.a))

    @property
    def keeps_level(self) -> bool:
        """Whether it only scales and shifts."""
        return self.b == self.d == 0 and self.a > 0 and self.e > 0

    def box(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        """The upright box around what a box becomes."""
        corners = [self(x, y) for x in (left, right) for y in (top, bottom)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return min(xs), min(ys), max(xs), max(ys)


def place_hocr(path: Path, affine: Affine, size: Size) -> None:
    """Rewrite the boxes of an engine's hOCR into pixels of a page's image of this size. The map leads there."""
    if affine == Affine():
        return
    text = path.read_text(encoding="utf-8")
    path.write_text(_TITLE.sub(lambda match: _placed(match[0], affine, size), text), encoding="utf-8")


def place_pdf(path: Path, affine: Affine, size: Size, dpi: float, read: Size) -> None:
    """Lay the text of a text-only PDF over a page's image of this size and resolution, the page's size its media box.

    `read` is the size of the image that the engine read; the map leads from its pixels to those of the page's image.

    Raises:
        EngineCrashed: it is not what an engine should have written.
    """
    if affine == Affine():
        return
    try:
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            page = pdf.pages[0]
            placed = _in_points(affine, size, dpi, read, float(page.mediabox[3]))
            page.contents_add(f"q {placed} cm\n".encode(), prepend=True)
            page.contents_add(b"\nQ")
            page.contents_coalesce()
            points = POINTS_PER_INCH / dpi
            page.mediabox = pikepdf.Array([0, 0, size[0] * points, size[1] * points])
            pdf.save(path)
    except CONTRADICTIONS as problem:
        raise EngineCrashed("The text layer of a page is damaged.") from problem


def _in_points(affine: Affine, size: Size, dpi: float, read: Size, height: float) -> str:
    """The map as operands of `cm`: from points of the layer, y upwards, to points of the page."""
    pixels, points = read[1] / height, POINTS_PER_INCH / dpi
    into = Affine(pixels, 0, 0, 0, -pixels, read[1])
    out = Affine(points, 0, 0, 0, -points, size[1] * points)
    whole = out.after(affine).after(into)
    return " ".join(f"{number:.6f}" for number in (whole.a, whole.d, whole.b, whole.e, whole.c, whole.f))


def _placed(title: str, affine: Affine, size: Size) -> str:
    box = _BOX.search(title)
    if box is None:
        return title
    old = tuple(int(number) for number in box.groups())
    left, top, right, bottom = (0, 0, *size) if "ppageno" in title else _clipped(affine.box(*old), size)
    title = _BASELINE.sub(lambda match: _baseline(match, old, (left, bottom), affine), title)
    title = _LENGTH.sub(lambda match: f"{match[1]} {float(match[2]) * affine.scale:.6g}", title)
    title = _RESOLUTION.sub(lambda match: "scan_res " + " ".join(_rescaled(match, affine)), title)
    return _BOX.sub(f"bbox {left} {top} {right} {bottom}", title, count=1)


def _rescaled(match: re.Match[str], affine: Affine) -> list[str]:
    return [str(round(int(number) * affine.scale)) for number in match.groups()]


def _clipped(box: tuple[float, float, float, float], size: Size) -> tuple[int, int, int, int]:
    width, height = size
    left, top, right, bottom = (round(side) for side in box)
    left, top = min(max(left, 0), width), min(max(top, 0), height)
    return left, top, max(min(right, width), left), max(min(bottom, height), top)


def _baseline(match: re.Match[str], old: tuple[int, ...], corner: tuple[int, int], affine: Affine) -> str:
    """A line's base under the new box; of print that lies on its side, only its angle can be said (anticlockwise)."""
    slope, offset = float(match[1]), float(match[2])
    if abs(affine.angle) > 45:
        return f"; textangle {-affine.angle % 360:.6g}"
    left, right, bottom = old[0], old[2], old[3]
    x, y = affine(left, bottom + offset)
    far_x, far_y = affine(right, bottom + offset + slope * (right - left))
    slope = (far_y - y) / (far_x - x) if far_x > x else 0.0
    return f"; baseline {slope:.3f} {y + slope * (corner[0] - x) - corner[1]:.0f}"
