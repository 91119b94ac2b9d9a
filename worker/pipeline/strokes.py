"""A lone upright stroke that stands on its line like a capital letter is one: engines take “I” for “|” in many fonts.

A real one reaches below the line that letters stand on, and is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pikepdf

from worker.core.errors import EngineCrashed
from worker.core.examine_pdf import CONTRADICTIONS
from worker.tools.tessdata import split_languages

_LANGUAGES = frozenset({"eng"})  # which have a word of that letter alone
_DEEP = 0.3  # of the depth of a descender: what reaches further down is no letter
_LINE = re.compile(r" title=\"bbox (\d+) \d+ \d+ (\d+); baseline (-?[\d.]+) (-?[\d.]+);.*? x_descenders ([\d.]+)")
_WORD = re.compile(r"(<span class='ocrx_word'[^>]* title='bbox (\d+) \d+ \d+ (\d+)[^>]*>)([^<]*\|[^<]*)(?=</span>)")
_ALONE = re.compile(r"\|(?=$|['’]|&#39;)")  # I, I’m, I'll
_SHOWN = re.compile(rb"<((?:[0-9A-F]{4})+)>(?= \] TJ)")


def right_strokes(base: Path, languages: str) -> None:
    """Rewrite what an engine wrote of a page (`base`.txt, `base`.hocr, `base`.pdf) where it took a letter for a stroke.

    Raises:
        EngineCrashed: its PDF is none.
    """
    txt, hocr, pdf = (base.with_name(f"{base.name}.{kind}") for kind in ("txt", "hocr", "pdf"))
    text = txt.read_text(encoding="utf-8", errors="replace")
    if "|" not in text or not _LANGUAGES & set(split_languages(languages)):
        return
    letters: list[bool] = []  # of each stroke on the page, whether it is one
    lines = [_righted(line, found, letters) for line, found in _lines(hocr.read_text("utf-8", errors="replace"))]
    if not any(letters) or len(letters) != text.count("|"):
        return
    hocr.write_text("".join(lines), encoding="utf-8")
    parts = text.split("|")
    txt.write_text(parts[0] + "".join(map("".join, zip(_signs(letters), parts[1:], strict=True))), encoding="utf-8")
    _right_pdf(pdf, letters)


def _lines(hocr: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """The lines of the file, each with the line of print that it belongs to."""
    found = None
    for line in hocr.splitlines(keepends=True):
        found = _LINE.search(line) or found
        yield line, found


def _righted(line: str, print_line: re.Match[str] | None, letters: list[bool]) -> str:
    def righted(word: re.Match[str]) -> str:
        head, left, bottom, text = word.groups()
        is_letter = bool(_ALONE.match(text)) and print_line is not None and _stands(print_line, int(left), int(bottom))
        letters.extend([is_letter] + [False] * (text.count("|") - 1))
        return head + (f"I{text[1:]}" if is_letter else text)

    return _WORD.sub(righted, line)


def _stands(line: re.Match[str], left: int, bottom: int) -> bool:
    """Whether what ends there stands on the line."""
    start, end, slope, offset, descender = (float(value) for value in line.groups())
    return bottom <= end + offset + slope * (left - start) + _DEEP * descender


def _signs(letters: Iterable[bool]) -> Iterator[str]:
    return ("I" if is_letter else "|" for is_letter in letters)


def _right_pdf(path: Path, letters: list[bool]) -> None:
    """The same in the text layer, whose characters are four digits each."""
    signs = _signs(letters)

    def righted(shown: re.Match[bytes]) -> bytes:
        units = re.findall(rb"....", shown[1])
        return b"<" + b"".join(b"%04X" % ord(next(signs)) if unit == b"007C" else unit for unit in units) + b">"

    try:
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            content = pdf.pages[0].obj.Contents
            shown = content.read_bytes()
            if sum(_strokes(word) for word in _SHOWN.findall(shown)) == len(letters):
                content.write(_SHOWN.sub(righted, shown))
                pdf.save(path)
    except CONTRADICTIONS as problem:
        raise EngineCrashed("The text layer of a page is damaged.") from problem


def _strokes(word: bytes) -> int:
    return sum(unit == b"007C" for unit in re.findall(rb"....", word))
