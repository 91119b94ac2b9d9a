"""What runs or sends is found where no reader of the rules would look for it, and viewers do."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from tests.unit.pipeline.test_safe_pdf import (
    JS,
    LAUNCH,
    Change,
    changed,
    copied,
    field,
    form,
    fresh,
    link,
    on_page,
    unwanted,
)
from worker.pipeline.safe_pdf import SCRIPTS, STARTS

pytestmark = pytest.mark.filterwarnings("ignore:.*not reachable from /AcroForm")  # that is what is tested


def as_stream(pdf: pikepdf.Pdf, found: pikepdf.Object) -> pikepdf.Object:
    """The same entries where no stream belongs."""
    made = pdf.make_stream(b"")
    for key, value in fresh(found).items():
        made[key] = value
    return made


def stream_for_action(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link(as_stream(pdf, LAUNCH)))])


def stream_at_once(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = as_stream(pdf, JS)


def stream_for_annotation(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Annots = Array([as_stream(pdf, link(JS))])


def unnamed_field(pdf: pikepdf.Pdf) -> None:
    """The form names another; what stands on the page leads to this one."""
    form(field())(pdf)
    parent = pdf.make_indirect(fresh(field(AA=Dictionary(K=JS))))
    kid = pdf.make_indirect(Dictionary(Subtype=Name.Widget, Rect=Array([1, 1, 9, 9]), Parent=parent))
    pdf.pages[0].obj.Annots, parent.Kids = Array([kid]), Array([kid])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (stream_for_action, STARTS),
        (stream_at_once, SCRIPTS),
        (stream_for_annotation, SCRIPTS),
        (unnamed_field, SCRIPTS),
    ],
)
def test_what_is_hidden_is_gone_and_told(tmp_path: Path, work: Path, change: Change, sentence: str) -> None:
    path = changed(tmp_path / "a.pdf", change)
    assert unwanted(path), "there was something"
    target, told = copied(path, work)
    assert (unwanted(target), told) == ([], [sentence])


@pytest.mark.parametrize("address", ["java\tscript:alert(1)", "\x01JavaScript\n:alert(1)"])
def test_an_address_with_signs_that_no_browser_sees_is_a_script_too(tmp_path: Path, work: Path, address: str) -> None:
    path = changed(tmp_path / "a.pdf", on_page(link(Dictionary(S=Name.URI, URI=String(address)))))
    target, told = copied(path, work)
    assert told == [SCRIPTS]
    with pikepdf.open(target) as pdf:
        assert "/A" not in pdf.pages[0].obj.Annots[0]
