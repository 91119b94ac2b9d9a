"""Draws the sample documents from the texts beside them: ``python -m resources.samples.draw``.

The same texts, fonts and seeds give the same pictures. The scans need the DejaVu fonts; Inter comes as a wheel.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path

import img2pdf
import pikepdf
from PIL import Image
from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QFontDatabase, QGuiApplication, QPageSize, QPdfWriter, QTextDocument

from resources.samples.camera import photograph, scan
from resources.samples.typeset import DEJAVU, DPI, Style, draw_page, inter, is_heading, paragraphs

FOLDER = Path(__file__).parent
QUALITY = 58  # of the scans' JPEG


@dataclass(frozen=True, slots=True)
class Scan:
    """One scanned document: its style, and each page's skew in degrees."""

    name: str
    style: Style
    skews: tuple[float, ...]
    seed: int


def scans() -> tuple[Scan, ...]:
    """The scanned documents."""
    serif = Style(DEJAVU / "DejaVuSerif.ttf", DEJAVU / "DejaVuSerif-Bold.ttf", 12)
    sans = Style(DEJAVU / "DejaVuSans.ttf", DEJAVU / "DejaVuSans-Bold.ttf", 12)
    plain = Style(inter(), inter(), 12.5, ("Regular", "Bold"))
    return (
        Scan("english-scan", serif, (0.5, -0.4, 0.7), 1871),
        Scan("german-scan", plain, (-0.6,), 1964),
        Scan("vietnamese-scan", sans, (0.4,), 1998),
    )


def pages_of(name: str) -> list[str]:
    """What each page of a document says."""
    return (FOLDER / f"{name}.txt").read_text("utf-8").split("\f")


def scanned_page(document: Scan, number: int) -> Image.Image:
    """The picture of one page; number is 0-based."""
    clean = draw_page(pages_of(document.name)[number], document.style)
    return scan(clean, document.seed + number, skew=document.skews[number])


def jpeg(image: Image.Image, quality: int) -> bytes:
    """The picture as a JPEG file."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, dpi=(DPI, DPI), optimize=True)
    return buffer.getvalue()


def write_scan(document: Scan, folder: Path) -> None:
    """A PDF of page images, as a scanner writes it."""
    pictures = [jpeg(scanned_page(document, number), QUALITY) for number in range(len(document.skews))]
    (folder / f"{document.name}.pdf").write_bytes(img2pdf.convert(pictures, nodate=True, producer="OCR Console"))


def photo() -> Image.Image:
    """A notice, photographed where it lies."""
    style = Style(inter(), inter(), 14.5, ("Regular", "Bold"), leading=1.55)
    return photograph(draw_page(pages_of("photo")[0], style, (1480, 1960)), 618)


def write_born_digital(folder: Path) -> None:
    """A PDF with real text and embedded fonts, drawn by Qt."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication.instance() or QGuiApplication([])
    family = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(inter())))[0]
    rows = []
    for number, paragraph in enumerate(paragraphs(pages_of("born-digital")[0])):
        tag = "h1" if number == 0 else "h2" if is_heading(paragraph) else "p"
        rows.append(f"<{tag}>{paragraph}</{tag}>")
    target = folder / "born-digital.pdf"
    writer = QPdfWriter(str(target))
    writer.setResolution(DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(22, 22, 22, 22))
    document = QTextDocument()
    document.setDefaultStyleSheet("h1 { font-size: 22pt } h2 { font-size: 13pt } p { line-height: 140% }")
    document.setHtml(f"<div style=\"font-family:'{family}'; font-size:11pt\">{''.join(rows)}</div>")
    document.print_(writer)
    del writer, application
    _make_repeatable(target)


def _make_repeatable(path: Path) -> None:
    """Take the time and the random id out of a PDF."""
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        if "/Metadata" in document.Root:
            del document.Root.Metadata
        for key in ("/CreationDate", "/ModDate"):
            if key in document.docinfo:
                del document.docinfo[key]
        document.docinfo["/Title"] = pikepdf.String("Guide for Volunteers")
        document.save(path, deterministic_id=True, compress_streams=True)


def main(folder: Path = FOLDER) -> None:
    """Draw all of them into the folder."""
    for document in scans():
        write_scan(document, folder)
    (folder / "photo.jpg").write_bytes(jpeg(photo(), 72))
    write_born_digital(folder)


if __name__ == "__main__":
    main()
