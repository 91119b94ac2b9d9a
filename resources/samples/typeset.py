"""Text set on a page: headings, paragraphs and plain tables, as a greyscale picture."""

from __future__ import annotations

import importlib.resources
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

DPI = 200
A4 = (1654, 2339)  # pixels at DPI
PAPER, INK = 246, 34
DEJAVU = Path("/usr/share/fonts/truetype/dejavu")


@dataclass(frozen=True, slots=True)
class Style:
    """How a document looks. Sizes are in points."""

    regular: Path
    bold: Path
    size: float
    weights: tuple[str, str] | None = None  # the names of a variable font's instances
    margin: float = 64
    leading: float = 1.5

    def font(self, *, bold: bool = False, scale: float = 1.0) -> ImageFont.FreeTypeFont:
        """The font at the resolution of the page."""
        font = ImageFont.truetype(
            self.bold if bold else self.regular,
            round(self.size * scale * DPI / 72),
            layout_engine=ImageFont.Layout.BASIC,
        )
        if self.weights:
            font.set_variation_by_name(self.weights[bold])
        return font


def inter() -> Path:
    """The variable Inter that comes as a wheel, so that its pages can be drawn again on any machine."""
    files = Path(str(importlib.resources.files("fontpkg_inter"))) / "files"
    return next(files.rglob("*.ttf"))


def paragraphs(page: str) -> list[str]:
    """The paragraphs of one page of a truth file."""
    return [part.strip("\n") for part in page.strip("\f\n").split("\n\n")]


def is_heading(paragraph: str) -> bool:
    """A heading is short and does not end like a sentence."""
    return len(paragraph) < 60 and paragraph[-1] not in ".,:;"


def wrap(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """The text broken into lines that fit."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def draw_page(text: str, style: Style, size: tuple[int, int] = A4) -> Image.Image:
    """One page as clean print; raises ValueError when the text does not fit on it."""
    image = Image.new("L", size, PAPER)
    draw = ImageDraw.Draw(image)
    left = top = style.margin * DPI / 72
    width = size[0] - 2 * left
    line = style.size * style.leading * DPI / 72
    for number, paragraph in enumerate(paragraphs(text)):
        if paragraph.isdigit():
            draw.text((size[0] / 2, size[1] - left * 0.7), paragraph, INK, style.font(), anchor="ms")
            continue
        if "\t" in paragraph:
            top += _draw_table(draw, paragraph.splitlines(), (left, top, width, line), style) + line * 0.6
            continue
        heading = is_heading(paragraph)
        font = style.font(bold=heading, scale=1.5 if number == 0 else 1.12 if heading else 1.0)
        for row in wrap(paragraph, font, width):
            draw.text((left, top + line), row, INK, font, anchor="ls")
            top += line * (1.4 if number == 0 else 1.0)
        top += line * (0.25 if heading and number else 0.6)
    if top > size[1] - line * 2:
        raise ValueError(f"the text needs {top:.0f} of {size[1]} pixels")
    return image


def _draw_table(
    draw: ImageDraw.ImageDraw, rows: list[str], box: tuple[float, float, float, float], style: Style
) -> float:
    left, top, width, line = box
    step = width / len(rows[0].split("\t"))
    for number, row in enumerate(rows):
        baseline = top + line * 1.15 * (number + 1)
        for column, cell in enumerate(row.split("\t")):
            x = left if column == 0 else left + step * (column + 0.8)
            draw.text((x, baseline), cell, INK, style.font(bold=number == 0), anchor="ls" if column == 0 else "rs")
    return line * 1.15 * len(rows)
