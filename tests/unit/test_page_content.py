"""Which pages the engine must read, and which have good text already."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from tests.unit.documents import invisible, page_pdf, scan_pdf, text_pdf
from worker.core.page_content import Decision, PageContent, page_content

STAMP = b"BT /F1 8 Tf 250 2 Td (Page 7 of 12) Tj ET"
LETTER = ["Dear reader, this page was written by a program and has text of its own."] * 12


def look(path: Path) -> PageContent:
    pdf = pypdfium2.PdfDocument(path)
    try:
        page = pdf[0]
        try:
            return page_content(page)
        finally:
            page.close()
    finally:
        pdf.close()


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
