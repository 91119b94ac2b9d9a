"""Small documents whose words are known, and some that cannot be read for a reason."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from PIL import Image, ImageDraw, ImageFont

WORDS = (
    *("apple", "bridge", "candle", "dinner", "engine", "forest", "garden", "hammer", "island", "jacket", "kitchen"),
    *("ladder", "market", "number", "orange", "pencil", "quarter", "river", "silver", "table", "under", "village"),
    *("window", "yellow", "zebra", "mountain", "paper", "summer", "winter", "water", "stone", "house", "letter"),
)
PAGES = (4, 12)
MANY_PAGES_EACH = 20  # one document in so many is a PDF of several pages
LINES = 6  # below the words
FONT = ImageFont.load_default(40)
BROKEN_EACH = 20  # … and one in so many cannot be read


@dataclass(frozen=True, slots=True)
class Document:
    """A file and what is to become of it."""

    path: Path
    pages: tuple[tuple[str, ...], ...]  # the words on each page
    fails: bool = False  # on purpose


def make_documents(folder: Path, count: int, chance: random.Random) -> list[Document]:
    """Write so many documents into the folder; no two say the same."""
    folder.mkdir(parents=True)
    said: set[tuple[str, ...]] = set()

    def words() -> tuple[str, ...]:
        while (chosen := tuple(chance.sample(WORDS, 3))) in said:
            continue
        said.add(chosen)
        return chosen

    return [_make(folder, number, words, chance) for number in range(count)]


def _make(folder: Path, number: int, words, chance: random.Random) -> Document:
    if number % BROKEN_EACH == BROKEN_EACH // 3:
        return _broken(folder, number, words())
    if number % MANY_PAGES_EACH == MANY_PAGES_EACH // 2:
        pages = tuple(words() for _ in range(chance.randint(*PAGES)))
        return Document(_pdf(folder / f"{number:04}.pdf", pages), pages)
    path = folder / f"{number:04}.png"
    pages = (words(),)
    _drawn(pages[0]).save(path)
    return Document(path, pages)


def _broken(folder: Path, number: int, words: Sequence[str]) -> Document:
    """A locked PDF whose password nobody gives, or a picture that was cut off."""
    if number // BROKEN_EACH % 2 == 0:
        path = _pdf(folder / f"{number:04}-locked.pdf", [words])
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            pdf.save(path, encryption=pikepdf.Encryption(owner="boss", user=words[0]))
    else:
        path = folder / f"{number:04}-cut.png"
        _drawn(words).save(path)
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
    return Document(path, (), fails=True)


def _pdf(path: Path, pages: Sequence[Sequence[str]]) -> Path:
    first, *others = map(_drawn, pages)
    first.save(path, "PDF", save_all=True, append_images=others, resolution=300)
    return path


def _drawn(words: Sequence[str]) -> Image.Image:
    """The words, and below them some lines that take time to read."""
    image = Image.new("L", (900, 110 + 60 * LINES), 255)
    print_on = ImageDraw.Draw(image)
    for line in range(LINES + 1):
        said = words if line == 0 else WORDS[line : line + 4]
        print_on.text((40, 30 + 60 * line), " ".join(said), fill=0, font=FONT)
    return image
