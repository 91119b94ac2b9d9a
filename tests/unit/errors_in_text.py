"""The character error rate: how many characters must be changed, of those that are there in truth."""

from __future__ import annotations

import unicodedata


def character_error_rate(read: str, truth: str) -> float:
    """Edits over the length of the truth; white space and line breaks count as one space."""
    truth = _plain(truth)
    return edits(_plain(read), truth) / len(truth)


def edits(one: str, other: str) -> int:
    """Levenshtein's distance, by bits (Myers 1999, Hyyrö 2003): long integers make a page take milliseconds."""
    places: dict[str, int] = {}
    for index, sign in enumerate(one):
        places[sign] = places.get(sign, 0) | 1 << index
    full, last = (1 << len(one)) - 1, 1 << (len(one) - 1) if one else 0
    up, down, distance = full, 0, len(one)
    for sign in other:
        match = places.get(sign, 0)
        diagonal = (((match & up) + up) ^ up) | match | down
        right, left = (down | ~(diagonal | up)) & full, diagonal & up
        distance += bool(right & last) - bool(left & last) if one else 1
        right = (right << 1 | 1) & full
        up, down = ((left << 1) | ~(diagonal | right)) & full, right & diagonal
    return distance


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
