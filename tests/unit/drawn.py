"""Pages drawn with print whose place and size are known."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

TEXT = (
    "the harbour lay quiet under a thin layer of fog when the first boats returned from the night and on the quay two "
    "men were counting crates and writing numbers into a narrow ledger while a third argued about the price of ice"
)
WORDS = TEXT.split()
X_HEIGHT = 0.54  # of the font's size: the height of its x

Box = tuple[float, float, float, float]


def page(
    blocks: Sequence[tuple[int, int]],
    size: tuple[int, int] = (1700, 1100),
    ink: int = 0,
    paper: int = 255,
) -> tuple[Image.Image, list[tuple[str, Box]]]:
    """Blocks of lines, each so many lines of a letter size in pixels; and each word with its box."""
    image = Image.new("L", size, paper)
    draw, placed, y, nth = ImageDraw.Draw(image), list[tuple[str, Box]](), 100.0, 0
    for pixels, lines in blocks:
        font = ImageFont.load_default(pixels)
        for _ in range(lines):
            x = 120.0
            while x + font.getlength(WORDS[nth % len(WORDS)]) < size[0] - 120:
                word = WORDS[nth % len(WORDS)]
                draw.text((x, y), word, ink, font)
                placed.append((word, draw.textbbox((x, y), word, font)))
                x += font.getlength(f"{word} ")
                nth += 1
            y += pixels * 1.4
    return image, placed
