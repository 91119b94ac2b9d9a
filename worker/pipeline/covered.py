"""Where on a page of a PDF a picture covers all that was drawn before it: an earlier reading may lie under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pikepdf

from worker.core.examine_pdf import CONTRADICTIONS, displayed_box

Box = tuple[float, float, float, float]  # left, bottom, right, top
_Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage
_EDGE = 0.02  # of a side: so much of the page may stay free
_PAINTS = frozenset({"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "n"})  # what ends a path
_PATH = frozenset({"m", "l", "c", "v", "y", "h"})


@dataclass(frozen=True, slots=True)
class _State:
    matrix: pikepdf.Matrix
    clipped: bool = False


def covered_until(page: pikepdf.Page, instructions: Sequence[_Instruction]) -> int:
    """How many of the page's instructions are covered, picture included. 0 where that is not certain."""
    try:
        return _covered_until(page, instructions)
    except CONTRADICTIONS:
        return 0


def _covered_until(page: pikepdf.Page, instructions: Sequence[_Instruction]) -> int:
    box = displayed_box(page)
    pictures = _opaque(page.obj.get("/Resources"))
    state, outer, found = _State(pikepdf.Matrix()), [], 0
    path: list[Box | None] = []  # rectangles since the last paint; None is any other line
    for index, instruction in enumerate(instructions, 1):
        operator, operands = str(instruction.operator), instruction.operands
        if operator == "q":
            outer.append(state)
        elif operator == "Q" and outer:
            state = outer.pop()
        elif operator == "cm":
            state = replace(state, matrix=pikepdf.Matrix(*map(float, operands)) @ state.matrix)
        elif operator == "re":
            left, bottom, width, height = map(float, operands)
            path.append(_moved((left, bottom, left + width, bottom + height), state.matrix))
        elif operator in _PATH:
            path.append(None)
        elif operator in {"W", "W*"}:
            whole = len(path) == 1 and path[0] is not None and _covers(path[0], box)
            state = replace(state, clipped=state.clipped or not whole)
        elif operator in _PAINTS:
            path = []
        elif operator == "Do" and str(operands[0]) in pictures and not state.clipped:
            found = index if _covers(_moved((0, 0, 1, 1), state.matrix), box) else found
    return found


def _opaque(resources: Any) -> frozenset[str]:  # noqa: ANN401 - whatever stands there
    """Names of the pictures through which nothing is seen; none on a page that draws with any transparency."""
    if not isinstance(resources, pikepdf.Dictionary):
        return frozenset()
    looks = resources.get("/ExtGState", pikepdf.Dictionary())
    if not all(_is_plain(look) for look in looks.values()):
        return frozenset()
    return frozenset(
        name
        for name, drawn in resources.get("/XObject", pikepdf.Dictionary()).items()
        if drawn.get("/Subtype") == pikepdf.Name.Image
        and not {"/SMask", "/Mask", "/SMaskInData"} & set(drawn.keys())
        and not drawn.get("/ImageMask", False)
    )


def _is_plain(look: pikepdf.Object) -> bool:
    mixed = look.get("/BM", pikepdf.Name.Normal) != pikepdf.Name.Normal
    return (
        not mixed
        and look.get("/SMask", pikepdf.Name("/None")) == pikepdf.Name("/None")
        and float(look.get("/ca", 1)) >= 1
    )


def _moved(box: Box, matrix: pikepdf.Matrix) -> Box:
    moved = matrix.transform(pikepdf.Rectangle(*box))
    return (moved.llx, moved.lly, moved.urx, moved.ury)


def _covers(box: Box, page: Box) -> bool:
    across, up = _EDGE * (page[2] - page[0]), _EDGE * (page[3] - page[1])
    low, high = (page[0] + across, page[1] + up), (page[2] - across, page[3] - up)
    return box[0] <= low[0] and box[1] <= low[1] and box[2] >= high[0] and box[3] >= high[1]
