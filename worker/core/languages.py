"""Sets of languages as tesseract spells them, `deu+eng`: which one names, and how one set is written always alike."""

from __future__ import annotations

import re
from collections.abc import Iterable

LANGUAGE = re.compile(r"(?:script/)?[A-Za-z][A-Za-z0-9_]{1,39}")


def named(languages: str) -> frozenset[str] | None:
    """The languages of `deu+eng`; None for what cannot be names of languages: no worker will ever have those."""
    parts = frozenset(part.strip() for part in languages.split("+"))
    return parts if all(LANGUAGE.fullmatch(part) for part in parts) else None


def install_line(languages: Iterable[str]) -> str:
    """What installs the data of these languages, as Debian and Ubuntu have it."""
    packages = (f"tesseract-ocr-{one.rpartition('/')[2].replace('_', '-').lower()}" for one in sorted(languages))
    return " ".join(("apt install", *packages))


def spelt(languages: Iterable[str]) -> str:
    """A set in one spelling, whatever the order in which it was written."""
    return "+".join(sorted(languages))
