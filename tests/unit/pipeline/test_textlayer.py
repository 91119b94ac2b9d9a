"""The searchable PDF: its words lie where they are seen, and the original's pictures are the same, bit for bit."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from tests.unit.documents import SENTENCE, drawn, invisible, page_pdf, picture, scan_pdf, text_pdf
from tests.unit.pipeline.conftest import Read
from worker.core.examine import examine
from worker.core.examine_pdf import open_pdf
from worker.core.jobs import Options
from worker.pipeline.assemble import assemble
from worker.pipeline.invisible import drop_invisible_text
from worker.pipeline.read import PageReading, read_page
from worker.tools.pdfium_text import BoxedWord, text_lines
from worker.tools.toolbox import Toolbox

# The picture of print lies in the lower left of a letter page, 312 × 48 points.
SCAN = b"q 312 0 0 48 100 300 cm /Im1 Do Q\n"


def layer_words(pdf: Path, size: tuple[int, int]) -> list[BoxedWord]:
    """All the words that a viewer finds on the first page, with boxes on an image of it."""
    opened = pypdfium2.PdfDocument(pdf)
    page = opened[0]
    try:
        return [word for line in text_lines(page, *size) for word in line]
    finally:
        page.close()
        opened.close()


def streams(pdf: Path) -> list[bytes]:
    """Every picture's bytes as they are stored."""
    with pikepdf.open(pdf) as opened:
        images = [i for page in opened.pages for i in page.get_images().values()]
        return sorted(image.read_raw_bytes() for image in images)


@pytest.mark.parametrize(
    "entries",
    [
        {},
        {"Rotate": 90},
        {"Rotate": 180},
        {"Rotate": 270},
        {"CropBox": [80, 280, 480, 400]},
        {"CropBox": [80, 250, 480, 600], "Rotate": 90},
        {"CropBox": [80, 280, 480, 400], "TrimBox": [120, 310, 300, 390]},
        {"TrimBox": [120, 310, 300, 390], "Rotate": 270},
        {"MediaBox": [50, 250, 512, 592], "Rotate": 180},
        {"CropBox": [-100, -100, 480, 1000]},
        {"UserUnit": 2},
    ],
)
def test_words_lie_where_they_are_seen(read: Read, tmp_path: Path, entries: dict[str, Any]) -> None:
    # Held so that the print is upright as displayed: the engine of these tests does not turn pages.
    turned = drawn().rotate(entries.get("Rotate", 0), expand=True)
    content = SCAN if entries.get("Rotate", 0) % 180 == 0 else b"q 48 0 0 312 100 270 cm /Im1 Do Q\n"
    readings, outputs = read(page_pdf(tmp_path / "a.pdf", content, image=turned, **entries))
    page = readings[0].page
    assert page.width
    assert page.height
    seen = readings[0].words
    assert [word.text for word in seen] == SENTENCE.split()
    found = layer_words(outputs["pdf"], (page.width, page.height))
    assert [text for text, _ in found] == SENTENCE.split()
    for word, (_, (left, top, right, bottom)) in zip(seen, found, strict=True):
        assert left == pytest.approx(word.x, abs=6), word
        assert right == pytest.approx(word.x + word.w, abs=12), word
        assert top <= word.y + word.h / 2 <= bottom, word


def test_a_sloppy_page_does_not_shift_its_layer(read: Read, tmp_path: Path) -> None:
    """Content that leaves its own scale behind must not move what is laid over it."""
    path = page_pdf(tmp_path / "a.pdf", SCAN + b"q 0.5 0 0 0.5 9 9 cm", image=drawn())
    readings, outputs = read(path)
    page = readings[0].page
    assert page.width
    assert page.height
    left = layer_words(outputs["pdf"], (page.width, page.height))[0][1][0]
    assert left == pytest.approx(readings[0].words[0].x, abs=6)


