"""Documents for tests, drawn here: pages that an engine can read, and files that break programs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image, ImageDraw, ImageFont

SENTENCE = "The quick brown dog jumped over the lazy fox"


def drawn(text: str = SENTENCE, size: tuple[int, int] = (1300, 200), mode: str = "L") -> Image.Image:
    """Black print on white, in lines of 40 pixels."""
    image = Image.new("L", size, 255)
    ImageDraw.Draw(image).text((60, 60), text, fill=0, font=ImageFont.load_default(40))
    return image.convert(mode)


def picture(path: Path, text: str = SENTENCE, **save: Any) -> Path:
    """Print as a file of the format that the suffix names."""
    drawn(text).save(path, **save)
    return path


def page_pdf(
    path: Path,
    content: bytes,
    *,
    box: Sequence[float] = (0, 0, 612, 792),
    image: Image.Image | None = None,
    copies: int = 1,
    **entries: Any,
) -> Path:
    """A PDF of pages with this content; /F1 is Helvetica, /Im1 the image as a JPEG; entries go into the pages."""
    with pikepdf.new() as pdf:
        for _ in range(copies):
            page = pdf.add_blank_page(page_size=(box[2] - box[0], box[3] - box[1]))
            page.obj.MediaBox = pikepdf.Array(box)
            font = {"/Type": pikepdf.Name.Font, "/Subtype": pikepdf.Name.Type1, "/BaseFont": pikepdf.Name.Helvetica}
            page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pikepdf.Dictionary(font)))
            if image is not None:
                page.obj.Resources.XObject = pikepdf.Dictionary(Im1=_jpeg(pdf, image))
            page.obj.Contents = pdf.make_stream(content)
            for key, value in entries.items():
                page.obj[f"/{key}"] = pikepdf.Array(value) if isinstance(value, list | tuple) else value
        pdf.save(path)
    return path


def scan_pdf(path: Path, text: str = SENTENCE, *, more: bytes = b"", copies: int = 1, **entries: Any) -> Path:
    """A page that is a picture of print at 300 dpi, 312 × 48 points, with more content on top."""
    content = b"q 312 0 0 48 0 0 cm /Im1 Do Q\n" + more
    return page_pdf(path, content, box=(0, 0, 312, 48), image=drawn(text), copies=copies, **entries)


def dot(page: pikepdf.Page, number: int) -> None:
    """A dot of its own on a page, so that no two of them are the same image."""
    page.contents_add(b"q 0 g %d %d 2 2 re f Q" % (10 + number % 50 * 8, 10 + number // 50 * 8))


def text_pdf(path: Path, lines: Sequence[str], *, copies: int = 1, **entries: Any) -> Path:
    """A page with text of its own."""
    shown = b" ".join(b"(" + line.encode("latin-1") + b") Tj T*" for line in lines)
    return page_pdf(path, b"BT /F1 12 Tf 14 TL 72 700 Td " + shown + b" ET", copies=copies, **entries)


def invisible(text: str, at: tuple[float, float] = (14, 22)) -> bytes:
    """Content that shows invisible text, as scanners' own software leaves it."""
    return b"q BT 3 Tr /F1 9 Tf %g %g Td (%s) Tj ET Q\n" % (*at, text.encode("latin-1"))


def locked(source: Path, path: Path, *, user: str = "", owner: str = "owner") -> Path:
    """The same PDF with passwords."""
    with pikepdf.open(source) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(user=user, owner=owner))
    return path


def office_document() -> bytes:
    """The start of every .docx."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return file.getvalue()


def _jpeg(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    file = io.BytesIO()
    image.convert("L").save(file, "JPEG", quality=90)
    return pikepdf.Stream(
        pdf,
        file.getvalue(),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=image.width,
        Height=image.height,
        ColorSpace=pikepdf.Name.DeviceGray,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )
