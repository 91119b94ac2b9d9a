"""Which pages the engine must read, and which have good text already."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from tests.unit.documents import invisible, page_pdf, scan_pdf, text_pdf
from worker.core.page_content import Decision, PageContent, opened_page, page_content

STAMP = b"BT /F1 8 Tf 250 2 Td (Page 7 of 12) Tj ET"
LETTER = ["Dear reader, this page was written by a program and has text of its own."] * 12


def look(path: Path) -> PageContent:
    with closing(pypdfium2.PdfDocument(path)) as pdf:
        pdf.init_forms()
        with opened_page(pdf, 1) as page:
            return page_content(page)


def test_a_page_written_by_a_program_keeps_its_text(tmp_path: Path) -> None:
    content = look(text_pdf(tmp_path / "a.pdf", LETTER))
    assert content.visible == sum(len(line.replace(" ", "")) for line in LETTER)
    assert content.decision("auto") is Decision.TAKE
    assert content.decision("redo") is Decision.TAKE
    assert content.decision("force") is Decision.READ


def test_a_scan_is_read(tmp_path: Path) -> None:
    content = look(scan_pdf(tmp_path / "a.pdf"))
    assert content.pictures == pytest.approx(1.0)
    assert content.decision("auto") is Decision.READ


def test_a_scan_with_a_stamped_number_is_read(tmp_path: Path) -> None:
    content = look(scan_pdf(tmp_path / "a.pdf", more=STAMP))
    assert content.visible == 9
    assert content.decision("auto") is Decision.READ


def test_a_scan_inside_a_form_is_read(tmp_path: Path) -> None:
    path = scan_pdf(tmp_path / "a.pdf", more=STAMP)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0]
        form = pdf.make_stream(page.obj.Contents.read_bytes(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        form.BBox, form.Resources = page.obj.MediaBox, page.obj.Resources
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Fm1=form))
        page.obj.Contents = pdf.make_stream(b"q 0.5 0 0 0.5 0 0 cm /Fm1 Do Q q 0.8 0 0 0.8 0 0 cm /Fm1 Do Q")
        pdf.save(path)
    content = look(path)
    assert content.pictures == pytest.approx(0.25 + 0.64, abs=0.01)
    assert content.decision("auto") is Decision.READ


def test_a_letter_with_a_picture_keeps_its_text(tmp_path: Path) -> None:
    shown = (
        b"BT /F1 12 Tf 14 TL 72 700 Td (This letter has a picture in a corner.) Tj ET q 200 0 0 200 72 72 cm /Im1 Do Q"
    )
    path = page_pdf(tmp_path / "a.pdf", shown, image=Image.new("L", (400, 400), 128))
    content = look(path)
    assert content.pictures == pytest.approx(200 * 200 / (612 * 792))
    assert content.decision("auto") is Decision.TAKE


def test_an_earlier_invisible_layer_is_no_good_text(tmp_path: Path) -> None:
    content = look(scan_pdf(tmp_path / "a.pdf", more=invisible("Tne qu1ck brovvn dog")))
    assert (content.visible, content.invisible) == (0, 17)
    assert content.decision("auto") is Decision.READ
    assert content.decision("redo") is Decision.READ


def test_seen_and_unseen_text_are_told_apart(tmp_path: Path) -> None:
    content = look(scan_pdf(tmp_path / "a.pdf", more=invisible("unseen words") + STAMP))
    assert (content.visible, content.invisible) == (9, 11)


def test_redo_reads_again_what_was_read_before(tmp_path: Path) -> None:
    shown = b"BT /F1 12 Tf 14 TL 72 700 Td (" + LETTER[0].encode() + b") Tj ET "
    content = look(page_pdf(tmp_path / "a.pdf", shown + invisible("unseen")))
    assert content.decision("auto") is Decision.TAKE
    assert content.decision("redo") is Decision.READ


def test_a_drawing_of_letters_is_read(tmp_path: Path) -> None:
    assert look(page_pdf(tmp_path / "a.pdf", b"100 100 m 200 200 l S")).decision("auto") is Decision.READ


@pytest.mark.parametrize("mode", ["auto", "force", "redo"])
def test_an_empty_page_is_never_read(tmp_path: Path, mode: str) -> None:
    content = look(page_pdf(tmp_path / "a.pdf", b""))
    assert content.is_empty
    assert content.decision(mode) is Decision.TAKE


def test_text_whose_signs_mean_nothing_is_read(tmp_path: Path) -> None:
    # The numbers of glyphs where characters should be: "Phone" as a font without a map gives it.
    shown = b"BT /F1 12 Tf 72 700 Td (\"7+%-' !#$ &*,.) Tj ET"
    content = look(page_pdf(tmp_path / "a.pdf", shown))
    assert content.broken == 1.0
    assert content.decision("auto") is Decision.READ


def test_a_table_of_contents_is_not_broken(tmp_path: Path) -> None:
    content = look(text_pdf(tmp_path / "a.pdf", ["Chapter one " + "." * 60 + " 1", "Chapter two " + "." * 60 + " 23"]))
    assert content.broken == 0.0
    assert content.decision("auto") is Decision.TAKE


def shown(text: str, at: tuple[int, int] = (72, 700), more: bytes = b"") -> bytes:
    return b"BT /F1 12 Tf 14 TL %s %d %d Td (%s) Tj ET " % (more, *at, text.encode())


WHOLE = b"q 612 0 0 792 0 0 cm /Im1 Do Q "
GOOD = " ".join(["an earlier reading of this page, line by line"] * 3)
PICTURE = Image.new("L", (60, 80), 200)


@pytest.mark.parametrize(
    "layer",
    [
        invisible(GOOD, (72, 700)) + WHOLE,
        WHOLE + invisible(GOOD, (72, 700)),
        shown(GOOD) + WHOLE,  # before the picture that covers it
    ],
)
def test_a_good_earlier_reading_is_taken_and_in_redo_read_anew(tmp_path: Path, layer: bytes) -> None:
    content = look(page_pdf(tmp_path / "a.pdf", layer + shown("Page 7", (500, 20)), image=PICTURE))
    assert content.visible == len("Page7")
    assert content.invisible == len(GOOD.replace(" ", ""))
    assert content.decision("auto") is Decision.TAKE
    assert GOOD in content.text
    assert "Page 7" in content.text
    assert content.decision("redo") is Decision.READ


@pytest.mark.parametrize("layer", ["1l il| ~_ .,; |I _ =+ 1] {a _| ~~ ;: t= |\\\\ sw( q0 l1l", "Page 7"])
def test_a_poor_earlier_reading_is_read(tmp_path: Path, layer: str) -> None:
    content = look(page_pdf(tmp_path / "a.pdf", WHOLE + invisible(layer, (72, 700)), image=PICTURE))
    assert content.decision("auto") is Decision.READ


def test_white_print_counts_only_where_something_is_under_it(tmp_path: Path) -> None:
    white = b"1 1 1 rg "
    content = look(page_pdf(tmp_path / "a.pdf", shown("unseen", more=white)))
    assert (content.visible, content.invisible) == (0, 6)
    dark = b"q 0 0 0.4 rg 60 690 200 30 re f Q "
    content = look(page_pdf(tmp_path / "a.pdf", dark + shown("a white title", more=white)))
    assert (content.visible, content.invisible) == (11, 0)
    assert content.decision("auto") is Decision.TAKE


def test_text_beyond_the_edge_or_cut_away_is_not_on_the_page(tmp_path: Path) -> None:
    here, there = shown("inside the crop box"), shown("outside of it", (72, 100))
    path = page_pdf(tmp_path / "a.pdf", here + there, CropBox=[0, 400, 612, 792])
    assert look(path).text == "inside the crop box"
    cut = b"q 0 0 100 100 re W n " + shown("cut away", (300, 300)) + b"Q "
    assert look(page_pdf(tmp_path / "a.pdf", cut + here)).text == "inside the crop box"


def test_unseen_text_beside_good_text_is_not_taken(tmp_path: Path) -> None:
    path = text_pdf(tmp_path / "a.pdf", LETTER)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].contents_add(invisible("of an earlier reading", (72, 300)))
        pdf.save(path)
    content = look(path)
    assert content.text == "\n".join(LETTER)
    assert content.invisible == 18
    assert content.decision("auto") is Decision.TAKE


def test_a_scan_in_strips_with_a_stamp_is_read(tmp_path: Path) -> None:
    strips = b"".join(b"q 612 0 0 8 0 %d cm /Im1 Do Q " % (8 * number) for number in range(99))
    content = look(page_pdf(tmp_path / "a.pdf", strips + shown("Page 7"), image=PICTURE))
    assert content.pictures == pytest.approx(1.0)
    assert content.decision("auto") is Decision.READ


def test_a_picture_beyond_the_edge_covers_nothing(tmp_path: Path) -> None:
    beyond = b"q 612 0 0 792 700 0 cm /Im1 Do Q "
    content = look(page_pdf(tmp_path / "a.pdf", beyond + shown("a short letter"), image=PICTURE))
    assert content.pictures == 0.0
    assert content.decision("auto") is Decision.TAKE


def test_letters_that_were_made_drawings_are_read_though_the_page_has_a_number(tmp_path: Path) -> None:
    glyphs = b"".join(
        b"%d %d m %d %d l S " % (x, y, x + 3, y + 5) for x in range(60, 500, 6) for y in range(100, 700, 30)
    )
    content = look(page_pdf(tmp_path / "a.pdf", glyphs + shown("Page 7", (500, 20))))
    assert content.segments > 2000
    assert content.decision("auto") is Decision.READ


def test_bytes_in_the_wrong_order_mean_nothing() -> None:
    content = PageContent(visible=0, invisible=60, broken=1.0, pictures=1.0, objects=2, wordlike=1.0)
    assert content.decision("auto") is Decision.READ


def test_what_is_filled_in_and_written_upon_a_page_is_part_of_its_text(tmp_path: Path) -> None:
    path = text_pdf(tmp_path / "a.pdf", LETTER)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page, kind, made = pdf.pages[0], pikepdf.Name, []
        notes = [("Widget", 4, 500, "Smith"), ("FreeText", 4, 400, "a remark"), ("FreeText", 2, 300, "hidden")]
        for subtype, flags, height, text in notes:
            form = pdf.make_stream(shown(text, (2, 4)), Type=kind.XObject, Subtype=kind.Form)
            form.BBox, form.Resources = [0, 0, 200, 20], page.obj.Resources
            note = pikepdf.Dictionary(
                Type=kind.Annot, Subtype=kind(f"/{subtype}"), F=flags, Rect=[72, height, 272, height + 20]
            )
            note.AP = pikepdf.Dictionary(N=form)
            made.append(pdf.make_indirect(note))
        page.obj.Annots = pikepdf.Array(made)
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(made[:1]))
        pdf.save(path)
    content = look(path)
    assert content.text.startswith("\n".join(LETTER))
    assert content.text.split()[-3:] == ["Smith", "a", "remark"]


def test_a_scan_is_a_picture_and_little_else() -> None:
    assert PageContent(pictures=0.97, objects=3).is_a_scan
    assert not PageContent(pictures=0.97, objects=5000).is_a_scan
    assert not PageContent(pictures=0.3, objects=3).is_a_scan
