"""The words that say how documents are to be read: the same for every verb that takes them."""

from __future__ import annotations

import argparse
from collections.abc import Callable

SWITCHES = {
    "deskew": "turn pages that were scanned askew before they are read; usually on",
    "pdfa": "make the searchable PDF a PDF/A-2b",
    "keep-scripts": "leave JavaScript and launch actions in the searchable PDF",
}


def add_reading(verb: argparse.ArgumentParser, positive: Callable[[str], int], *, otherwise: str) -> None:
    """Add them; `positive` reads a whole number, `otherwise` says what counts where one is not given."""
    group = verb.add_argument_group(f"how it is read ({otherwise})")
    group.add_argument("--preset", metavar="NAME", help="values under a name: see `presets`; options beside it win")
    group.add_argument("--lang", metavar="LANG", help="languages such as eng+deu")
    group.add_argument("--mode", choices=("auto", "force", "redo"), help="what to do about text that is there")
    group.add_argument("--pages", metavar="RANGE", help="such as 3-7,9; all: every page")
    group.add_argument("--dpi", type=positive, metavar="N", help="dots an inch at which pages are drawn for reading")
    group.add_argument("--format", metavar="LIST", help="outputs such as txt,pdf,hocr,alto,tsv,json,md")
    for name, summary in SWITCHES.items():
        group.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, default=None, help=summary)
