"""What people and scripts see: results on standard output, everything else on standard error."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from worker.core.errors import OcrConsoleError


class Terminal:
    """The two streams of one run."""

    def __init__(self, *, as_json: bool, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.as_json = as_json
        self.out = out or sys.stdout
        self.err = err or sys.stderr
        for stream in (self.out, self.err):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")  # a name may hold what the terminal cannot show

    @property
    def is_live(self) -> bool:
        """Whether a person looks at the progress."""
        return self.err.isatty()

    def say(self, text: str) -> None:
        """A message for people."""
        print(printable(text), file=self.err, flush=True)

    def tell(self, error: OcrConsoleError) -> None:
        """What went wrong and what to do, in one paragraph."""
        self.say(f"{error.sentence} {error.advice}".strip())

    def answer(self, document: object, lines: Iterable[str]) -> None:
        """The verb's answer: the document as JSON, or the lines."""
        if self.as_json:
            ascii_only = (self.out.encoding or "").lower().replace("-", "") != "utf8"
            print(json.dumps(document, ensure_ascii=ascii_only), file=self.out, flush=True)
            return
        for line in lines:
            print(printable(line), file=self.out)
        self.out.flush()


def printable(text: str) -> str:
    """Text without what commands a terminal: names of files may hold escape sequences."""
    return "".join("\N{REPLACEMENT CHARACTER}" if _commands(letter) else letter for letter in text)


def _commands(letter: str) -> bool:
    if letter in "\n\t":
        return False
    return unicodedata.category(letter) == "Cc" or letter in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]], right: Iterable[str] = ()) -> list[str]:
    """Rows as aligned lines; a missing value is a dash. Columns named in `right` hold numbers."""
    from rich.cells import cell_len

    shown = [list(heads), *([printable(_text(value)).replace("\n", " ") for value in row] for row in rows)]
    widths = [max(cell_len(line[column]) for line in shown) for column in range(len(heads))]
    to_the_right = {heads.index(name) for name in right}

    def cell(text: str, column: int) -> str:
        space = " " * (widths[column] - cell_len(text))
        return space + text if column in to_the_right else text + space

    return ["  ".join(cell(text, column) for column, text in enumerate(line)).rstrip() for line in shown]


def _text(value: object) -> str:
    if value is None or value == "":
        return "-"
    return f"{value:.1f}" if isinstance(value, float) else str(value)
