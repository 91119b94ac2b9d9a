"""ALTO 4: the elements and attributes that its schema has, in its order, with values that it allows."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.unit.documents import scan_pdf, text_pdf
from tests.unit.pipeline.conftest import Read
from tests.unit.pipeline.readings import paragraph, reading
from worker.core.document import Document
from worker.core.jobs import Page
from worker.pipeline.assemble import assemble
from worker.pipeline.read import PageReading

NS = "{http://www.loc.gov/standards/alto/ns-v4#}"
BOX = {"HPOS", "VPOS", "WIDTH", "HEIGHT"}
# What ALTO 4.4 allows of what is written here: element → its children in their order, needed and other attributes.
SCHEMA: Mapping[str, tuple[str, set[str], set[str]]] = {
    "alto": ("Description Layout", set(), {"SCHEMAVERSION", "schemaLocation"}),
    "Description": ("MeasurementUnit sourceImageInformation Processing*", set(), set()),
    "sourceImageInformation": ("fileName", set(), set()),
    "Processing": (
        "processingCategory processingStepDescription processingStepSettings? processingSoftware",
        {"ID"},
        set(),
    ),
    "processingSoftware": ("softwareName softwareVersion?", set(), set()),
    "Layout": ("Page+", set(), set()),
    "Page": ("PrintSpace", {"ID", "PHYSICAL_IMG_NR"}, {"WIDTH", "HEIGHT", "PC", "QUALITY", "PROCESSINGREFS"}),
    "PrintSpace": ("(TextBlock|Illustration|GraphicalElement)*", set(), BOX),
    "TextBlock": ("TextLine+", {"ID"}, {*BOX, "BASEDIRECTION"}),
    "Illustration": ("", {"ID"}, BOX),
    "GraphicalElement": ("", {"ID"}, BOX),
    "TextLine": ("String (SP String)*", set(), {"ID", *BOX}),
    "String": ("", {"CONTENT"}, {*BOX, "WC"}),
    "SP": ("", set(), {"HPOS", "VPOS", "WIDTH"}),
}
TEXTS = {"MeasurementUnit", "fileName", "processingCategory", "processingStepDescription", "processingStepSettings"} | {
    "softwareName",
    "softwareVersion",
}
CATEGORIES = {"contentGeneration", "contentModification", "preOperation", "postOperation", "other"}


def checked(path: Path) -> ET.Element:
    """The document, if it keeps to the schema."""
    root = ET.parse(path).getroot()
    assert root.tag == f"{NS}alto"
    for element in root.iter():
        assert element.tag.startswith(NS)
        name = element.tag.removeprefix(NS)
        attributes = {key.rpartition("}")[2] for key in element.attrib}
        if name in TEXTS:
            assert not attributes
            assert not len(element)
            continue
        children, needed, others = SCHEMA[name]
        assert needed <= attributes <= needed | others, name
        assert not (element.text or "").strip()
        pattern = re.sub(r"\w+", lambda match: f"(?:{match[0]},)", children).replace(" ", "")
        assert re.fullmatch(pattern, "".join(f"{child.tag.removeprefix(NS)}," for child in element)), name
        for key in BOX & attributes:
            assert float(element.attrib[key]) >= 0
        for key in {"WC", "PC"} & attributes:
            assert 0 <= float(element.attrib[key]) <= 1
    ids = [element.attrib["ID"] for element in root.iter() if "ID" in element.attrib]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", mark) for mark in ids), "names in XML"
    assert {page.attrib["PROCESSINGREFS"] for page in root.iter(f"{NS}Page")} <= set(ids)
    assert root.findtext(f"{NS}Description/{NS}MeasurementUnit") == "pixel"
    assert {element.text for element in root.iter(f"{NS}processingCategory")} <= CATEGORIES
    return root


def strings(root: ET.Element) -> list[str]:
    return [element.attrib["CONTENT"] for element in root.iter(f"{NS}String")]


def test_a_scan_and_a_page_with_text_of_its_own(read: Read, tmp_path: Path) -> None:
    readings, outputs = read(scan_pdf(tmp_path / "a & <b>.pdf", copies=2))
    root = checked(outputs["alto"])
    assert [page.attrib["PHYSICAL_IMG_NR"] for page in root.iter(f"{NS}Page")] == ["1", "2"]
    words = [word for one in readings for word in one.words]
    found = list(root.iter(f"{NS}String"))
    assert [element.attrib["CONTENT"] for element in found] == [word.text for word in words]
    boxes = [tuple(int(element.attrib[key]) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT")) for element in found]
    assert boxes == [(word.x, word.y, word.w, word.h) for word in words]
    assert [float(element.attrib["WC"]) for element in found] == pytest.approx([word.conf / 100 for word in words])
    read_step, _ = root.iter(f"{NS}Processing")
    assert read_step.findtext(f".//{NS}softwareName") == "tesserocr"
    assert re.fullmatch(r"5\.\d+.*", read_step.findtext(f".//{NS}softwareVersion") or "")
    assert root.findtext(f".//{NS}fileName") == "a & <b>.pdf"
    assert str(tmp_path) not in outputs["alto"].read_text()

    _, outputs = read(text_pdf(tmp_path / "b.pdf", ["Hello, <reader> of this & page"]))
    root = checked(outputs["alto"])
    assert strings(root) == ["Hello,", "<reader>", "of", "this", "&", "page"]
    assert [page.attrib["PROCESSINGREFS"] for page in root.iter(f"{NS}Page")] == ["taken"]


def test_pages_without_words_are_there(work: Path) -> None:
    readings = [
        reading(work, 1, [], state="blank"),
        PageReading(Page(2, "failed", error_class="engine_crashed", error="It crashed.")),
        reading(work, 3, [paragraph("a hyphen at the end of a li-", "ne stays")]),
    ]
    root = checked(assemble(document(work), readings, ("alto",), work)["alto"])
    assert [page.get("QUALITY") for page in root.iter(f"{NS}Page")] == [None, "Missing", None]
    assert strings(root)[-3:] == ["li-", "ne", "stays"]


def test_pictures_and_rules_have_their_places(work: Path) -> None:
    one = reading(work, 1, [paragraph("before"), paragraph("after", y=900)])
    drawn = "".join(
        f"<div class='{kind}' id='block_1_9' title=\"bbox {left} 400 900 800\"></div>"
        for kind, left in (("ocr_photo", 100), ("ocr_separator", 200))
    )
    first, mark, rest = (text := one.files["hocr"].read_text()).rpartition("<div class='ocr_carea'")
    assert text
    one.files["hocr"].write_text(first + drawn + mark + rest)
    space = checked(assemble(document(work), [one], ("alto",), work)["alto"]).find(f".//{NS}PrintSpace")
    assert space is not None
    assert [element.tag.removeprefix(NS) for element in space] == [
        "TextBlock",
        "Illustration",
        "GraphicalElement",
        "TextBlock",
    ]
    assert [space[1].attrib[key] for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT")] == ["100", "400", "800", "400"]


def test_what_is_written_from_the_right_says_so(work: Path) -> None:
    one = reading(work, 1, [paragraph("שלום עולם")], direction="rtl")
    root = checked(assemble(document(work), [one], ("alto",), work)["alto"])
    assert strings(root) == ["שלום", "עולם"]
    assert [block.get("BASEDIRECTION") for block in root.iter(f"{NS}TextBlock")] == ["rtl"]
    first, second = root.iter(f"{NS}String")
    (space,) = root.iter(f"{NS}SP")
    assert int(second.attrib["HPOS"]) + int(second.attrib["WIDTH"]) == int(space.attrib["HPOS"])
    assert int(space.attrib["HPOS"]) + int(space.attrib["WIDTH"]) == int(first.attrib["HPOS"])


def document(work: Path) -> Document:
    return Document(work / "a.png", "a.png", "image", "image/png", "png", ())
