"""How far what was read is from the true text: errors a character, and the words that both have."""

from __future__ import annotations

import unicodedata
from collections import Counter


def cer(truth: str, read: str) -> float:
    """Characters to insert, delete or replace for each character of the truth; white space counts as one space."""
    wanted, found = _plain(truth), _plain(read)
    return distance(wanted, found) / len(wanted) if wanted else float(bool(found))


def word_f1(truth: str, read: str) -> float:
    """Words that both have, wherever they stand: twice their number over that of all words of both, 0 to 1."""
    wanted, found = Counter(_plain(truth).split()), Counter(_plain(read).split())
    every = wanted.total() + found.total()
    return 2 * (wanted & found).total() / every if every else 1.0


def distance(one: str, other: str) -> int:
    """Levenshtein's, a column of the table as one number of many bits (Myers 1999, as Hyyrö has it for whole texts)."""
    if not one:
        return len(other)
    places: dict[str, int] = {}
    for index, sign in enumerate(one):
        places[sign] = places.get(sign, 0) | 1 << index
    full, last = (1 << len(one)) - 1, 1 << (len(one) - 1)
    more, less, errors = full, 0, len(one)  # where the column grows and falls by one
    for sign in other:
        same = places.get(sign, 0)
        diagonal = ((((same & more) + more) ^ more) | same | less) & full
        grows, falls = less | (full & ~(diagonal | more)), more & diagonal
        errors += bool(grows & last) - bool(falls & last)
        grows, falls = (grows << 1 | 1) & full, (falls << 1) & full
        more, less = falls | (full & ~(diagonal | grows)), grows & diagonal
    return errors


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
