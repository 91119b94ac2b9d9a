"""The pages that both sides read: drawn ones whose text is known, and real scans where a corpus is named.

All pages of a round are one PDF: so OCRmyPDF starts once and has both cores busy, and so has the worker. Each round
draws its pages anew, so that nothing that was read before can be known from it.
"""

from __future__ import annotations

import io
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import img2pdf
import pikepdf
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from resources.samples.camera import noise
from resources.samples.typeset import DEJAVU, inter, wrap

A4_INCHES = (8.27, 11.69)
PAPER, INK = 247, 28
FONTS = ("DejaVuSerif.ttf", "DejaVuSans.ttf", "DejaVuSansMono.ttf", "DejaVuSerif-Bold.ttf")
BORN_DIGITAL_PAGES = 113
QUALITY = 75  # of JPEG, as scanners have it
SCANS = {  # of the corpus: file → that of its text, None where nobody wrote it down
    "linn.pdf": "linn.txt",
    "skew.pdf": "linn.txt",
    "eurotext.tif": "eurotext.txt",
    "phototest.tif": "phototest.gold.txt",
    "c02-22.pdf": None,
    "typewriter.png": None,
    "epson.pdf": None,
    "francais.pdf": None,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """How pages of a set look. Sizes in points, skew in degrees; `grain`: the amplitude of noise in grey levels."""

    sizes: Sequence[float]
    dpi: int = 300
    skews: Sequence[float] = (0.0,)
    grain: float = 3
    blur: float = 0.4


KINDS = {
    "print": Kind((10, 11, 12, 9, 14, 10.5, 11, 8, 12, 10)),
    "noisy": Kind((11, 12, 10, 12), dpi=200, grain=22, blur=0.8),
    "skewed": Kind((11, 12, 11, 10), skews=(1.5, -2.5, 4.0, -6.0)),
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page: the set that it belongs to, and its text where that is known."""

    kind: str
    truth: str | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """A document and what its pages say."""

    path: Path
    leaves: Sequence[Leaf]


def bundle(path: Path, seed: int) -> Bundle:
    """The pages of one round."""
    leaves: list[Leaf] = []
    with pikepdf.new() as pdf:
        for name, kind in KINDS.items():
            for number in range(len(kind.sizes)):
                truth, page = scanned(kind, number, random.Random(f"{seed} {name} {number}"))
                _append(pdf, page)
                leaves.append(Leaf(name, truth))
        for found, text in scans():
            pages = _append(pdf, found.read_bytes() if found.suffix == ".pdf" else _picture(found))
            leaves += [Leaf("scans", text.read_text("utf-8") if text else None)] * pages
        pdf.save(path)
    return Bundle(path, leaves)


def long_scan(path: Path, pages: int, seed: int) -> Path:
    """So many pages of print, no two of them alike."""
    kind = KINDS["print"]
    with pikepdf.new() as pdf:
        for number in range(pages):
            _append(pdf, scanned(kind, number, random.Random(f"{seed} long {number}"))[1])
        pdf.save(path)
    return path


def born_digital(path: Path, pages: int = BORN_DIGITAL_PAGES) -> Path:
    """So many pages of real text, which need no engine."""
    sentences = _sentences()
    with pikepdf.new() as pdf:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        shared = pdf.make_indirect(font)
        for number in range(pages):
            chosen = random.Random(number).choices(sentences, k=40)
            lines = [f"Page {number + 1}", *(line[:95].encode("ascii", "ignore").decode() for line in chosen)]
            shown = " T* ".join(f"({line.replace('(', '').replace(')', '')}) Tj" for line in lines)
            page = pdf.add_blank_page(page_size=(595, 842))
            page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=shared))
            page.obj.Contents = pdf.make_stream(f"BT /F1 11 Tf 16 TL 50 780 Td {shown} ET".encode("ascii"))
        pdf.save(path)
    return path


def scans() -> list[tuple[Path, Path | None]]:
    """The corpus's scans and their texts; none where no corpus is named."""
    named = os.environ.get("OCR_CORPUS")
    folder = Path(named) / "scans" if named else None
    if folder is None or not folder.is_dir():
        return []
    there = [(folder / name, folder / text if text else None) for name, text in SCANS.items()]
    return [(found, text) for found, text in there if found.is_file()]


def scanned(kind: Kind, number: int, chance: random.Random) -> tuple[str, bytes]:
    """A page of a kind as a scanner writes it: its text, and a PDF of its picture."""
    font = _font(number, kind.sizes[number % len(kind.sizes)] * kind.dpi / 72)
    text, image = _typeset(font, kind.dpi, chance)
    image = image.filter(ImageFilter.GaussianBlur(kind.blur))
    if skew := kind.skews[number % len(kind.skews)]:
        image = image.rotate(skew, Image.Resampling.BICUBIC, fillcolor=PAPER)
    image = ImageChops.add(image, noise(image.size, chance, amplitude=kind.grain, grain=1.3), offset=-128)
    return text, _jpeg(image, kind.dpi)


def _font(number: int, pixels: float) -> ImageFont.FreeTypeFont:
    there = [DEJAVU / name for name in FONTS if (DEJAVU / name).is_file()] or [inter()]
    return ImageFont.truetype(there[number % len(there)], round(pixels), layout_engine=ImageFont.Layout.BASIC)


def _typeset(font: ImageFont.FreeTypeFont, dpi: int, chance: random.Random) -> tuple[str, Image.Image]:
    """Paragraphs until the page is full, and what they say."""
    width, height = (round(side * dpi) for side in A4_INCHES)
    image = Image.new("L", (width, height), PAPER)
    draw, margin, line = ImageDraw.Draw(image), dpi, font.size * 1.45
    sentences, top = _sentences(), float(dpi)
    said: list[str] = []
    while True:
        paragraph = wrap(" ".join(chance.choices(sentences, k=chance.randint(3, 6))), font, width - 2 * margin)
        if top + line * len(paragraph) > height - margin:
            return "\n".join(said), image
        for row in paragraph:
            draw.text((margin, top), row, INK, font)
            top += line
        said += paragraph
        top += line * 0.7


def _sentences() -> list[str]:
    """Those of the English sample."""
    text = (Path(str(files("resources.samples"))) / "english-scan.txt").read_text("utf-8")
    prose = [" ".join(part.split()) for part in text.replace("\f", "\n\n").split("\n\n") if "\t" not in part]
    parts = [part.strip() for paragraph in prose for part in paragraph.replace(". ", ".\n").split("\n")]
    return [part for part in parts if len(part) > 30 and part.endswith(".")]


def _jpeg(image: Image.Image, dpi: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY, dpi=(dpi, dpi))
    made: bytes = img2pdf.convert(buffer.getvalue(), nodate=True)
    return made


def _picture(path: Path) -> bytes:
    """A picture as a PDF of its one page; one that names no resolution is a page of 300 dpi."""
    with Image.open(path) as image:
        dpi = image.info.get("dpi", (300, 300))[0]
        buffer = io.BytesIO()
        image.convert("1" if image.mode == "1" else "RGB" if image.mode == "RGB" else "L").save(
            buffer, "PNG", dpi=(dpi, dpi)
        )
    made: bytes = img2pdf.convert(buffer.getvalue(), nodate=True)
    return made


def _append(pdf: pikepdf.Pdf, document: bytes) -> int:
    with pikepdf.open(io.BytesIO(document)) as opened:
        pdf.pages.extend(opened.pages)
        return len(opened.pages)
