"""A page is read, or its text is taken as it is; pictures of every kind are made fit to be read."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import img2pdf
import pikepdf
import pytest
from PIL import Image, ImageChops

from tests.unit import engines
from tests.unit.documents import SENTENCE, drawn, invisible, locked, page_pdf, picture, scan_pdf, text_pdf
from tests.unit.drawn import page
from tests.unit.pipeline.conftest import Read
from worker.core.document import Limits
from worker.core.errors import CorruptFile, NoLanguage, TooLarge
from worker.core.examine import examine
from worker.core.jobs import Options
from worker.core.page_content import page_content
from worker.pipeline.read import failed_page, read_page
from worker.tools.pdfium import Pdfium
from worker.tools.pictures import grey_frame
from worker.tools.toolbox import Toolbox


@pytest.mark.parametrize("rasterizer", engines.RASTERIZERS)
def test_a_scan_is_read(toolbox: Toolbox, rasterizer: str, tmp_path: Path, work: Path) -> None:
    tools = Toolbox(toolbox.engine, engines.rasterizer(rasterizer))
    reading = read_page(examine(scan_pdf(tmp_path / "a.pdf")), 1, Options(), work, tools)
    page = reading.page
    assert (page.state, page.source, page.text, page.words) == ("done", "ocr", SENTENCE, 9)
    assert page.confidence is not None
    assert page.confidence > 80
    assert page.chars == len(SENTENCE)
    assert (page.width, page.height) == pytest.approx((1300, 200), abs=1)
    assert reading.page.dpi == 300
    assert page.seconds is not None
    assert [word.text for word in reading.words] == SENTENCE.split()
    assert not list(work.glob("*.pgm")), "the page's image was left behind"


class _Refusing(Pdfium):
    def draw(self, *_args: object, **_more: object) -> None:
        raise CorruptFile("Page 1 cannot be drawn: the file is damaged.")


def test_a_scan_that_one_library_cannot_draw_is_drawn_by_the_other(
    toolbox: Toolbox, tmp_path: Path, work: Path
) -> None:
    tools = Toolbox(toolbox.engine, engines.rasterizer("poppler"), pdfium=_Refusing(), draws_scans=True)
    document = examine(scan_pdf(tmp_path / "a.pdf"))
    assert read_page(document, 1, Options(), work, tools).page.text == SENTENCE
    tools = Toolbox(toolbox.engine, _Refusing(), draws_scans=False)
    with pytest.raises(CorruptFile):
        read_page(document, 1, Options(), work, tools)


def test_text_is_taken_as_it_is_with_boxes(read: Read, tmp_path: Path) -> None:
    readings, _ = read(text_pdf(tmp_path / "a.pdf", ["Hello reader of this", "second line of text"]))
    page = readings[0].page
    assert (page.source, page.text) == ("text", "Hello reader of this\nsecond line of text")
    hello, *_, text = readings[0].words
    assert (hello.text, hello.line, text.text, text.line) == ("Hello", 1, "text", 2)
    # 72 points from the left at 300 dpi; the base line 92 points under the page's top
    assert hello.x == pytest.approx(300, abs=3)
    assert hello.y + hello.h == pytest.approx(92 * 300 / 72, abs=15)
    assert "pdf" not in readings[0].files, "it needs no text layer"


@pytest.mark.parametrize(("rotate", "x", "y"), [(0, 300, 383), (90, 2917, 300), (180, 2250, 2917), (270, 383, 2250)])
def test_boxes_of_taken_text_follow_the_page(read: Read, tmp_path: Path, rotate: int, x: int, y: int) -> None:
    readings, _ = read(text_pdf(tmp_path / "a.pdf", ["Hello reader"], Rotate=rotate))
    hello = readings[0].words[0]
    corners = [(hello.x, hello.y + hello.h), (hello.x, hello.y), (hello.x + hello.w, hello.y)]
    start = {0: corners[0], 90: corners[1], 180: corners[2], 270: (hello.x + hello.w, hello.y + hello.h)}[rotate]
    assert start == pytest.approx((x, y), abs=20)


def test_the_words_of_taken_text_are_those_of_the_text(read: Read, tmp_path: Path) -> None:
    path = text_pdf(tmp_path / "a.pdf", ["seen text on the page", "and another line"], CropBox=[50, 400, 612, 792])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].contents_add(invisible("unseen", (72, 500)) + b"BT /F1 12 Tf 72 100 Td (outside) Tj ET")
        pdf.save(path)
    readings, _ = read(path)
    assert readings[0].page.text == "seen text on the page\nand another line"
    assert [word.text for word in readings[0].words] == readings[0].page.text.split()
    assert readings[0].words[0].x == pytest.approx((72 - 50) * 300 / 72, abs=3)


def test_force_reads_what_has_text(read: Read, tmp_path: Path) -> None:
    readings, _ = read(text_pdf(tmp_path / "a.pdf", ["Hello reader of this page"]), mode="force")
    assert (readings[0].page.source, readings[0].page.text) == ("ocr", "Hello reader of this page")


def test_an_earlier_layer_gives_way(read: Read, tmp_path: Path) -> None:
    readings, _ = read(scan_pdf(tmp_path / "a.pdf", more=invisible("Tne qu1ck brovvn")))
    assert readings[0].page.text == SENTENCE
    assert readings[0].page.drops_text


def test_our_own_copy_is_taken_as_it_is_and_in_redo_its_layer_is_replaced(read: Read, tmp_path: Path) -> None:
    first, outputs = read(picture(tmp_path / "a.png", f"{SENTENCE}\n{SENTENCE}"))
    again, _ = read(outputs["pdf"])
    assert (again[0].page.source, again[0].page.text) == ("text", first[0].page.text)
    anew, made = read(outputs["pdf"], mode="redo")
    assert (anew[0].page.source, anew[0].page.text) == ("ocr", first[0].page.text)
    with Pdfium().page(made["pdf"], 1) as page:
        assert page_content(page).invisible == 2 * len(SENTENCE.replace(" ", ""))


def test_an_empty_page_is_blank(read: Read, tmp_path: Path) -> None:
    readings, outputs = read(page_pdf(tmp_path / "a.pdf", b""))
    page = readings[0].page
    assert (page.state, page.text, page.words, page.confidence) == ("blank", "", 0, None)
    assert outputs["txt"].read_text() == ""


def test_a_white_scan_is_blank(read: Read, tmp_path: Path) -> None:
    readings, _ = read(picture(tmp_path / "a.png", ""))
    assert (readings[0].page.state, readings[0].page.text, readings[0].page.source) == ("blank", "", "ocr")


def test_a_locked_file_is_read_with_its_password(read: Read, tmp_path: Path) -> None:
    path = locked(scan_pdf(tmp_path / "a.pdf"), tmp_path / "b.pdf", user="opensesame")
    readings, outputs = read(path, password="opensesame")
    assert readings[0].page.text == SENTENCE
    with pikepdf.open(outputs["pdf"]) as pdf:
        assert not pdf.is_encrypted


@pytest.mark.parametrize("rasterizer", engines.RASTERIZERS)
def test_a_repaired_file_is_read(toolbox: Toolbox, rasterizer: str, tmp_path: Path, work: Path) -> None:
    path = scan_pdf(tmp_path / "a.pdf", copies=2)
    path.write_bytes(path.read_bytes().replace(b"startxref", b"startXXXX"))
    document = examine(path)
    assert document.repaired
    tools = Toolbox(toolbox.engine, engines.rasterizer(rasterizer))
    assert read_page(document, 2, Options(), work, tools).page.text == SENTENCE


def test_a_missing_language_is_an_error(toolbox: Toolbox, tmp_path: Path, work: Path) -> None:
    document = examine(text_pdf(tmp_path / "a.pdf", ["not even where the text is taken as it is"]))
    with pytest.raises(NoLanguage, match="“xyz”"):
        read_page(document, 1, Options(languages="eng+xyz"), work, toolbox)


def _with_alpha(image: Image.Image) -> Image.Image:
    layered = Image.new("RGBA", image.size, (0, 0, 0, 0))  # black where it is transparent
    layered.putalpha(image.point(lambda value: 255 - value))
    return layered


def _grey_with_alpha(image: Image.Image) -> Image.Image:
    return _with_alpha(image).convert("LA")


def _sixteen_bits(image: Image.Image) -> Image.Image:
    return image.convert("I").point(lambda value: value * 257).convert("I;16")


def _twelve_bits(image: Image.Image) -> Image.Image:
    return image.convert("I").point(lambda value: value * 16).convert("I;16")


@pytest.mark.parametrize(
    ("make", "extension"),
    [
        (lambda image: image.convert("1"), "png"),
        (lambda image: image.convert("1"), "tif"),
        (lambda image: image.convert("RGB").convert("P"), "png"),
        (lambda image: image.convert("RGB").convert("P"), "gif"),
        (lambda image: image.convert("RGB"), "webp"),
        (lambda image: image.convert("RGB"), "bmp"),
        (lambda image: image.convert("RGB").convert("CMYK"), "jpg"),
        (lambda image: image.convert("RGB").convert("CMYK"), "tif"),
        (lambda image: image.convert("RGB").convert("LAB"), "tif"),
        (lambda image: image.convert("RGB").convert("YCbCr"), "jpg"),
        (_with_alpha, "png"),
        (_with_alpha, "webp"),
        (_with_alpha, "tif"),
        (_grey_with_alpha, "png"),
        (_sixteen_bits, "png"),
        (_sixteen_bits, "tif"),
        (_twelve_bits, "png"),
        (lambda image: image.convert("F"), "tif"),
    ],
)
def test_every_kind_of_picture_is_read(
    read: Read, tmp_path: Path, make: Callable[[Image.Image], Image.Image], extension: str
) -> None:
    path = tmp_path / f"a.{extension}"
    make(drawn()).save(path)
    readings, outputs = read(path)
    assert readings[0].page.text == SENTENCE
    with pikepdf.open(outputs["pdf"]) as pdf:
        assert len(pdf.pages) == 1


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("extension", ["jpg", "tif", "png"])
def test_a_photo_that_says_how_it_was_held(read: Read, tmp_path: Path, orientation: int, extension: str) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    held = drawn().transpose(undo[orientation]) if orientation in undo else drawn()
    exif = Image.Exif()
    exif[0x0112] = orientation
    held.save(tmp_path / f"a.{extension}", exif=exif)
    readings, outputs = read(tmp_path / f"a.{extension}")
    assert readings[0].page.text == SENTENCE
    assert (readings[0].page.width, readings[0].page.height) == (1300, 200)
    again, _ = read(outputs["pdf"], mode="redo")
    assert again[0].page.text == SENTENCE, "the PDF does not show the photo upright"


@pytest.mark.parametrize("extension", ["tif", "gif", "webp"])
def test_every_frame_is_read(read: Read, tmp_path: Path, extension: str) -> None:
    frames = [drawn(text) for text in ("First page here", "Second page here", "Third page here")]
    path = tmp_path / f"a.{extension}"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    readings, outputs = read(path)
    assert [reading.page.text for reading in readings] == ["First page here", "Second page here", "Third page here"]
    with pikepdf.open(outputs["pdf"]) as pdf:
        assert len(pdf.pages) == 3


@pytest.mark.parametrize("extension", ["png", "jpg", "tif", "gif", "webp", "bmp"])
def test_half_a_picture_is_corrupt(toolbox: Toolbox, tmp_path: Path, work: Path, extension: str) -> None:
    path = picture(tmp_path / f"a.{extension}")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(CorruptFile, match=rf"a\.{extension}"):
        read_page(examine(path), 1, Options(), work, toolbox)


def test_a_large_picture_is_scaled_into_its_bounds(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    width, height, scale = grey_frame(path, "a.png", 1, Limits(max_pixels=65_000), tmp_path / "a.pgm")
    assert (width, height, scale) == (650, 100, 0.5)
    width, height, _ = grey_frame(path, "a.png", 1, Limits(max_side=130), tmp_path / "a.pgm")
    assert (width, height) == (130, 20)


def test_a_large_page_is_scaled_into_its_bounds(read: Read, tmp_path: Path) -> None:
    readings, _ = read(scan_pdf(tmp_path / "a.pdf"), limits=Limits(max_pixels=65_000))
    assert readings[0].page.dpi == 150
    assert (readings[0].page.width, readings[0].page.height) == pytest.approx((650, 100), abs=1)


def test_of_a_page_that_is_drawn_anew_nothing_is_left_behind(toolbox: Toolbox, tmp_path: Path, work: Path) -> None:
    fine = page([(20, 8)], (1275, 400))[0].resize((2550, 800))
    grain = Image.effect_noise((1275, 400), 30).resize(fine.size)
    ImageChops.add(fine, grain, offset=-128).save(tmp_path / "a.png", dpi=(600, 600))
    (tmp_path / "a.pdf").write_bytes(img2pdf.convert(str(tmp_path / "a.png")))
    assert read_page(examine(tmp_path / "a.pdf"), 1, Options(), work, toolbox).page.dpi == pytest.approx(450, abs=60)
    assert not list(work.glob("*.pgm"))


def test_a_page_of_a_mile_is_refused_before_it_is_drawn(toolbox: Toolbox, tmp_path: Path, work: Path) -> None:
    document = examine(page_pdf(tmp_path / "a.pdf", b"0 0 m 9 9 l S", MediaBox=[0, 0, 4_000_000, 4_000_000]))
    with pytest.raises(TooLarge, match="55,556 × 55,556 inches"):
        read_page(document, 1, Options(), work, toolbox)


def test_a_picture_bomb_in_a_pdf_is_refused_before_it_is_drawn(toolbox: Toolbox, tmp_path: Path, work: Path) -> None:
    path = scan_pdf(tmp_path / "a.pdf")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        image = pdf.pages[0].get_images()["/Im1"]
        image.Width, image.Height = 35_000, 35_000
        pdf.save(path)
    with pytest.raises(TooLarge, match="300 million pixels"):
        read_page(examine(path), 1, Options(), work, toolbox)


def test_a_page_that_failed_carries_its_reason() -> None:
    reading = failed_page(7, CorruptFile("Page 7 cannot be drawn."), 1.5)
    assert (reading.page.number, reading.page.state) == (7, "failed")
    assert (reading.page.error_class, reading.page.error) == ("corrupt", "Page 7 cannot be drawn.")
    assert reading.words == []


def test_jpeg_with_many_pictures_in_it_is_one_page(read: Read, tmp_path: Path) -> None:
    file = io.BytesIO()
    drawn().save(file, "MPO", save_all=True, append_images=[drawn("other view")])
    (tmp_path / "a.jpg").write_bytes(file.getvalue())
    readings, outputs = read(tmp_path / "a.jpg")
    assert [reading.page.text for reading in readings] == [SENTENCE]
    with pikepdf.open(outputs["pdf"]) as pdf:
        assert len(pdf.pages) == 1