def test_the_pictures_of_a_pdf_stay_as_they_are(read: Read, tmp_path: Path) -> None:
    path = scan_pdf(tmp_path / "a.pdf", copies=3)
    _, outputs = read(path)
    assert streams(outputs["pdf"]) == streams(path)
    assert outputs["pdf"].stat().st_size <= 1.02 * path.stat().st_size + 3 * 12_000


def packed(path: Path, data: bytes, filters: Any) -> Path:
    """A scan with a second picture, 10 × 10 grey pixels, packed in this way."""
    with pikepdf.open(scan_pdf(path), allow_overwriting_input=True) as pdf:
        image = pikepdf.Stream(pdf, data, Subtype=pikepdf.Name.Image, Width=10, Height=10, BitsPerComponent=8)
        image.ColorSpace = pikepdf.Name.DeviceGray
        if filters is not None:
            image.Filter = filters
        pdf.pages[0].obj.Resources.XObject.Im2 = image
        pdf.save(path, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return path


def lzw(data: bytes) -> bytes:
    """Packed by LZW with codes of nine bits: nothing is found again, the table is cleared before they would grow."""
    codes = [code for start in range(0, len(data), 200) for code in (256, *data[start : start + 200])]
    bits = "".join(f"{code:09b}" for code in [*codes, 257])
    return int(bits + "0" * (-len(bits) % 8), 2).to_bytes((len(bits) + 7) // 8, "big")


GREY = bytes(range(100))
PACKINGS = {
    "in an array": (zlib.compress(GREY, 1), pikepdf.Array([pikepdf.Name.FlateDecode])),
    "as digits": (GREY.hex().encode() + b">", pikepdf.Name.ASCIIHexDecode),
    "twice": (zlib.compress(GREY, 1).hex().encode() + b">", ["/ASCIIHexDecode", "/FlateDecode"]),
    "by an old way": (lzw(GREY), pikepdf.Name.LZWDecode),
    "not at all": (GREY, None),
}


@pytest.mark.parametrize("name", PACKINGS)
def test_pictures_stay_as_they_are_packed(read: Read, tmp_path: Path, name: str) -> None:
    data, filters = PACKINGS[name]
    filters = pikepdf.Array([pikepdf.Name(one) for one in filters]) if isinstance(filters, list) else filters
    path = packed(tmp_path / "a.pdf", data, filters)
    _, outputs = read(path)
    assert data in streams(path)
    assert streams(outputs["pdf"]) == streams(path)


def test_a_jpeg_becomes_a_page_bit_for_bit(read: Read, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg", dpi=(300, 300))
    _, outputs = read(path)
    assert streams(outputs["pdf"]) == [path.read_bytes()]
    with pikepdf.open(outputs["pdf"]) as pdf:
        assert [float(side) for side in pdf.pages[0].mediabox] == pytest.approx([0, 0, 312, 48])


@pytest.mark.parametrize("extension", ["png", "jpg", "tif", "gif", "webp", "bmp"])
def test_a_picture_becomes_a_page_that_looks_the_same(read: Read, tmp_path: Path, extension: str) -> None:
    options: dict[str, Any] = {"lossless": True} if extension == "webp" else {}
    path = picture(tmp_path / f"a.{extension}", dpi=(300, 300), **options)
    readings, outputs = read(path)
    opened = pypdfium2.PdfDocument(outputs["pdf"])
    page = opened[0]
    width = page.get_width()
    shown = page.render(scale=1300 / width, grayscale=True).to_pil()
    page.close()
    opened.close()
    wanted = drawn()
    assert abs(shown.width - wanted.width) <= 1
    difference = [abs(a - b) for a, b in zip(shown.crop((0, 0, 1300, 200)).tobytes(), wanted.tobytes(), strict=True)]
    assert sum(difference) / len(difference) < 1.5
    found = layer_words(outputs["pdf"], (1300, 200))
    assert [text for text, _ in found] == SENTENCE.split()
    assert found[0][1][0] == pytest.approx(readings[0].words[0].x, abs=6)


def test_a_page_with_text_of_its_own_gets_no_second_layer(read: Read, tmp_path: Path) -> None:
    path = text_pdf(tmp_path / "a.pdf", ["Hello reader of this page"])
    _, outputs = read(path)
    with pikepdf.open(path) as before, pikepdf.open(outputs["pdf"]) as after:
        assert after.pages[0].Contents.read_bytes() == before.pages[0].Contents.read_bytes()


def test_an_earlier_layer_is_gone_and_the_new_one_is_there(read: Read, tmp_path: Path) -> None:
    stamp = b"BT /F1 8 Tf 250 2 Td (Page 7) Tj ET\n"
    path = scan_pdf(tmp_path / "a.pdf", more=invisible("Tne qu1ck brovvn") + stamp)
    _, outputs = read(path)
    words = [text for text, _ in layer_words(outputs["pdf"], (1300, 200))]
    assert "qu1ck" not in words
    assert "quick" in words
    assert "7" in words, "what is seen must stay"
    assert streams(outputs["pdf"]) == streams(path)


def test_our_own_layer_gives_way_too(read: Read, tmp_path: Path) -> None:
    """It lies in a form of its own: reading a document again must not pile up layers."""
    _, once = read(scan_pdf(tmp_path / "a.pdf"))
    _, twice = read(once["pdf"])
    assert [text for text, _ in layer_words(twice["pdf"], (1300, 200))] == SENTENCE.split()


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (b"BT 3 Tr /F1 9 Tf (gone) Tj ET BT (gone too) Tj ET", []),
        (b"q BT 3 Tr (gone) Tj ET Q BT (stays) Tj ET", [b"stays"]),
        (b"BT 3 Tr (gone) Tj 0 Tr (stays) Tj ET", [b"stays"]),
        (b"BT 3 Tr [(gone) -20 (gone)] TJ (gone) ' 1 2 (gone) \" 2 Tr [(st) -20 (ays)] TJ ET", [b"st", b"ays"]),
        (b"Q Q BT (stays) Tj ET", [b"stays"]),
        (b"BT /Bad Tr (stays) Tj ET", [b"stays"]),
        (b"BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI BT (stays) Tj ET", [b"stays"]),
        (b"BT (gone) Tj ET q 612 0 0 792 0 0 cm /Im1 Do Q BT (stays) Tj ET", [b"stays"]),
        (b"BT (gone) Tj ET q 0 0 612 792 re W n 0 792 -612 0 612 0 cm /Im1 Do Q", []),
        (b"BT (stays) Tj ET q 300 0 0 792 0 0 cm /Im1 Do Q", [b"stays"]),
        (b"BT (stays) Tj ET q 0 0 9 9 re W n 612 0 0 792 0 0 cm /Im1 Do Q", [b"stays"]),
        (b"BT (stays) Tj ET q 0 0 m 9 0 l 9 9 l W n 612 0 0 792 0 0 cm /Im1 Do Q", [b"stays"]),
        (b"BT (stays) Tj ET q 612 0 0 792 (no) cm /Im1 Do Q", [b"stays"]),
    ],
)
def test_only_unseen_text_is_dropped(tmp_path: Path, content: bytes, kept: list[bytes]) -> None:
    path = page_pdf(tmp_path / "a.pdf", content, image=drawn(""))
    with open_pdf(path, "a.pdf") as pdf:
        drop_invisible_text(pdf, pdf.pages[0])
        left = pdf.pages[0].Contents.read_bytes()
    assert b"gone" not in left
    assert all(b"(" + text + b")" in left for text in kept)
    assert (b"BI" in left) == (b"BI" in content)


def test_what_is_seen_through_a_picture_stays(tmp_path: Path) -> None:
    content = b"BT (stays) Tj ET q 612 0 0 792 0 0 cm /Im1 Do Q"
    with open_pdf(page_pdf(tmp_path / "a.pdf", content, image=drawn("")), "a.pdf") as pdf:
        page = pdf.pages[0]
        page.obj.Resources.XObject.Im1.SMask = page.obj.Resources.XObject.Im1
        drop_invisible_text(pdf, page)
        assert b"stays" in page.Contents.read_bytes()
        del page.obj.Resources.XObject.Im1.SMask
        look = pikepdf.Dictionary(ca=0.5, BM=pikepdf.Name.Normal, SMask=pikepdf.Name("/None"))
        page.obj.Resources.ExtGState = pikepdf.Dictionary(G1=look)
        drop_invisible_text(pdf, page)
        assert b"stays" in page.Contents.read_bytes()
        look.ca = 1
        page.obj.Resources.ExtGState = pikepdf.Dictionary(G1=look)
        drop_invisible_text(pdf, page)
        assert b"stays" not in page.Contents.read_bytes()


def test_damaged_content_stays_as_it_is(tmp_path: Path) -> None:
    content = b"BT 3 Tr (left) Tj \xff\xfe\xfd ET"
    with open_pdf(page_pdf(tmp_path / "a.pdf", content), "a.pdf") as pdf:
        drop_invisible_text(pdf, pdf.pages[0])
        assert pdf.pages[0].Contents.read_bytes() == content


def test_a_page_whose_content_cannot_be_unpacked_costs_only_its_own_layer(
    toolbox: Toolbox, tmp_path: Path, work: Path
) -> None:
    path = scan_pdf(tmp_path / "a.pdf", copies=2)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        broken = pikepdf.Stream(pdf, b"no such packing", Filter=pikepdf.Name.FlateDecode)
        pdf.pages[0].obj.Contents = pdf.make_indirect(broken)
        pdf.save(path)
    document = examine(path)
    reading = read_page(document, 2, Options(), work, toolbox)
    first = PageReading(replace(reading.page, number=1, drops_text=True), reading.files)
    outputs = assemble(document, [first, reading], ("pdf",), work)
    assert streams(outputs["pdf"]) == streams(path)
    with pikepdf.open(outputs["pdf"]) as pdf:
        assert [len(page.obj.Resources.XObject) for page in pdf.pages] == [1, 2]


def test_a_page_whose_resources_are_none_costs_only_its_own_layer(toolbox: Toolbox, tmp_path: Path, work: Path) -> None:
    path = scan_pdf(tmp_path / "a.pdf", copies=2)
    document = examine(path)
    reading = read_page(document, 2, Options(), work, toolbox)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].obj.Resources.XObject = pikepdf.Array([])
        pdf.save(path)
    first = PageReading(replace(reading.page, number=1), reading.files)
    outputs = assemble(document, [first, reading], ("pdf",), work)
    with pikepdf.open(outputs["pdf"]) as pdf:
        assert len(pdf.pages[1].obj.Resources.XObject) == 2


def test_links_bookmarks_and_what_a_document_says_of_itself_stay(read: Read, tmp_path: Path) -> None:
    path = scan_pdf(tmp_path / "a.pdf", copies=2)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.docinfo["/Title"] = "The minutes"
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Second page", 1))
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=pikepdf.Array([1, 1, 9, 9]),
            Dest=pikepdf.Array([pdf.pages[1].obj, pikepdf.Name.Fit]),
        )
        pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(link)])
        pdf.save(path)
    _, outputs = read(path)
    with pikepdf.open(outputs["pdf"]) as pdf:
        assert str(pdf.docinfo["/Title"]) == "The minutes"
        assert pdf.pages[0].obj.Annots[0].Dest[0].objgen == pdf.pages[1].obj.objgen
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root] == ["Second page"]


def test_the_copy_can_be_examined_like_any_document(read: Read, tmp_path: Path) -> None:
    _, outputs = read(scan_pdf(tmp_path / "a.pdf", copies=2))
    document = examine(outputs["pdf"])
    assert (len(document.pages), document.notes) == (2, ())
