"""The sample documents are what their script draws, and their manifest tells the truth about them."""

import json
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat

import resources.samples
from console.ops.intake import plan
from resources.samples import draw

FOLDER = Path(resources.samples.__file__).parent
MANIFEST = json.loads((FOLDER / "samples.json").read_text("utf-8"))


def squeeze(text: str) -> str:
    return " ".join(text.split())


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures in grey levels, on a scale at which single pixels do not matter."""
    small = [image.convert("L").resize((400, 560), Image.Resampling.BOX) for image in (one, other)]
    return float(ImageStat.Stat(ImageChops.difference(*small)).mean[0])


def test_the_manifest_names_every_document_and_nothing_else():
    documents = {path.name for path in FOLDER.iterdir() if path.suffix in {".pdf", ".jpg"}}
    assert documents == {sample["file"] for sample in MANIFEST}
    assert {sample["languages"] for sample in MANIFEST} == {"eng", "deu", "vie"}


@pytest.mark.parametrize("sample", MANIFEST, ids=lambda sample: str(sample["file"]))
def test_the_phrases_stand_in_the_truth(sample):
    truth = squeeze((FOLDER / sample["truth"]).read_text("utf-8"))
    assert sample["phrases"]
    assert [phrase for phrase in sample["phrases"] if phrase not in truth] == []


@pytest.mark.parametrize("sample", [s for s in MANIFEST if s["file"].endswith(".pdf")], ids=lambda s: str(s["file"]))
def test_the_page_counts_are_right(sample):
    with pikepdf.open(FOLDER / sample["file"]) as document:
        assert len(document.pages) == sample["pages"]
    assert len((FOLDER / sample["truth"]).read_text("utf-8").split("\f")) == sample["pages"]


def test_only_the_born_digital_document_has_text():
    texts = {}
    for path in FOLDER.glob("*.pdf"):
        document = pypdfium2.PdfDocument(path)
        texts[path.stem] = squeeze(document[0].get_textpage().get_text_range())
        document.close()
    assert texts.pop("born-digital").startswith("Guide for Volunteers Welcome to the reading room")
    assert set(texts.values()) == {""}


def test_all_of_them_fit_into_two_and_a_half_megabytes():
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 2_500_000


def test_a_scanned_page_is_drawn_the_same_again():
    german = next(document for document in draw.scans() if document.name == "german-scan")
    document = pypdfium2.PdfDocument(FOLDER / "german-scan.pdf")
    committed = next(document[0].get_objects()).get_bitmap().to_pil()
    document.close()
    again = draw.scanned_page(german, 0)
    assert difference(again, committed) < 1.5
    turned = draw.scanned_page(draw.Scan("german-scan", german.style, (0.6,), german.seed), 0)
    assert difference(turned, committed) > 3


def test_the_photo_is_drawn_the_same_again():
    with Image.open(FOLDER / "photo.jpg") as committed:
        assert difference(draw.photo(), committed) < 1.5


def test_a_plan_knows_which_pages_have_text_already():
    found = {file.name: file.counts("auto").kept for file in plan([FOLDER]).files}
    assert found["born-digital.pdf"] == 1
    assert found["english-scan.pdf"] == found["photo.jpg"] == 0
