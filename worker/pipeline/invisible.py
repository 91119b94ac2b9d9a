"""Take the invisible text off a page, as an earlier reading left it; everything that is seen stays."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import pikepdf

from worker.core.examine_pdf import CONTRADICTIONS
from worker.pipeline.covered import covered_until

_SHOWS_TEXT = frozenset({"Tj", "TJ", "'", '"'})
_INVISIBLE = 3
_DEEPEST_FORM = 6
_Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


def drop_invisible_text(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Rewrite the page's content, and that of the forms that it draws, without text in rendering mode 3.

    Text of the page that a picture covers goes, too. Content that is damaged stays as it is.
    """
    if (kept := _rewritten(page)) is not None:
        page.obj.Contents = pdf.make_stream(kept)
    _clean_forms(page.obj.get("/Resources"), 0)


def _clean_forms(resources: pikepdf.Object | None, depth: int) -> None:
    drawn = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    if not isinstance(drawn, pikepdf.Dictionary) or depth > _DEEPEST_FORM:
        return
    for form in drawn.values():
        if isinstance(form, pikepdf.Stream) and form.get("/Subtype") == pikepdf.Name.Form:
            if (kept := _rewritten(form)) is not None:
                form.write(kept)
            _clean_forms(form.get("/Resources"), depth + 1)


def _rewritten(drawn: pikepdf.Page | pikepdf.Stream) -> bytes | None:
    """The content without unseen text, None where there is none or the content cannot be understood."""
    with suppress(*CONTRADICTIONS):
        instructions = pikepdf.parse_content_stream(drawn)
        covered = covered_until(drawn, instructions) if isinstance(drawn, pikepdf.Page) else 0
        kept, changed = _without(instructions, covered)
        if changed:
            return pikepdf.unparse_content_stream(kept)
    return None


def _without(instructions: Iterable[_Instruction], covered: int) -> tuple[list[_Instruction], bool]:
    """The instructions that show no invisible text, and whether any was left out; the first ones are covered."""
    kept: list[_Instruction] = []
    outer: list[int] = []
    mode, changed = 0, False
    for index, instruction in enumerate(instructions):
        operator = str(instruction.operator)
        if operator == "q":
            outer.append(mode)
        elif operator == "Q" and outer:
            mode = outer.pop()
        elif operator == "Tr":
            mode = _number(instruction.operands, mode)
        elif operator in _SHOWS_TEXT and (mode == _INVISIBLE or index < covered):
            changed = True
            continue
        kept.append(instruction)
    return kept, changed


def _number(operands: Any, otherwise: int) -> int:  # noqa: ANN401 - pikepdf's own list
    """The mode that is set; a damaged page may name none."""
    try:
        return int(operands[0])
    except (IndexError, TypeError, ValueError):
        return otherwise
