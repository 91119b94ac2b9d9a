"""Locks, forms, signatures, damage and sizes of PDFs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests.unit.documents import drawn, locked, page_pdf, scan_pdf, text_pdf
from worker.core import examine_pdf
from worker.core.errors import CorruptFile, NeedsPassword, NoPages, UnsupportedForm
from worker.core.examine import examine


def _with(path: Path, **entries: Any) -> Path:
    """A page whose document has these entries in its root."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        for key, value in entries.items():
            pdf.Root[f"/{key}"] = value
        pdf.save(path)
    return path


def test_a_locked_file_asks_for_its_password(tmp_path: Path) -> None:
    path = locked(text_pdf(tmp_path / "a.pdf", ["secret"]), tmp_path / "b.pdf", user="opensesame")
    with pytest.raises(NeedsPassword, match="is locked"):
        examine(path)
    with pytest.raises(NeedsPassword, match="does not open") as refused:
        examine(path, password="wrong-one")
    assert "wrong-one" not in repr(refused.value)


def test_a_locked_file_opens_with_its_password(tmp_path: Path) -> None:
    path = locked(text_pdf(tmp_path / "a.pdf", ["secret"]), tmp_path / "b.pdf", user="opensesame")
    document = examine(path, password="opensesame")
    assert document.encrypted
    assert document.password == "opensesame"
    assert "opensesame" not in repr(document)
    assert document.notes == (examine_pdf.UNLOCKED,)


def test_a_password_that_is_not_needed_does_no_harm(tmp_path: Path) -> None:
    document = examine(text_pdf(tmp_path / "a.pdf", ["open"]), password="anything")
    assert (document.encrypted, document.password, document.notes) == (False, None, ())


def test_an_owner_password_alone_is_a_note(tmp_path: Path) -> None:
    document = examine(locked(text_pdf(tmp_path / "a.pdf", ["open"]), tmp_path / "b.pdf"))
    assert document.notes == (examine_pdf.RESTRICTED,)


def test_no_pages(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.save(tmp_path / "a.pdf")
    with pytest.raises(NoPages, match=r"a\.pdf"):
        examine(tmp_path / "a.pdf")


def test_forms_drawn_by_a_program(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedForm):
        examine(_with(tmp_path / "a.pdf", NeedsRendering=True))
    form = pikepdf.Dictionary(XFA=pikepdf.String("<xdp/>"), Fields=pikepdf.Array())
    with pytest.raises(UnsupportedForm):
        examine(_with(tmp_path / "b.pdf", AcroForm=form))


def test_a_signed_file_is_read_with_a_note(tmp_path: Path) -> None:
    form = pikepdf.Dictionary(SigFlags=3, Fields=pikepdf.Array())
    assert examine(_with(tmp_path / "a.pdf", AcroForm=form)).notes == (examine_pdf.SIGNED,)


def test_damage_that_can_be_repaired_is_a_note(tmp_path: Path) -> None:
    path = text_pdf(tmp_path / "a.pdf", ["Hello"], copies=2)
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b"startxref")])
    document = examine(path)
    assert document.repaired
    assert document.notes == (examine_pdf.REPAIRED,)
    assert len(document.pages) == 2


def test_damage_that_cannot(tmp_path: Path) -> None:
    path = text_pdf(tmp_path / "a.pdf", ["Hello"])
    path.write_bytes(path.read_bytes()[:80])
    with pytest.raises((CorruptFile, NoPages), match=r"a\.pdf"):
        examine(path)


@pytest.mark.parametrize(
    ("entries", "size"),
    [
        ({}, (612, 792)),
        ({"Rotate": 90}, (792, 612)),
        ({"Rotate": -180}, (612, 792)),
        ({"CropBox": [100, 100, 300, 200]}, (200, 100)),
        ({"CropBox": [100, 100, 300, 200], "Rotate": 270}, (100, 200)),
        ({"CropBox": [-50, -50, 300, 200]}, (300, 200)),
        ({"CropBox": [900, 900, 990, 990]}, (612, 792)),
        ({"MediaBox": [612, 792, 0, 0]}, (612, 792)),
        ({"MediaBox": [0, 0, 0, 0]}, (612, 792)),
    ],
)
def test_sizes_are_as_displayed(tmp_path: Path, entries: dict[str, Any], size: tuple[int, int]) -> None:
    page = examine(page_pdf(tmp_path / "a.pdf", b"", **entries)).pages[0]
    assert (page.width, page.height) == size


def test_the_largest_picture_is_found_in_forms_too(tmp_path: Path) -> None:
    path = scan_pdf(tmp_path / "a.pdf")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0]
        form = page.as_form_xobject()
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Fm1=form))
        pdf.save(path)
    assert examine(path).pages[0].largest_image == drawn().width * drawn().height


def test_one_password_for_many_files_is_kept_only_where_it_is_needed(tmp_path: Path) -> None:
    document = examine(locked(text_pdf(tmp_path / "a.pdf", ["open"]), tmp_path / "b.pdf"), password="anything")
    assert (document.encrypted, document.password, document.notes) == (True, None, (examine_pdf.RESTRICTED,))


def test_a_damaged_file_that_lost_some_of_its_pages_says_so(tmp_path: Path) -> None:
    whole = text_pdf(tmp_path / "whole.pdf", ["Still here"])
    with (
        pikepdf.open(whole, allow_overwriting_input=True) as pdf,
        pikepdf.open(scan_pdf(tmp_path / "scan.pdf")) as scan,
    ):
        pdf.pages.extend(scan.pages)
        pdf.save(whole)
    data = whole.read_bytes()
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(data[: data.index(b"DCTDecode")])
    document = examine(cut)
    assert (len(document.pages), document.notes) == (2, (examine_pdf.LOST,))
