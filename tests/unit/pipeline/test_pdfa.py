"""PDF/A-2b: by our own look at its structure, and by a validator where there is one; what cannot be is told."""

from __future__ import annotations

import shutil
import struct
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from tests.unit.documents import SENTENCE, drawn, invisible, locked, picture, scan_pdf, text_pdf
from tests.unit.pipeline.test_textlayer import GREY, layer_words, lzw, packed, streams
from worker.core.examine import examine
from worker.core.jobs import Options
from worker.pipeline.assemble import assemble
from worker.pipeline.pdfa import ACTIONS, MADE, UNSEEN
from worker.pipeline.pdfa_checks import ANNOTATION, ATTACHMENTS, COLOURS, CONTENT, ELSEWHERE, MEDIA, PICTURE, SIZE
from worker.pipeline.read import read_page
from worker.pipeline.safe_pdf import SCRIPTS
from worker.tools.jpeg2000 import fits_pdfa
from worker.tools.toolbox import Toolbox

XMP = "{http://www.aiim.org/pdfa/ns/id/}"
DC = "{http://purl.org/dc/elements/1.1/}"
FORBIDDEN = {"/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState"}
UNSEEN_FLAGS = 1 | 2 | 32 | 256
Change = Callable[[pikepdf.Pdf], None]


@pytest.fixture
def copied(toolbox: Toolbox, work: Path) -> Callable[..., tuple[Path, list[str]]]:
    """Read a document and make its copy as PDF/A; what is told of it."""

    def go(path: Path, **options: Any) -> tuple[Path, list[str]]:
        document = examine(path)
        asked, told = Options(pdfa=True, **options), list[str]()
        readings = [read_page(document, page.number, asked, work, toolbox) for page in document.pages]
        made = assemble(document, readings, ("pdf",), work, options=asked, tell=told.append)
        return made["pdf"], told

    return go


def with_(path: Path, change: Change) -> Path:
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        change(pdf)
        pdf.save(path)
    return path


def kept(path: Path) -> pikepdf.Pdf:
    """The document, if its structure is one that PDF/A-2b asks for."""
    head = path.read_bytes()[:20]
    assert head.startswith(b"%PDF-1.7\n%")
    assert all(byte > 127 for byte in head[10:14])
    pdf = pikepdf.open(path)
    assert not pdf.is_encrypted
    assert len(pdf.trailer.ID) == 2
    root = pdf.Root
    assert not {"/AA", "/Requirements", "/NeedsRendering"} & set(root.keys())
    (intent,) = root.OutputIntents
    profile = intent.DestOutputProfile.read_bytes()
    assert (intent.S, int(intent.DestOutputProfile.N), profile[36:40]) == (Name.GTS_PDFA1, 3, b"acsp")
    assert (profile[8] <= 4, profile[12:20]) == (True, b"mntrRGB ")
    xmp = ET.fromstring(root.Metadata.read_bytes())
    assert [xmp.findtext(f".//{XMP}{name}") for name in ("part", "conformance")] == ["2", "B"]
    for page in pdf.pages:
        assert not {"/AA", "/PresSteps"} & set(page.obj.keys())
        for one in page.obj.get("/Annots", Array()):
            assert int(one.F) & 4
            assert not int(one.F) & UNSEEN_FLAGS
    for found in pdf.objects:
        if isinstance(found, Dictionary | pikepdf.Stream):
            assert str(found.get("/S")) not in FORBIDDEN
            assert found.get("/Filter") != Name.LZWDecode
            assert not found.get("/Interpolate", False)
    return pdf


@pytest.mark.parametrize("kind", ["scan.pdf", "a.jpg", "a.png", "a.tif"])
def test_scans_and_pictures_become_pdfa(copied: Any, tmp_path: Path, kind: str) -> None:
    path = scan_pdf(tmp_path / kind, copies=2) if kind.endswith("pdf") else picture(tmp_path / kind, dpi=(300, 300))
    target, told = copied(path)
    assert told == [MADE]
    with kept(target):
        assert [text for text, _ in layer_words(target, (1300, 200))] == SENTENCE.split()
    if kind in {"scan.pdf", "a.jpg"}:
        assert streams(target) == (streams(path) if kind == "scan.pdf" else [path.read_bytes()])


def test_the_font_of_the_text_layer_is_whole_and_as_wide_as_it_says(copied: Any, tmp_path: Path) -> None:
    target, _ = copied(scan_pdf(tmp_path / "a.pdf"))
    with kept(target) as pdf:
        (form,) = [one for one in pdf.pages[0].obj.Resources.XObject.values() if one.Subtype == Name.Form]
        (font,) = form.Resources.Font.values() if "/Font" in form.Resources else _inner(form).Resources.Font.values()
        inner = font.DescendantFonts[0]
        assert (font.Encoding, inner.Subtype, int(inner.DW)) == (Name("/Identity-H"), Name.CIDFontType2, 500)
        assert set(inner.CIDToGIDMap.read_bytes()[1::2]) == {1}, "every sign is drawn as glyph 1, none as .notdef"
        program = inner.FontDescriptor.FontFile2.read_bytes()
        assert len(program) == int(inner.FontDescriptor.FontFile2.Length1)
        count = struct.unpack(">H", program[4:6])[0]
        tables = {program[12 + 16 * i : 16 + 16 * i]: program[20 + 16 * i : 24 + 16 * i] for i in range(count)}
        place = {name: struct.unpack(">I", offset)[0] for name, offset in tables.items()}
        units = struct.unpack(">H", program[place[b"head"] + 18 : place[b"head"] + 20])[0]
        width = struct.unpack(">H", program[place[b"hmtx"] + 4 : place[b"hmtx"] + 6])[0]
        assert width * 1000 / units == int(inner.DW)
        assert b"beginbfrange" in font.ToUnicode.read_bytes()


def _inner(form: pikepdf.Object) -> pikepdf.Object:
    (inner,) = form.Resources.XObject.values()
    return inner


def attach(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["notes.txt"] = pikepdf.AttachedFileSpec(
        pdf, b"a note", description="", filename="notes.txt", mime_type="text/plain", creation_date="", mod_date=""
    )


def on_page(**annotation: Any) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(Dictionary(Rect=Array([1, 1, 9, 9]), **annotation))])

    return change


def draw(content: bytes) -> Change:
    return lambda pdf: pdf.pages[0].contents_add(content)


def reference(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Resources.XObject.Im1["/F"] = String("elsewhere.jpg")


def separation(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Resources.ColorSpace = Dictionary(
        C1=Array([Name.Separation, Name.Gold, Name.DeviceCMYK, Dictionary(FunctionType=2, Domain=Array([0, 1]), N=1)])
    )
    pdf.pages[0].contents_add(b"/C1 cs 1 scn 0 0 9 9 re f")


REFUSED: dict[str, tuple[Change, str]] = {
    "attachment": (attach, ATTACHMENTS),
    "font": (draw(b"BT /F1 9 Tf (seen) Tj ET"), "the font Helvetica is not embedded"),
    "missing font": (draw(b"BT /F9 9 Tf (seen) Tj ET"), "the font F9 is not embedded"),
    "printer's colour": (draw(b"0 0 0 1 k 0 0 9 9 re f"), COLOURS),
    "colour that is mixed of them": (separation, COLOURS),
    "note without a picture": (on_page(Subtype=Name.Text, Contents=String("hi")), ANNOTATION),
    "sound": (on_page(Subtype=Name.Sound), MEDIA),
    "operator": (draw(b"1 2 foo"), CONTENT.replace("{page}", "1")),
    "nesting": (draw(b"q " * 40 + b"Q " * 40), CONTENT.replace("{page}", "1")),
    "other file": (reference, ELSEWHERE),
    "size": (lambda pdf: pdf.pages[0].obj.__setitem__("/MediaBox", Array([0, 0, 20_000, 48])), SIZE),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_pdfa_is_told_and_stays_a_pdf(copied: Any, tmp_path: Path, name: str) -> None:
    change, reason = REFUSED[name]
    target, told = copied(with_(scan_pdf(tmp_path / "a.pdf"), change), mode="force")
    assert told == [f"The searchable copy is not PDF/A: {reason}."]
    with pikepdf.open(target) as pdf:
        assert "/OutputIntents" not in pdf.Root
        assert b"pdfaid" not in bytes(pdf.Root.Metadata.read_bytes() if "/Metadata" in pdf.Root else b"")


def test_a_printers_picture(copied: Any, tmp_path: Path) -> None:
    _, told = copied(picture(tmp_path / "a.jpg", dpi=(300, 300)).with_name("a.jpg"))
    assert told == [MADE]
    drawn(mode="CMYK").save(tmp_path / "b.jpg", dpi=(300, 300))
    _, told = copied(tmp_path / "b.jpg")
    assert told == [f"The searchable copy is not PDF/A: {COLOURS}."]


def test_unseen_text_needs_no_font_of_its_own(copied: Any, tmp_path: Path) -> None:
    """As the layers of scanners have it."""
    target, told = copied(scan_pdf(tmp_path / "a.pdf", more=invisible("The quick brown dog jumped over a lazy fox")))
    assert told == [MADE]
    kept(target).close()


def test_what_can_be_put_right_is(copied: Any, tmp_path: Path) -> None:
    def much(pdf: pikepdf.Pdf) -> None:
        script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
        hide = Dictionary(S=Name.Hide, T=String("x"))
        named = Dictionary(S=Name.Named, N=Name.NextPage)
        rect = Array([1, 1, 9, 9])
        links = [Dictionary(Subtype=Name.Link, Rect=rect, A=action) for action in (script, hide, named)]
        unseen = Dictionary(Subtype=Name.Link, Rect=rect, F=2, A=named)
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(one) for one in (*links, unseen)])
        pdf.pages[0].obj.AA = Dictionary(O=named)
        pdf.pages[0].obj.Resources.ExtGState = Dictionary(G1=Dictionary(TR=Name.Identity, ca=1))
        pdf.Root.Pages.Resources = pdf.pages[0].obj.Resources
        del pdf.pages[0].obj["/Resources"]
        pdf.Root.AA = Dictionary(WC=named)
        pdf.Root.Requirements = Array([])
        image = pdf.Root.Pages.Resources.XObject.Im1
        image.Interpolate, image.Alternates = True, Array([])
        image.Metadata = pdf.make_stream(b"<x/>")
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Layer")))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(AS=Array([]), Order=Array([])))
        pdf.docinfo["/Title"] = "Minutes <1> & more"
        pdf.docinfo["/Author"] = "Ada"

    source = with_(scan_pdf(tmp_path / "a.pdf"), much)
    path = locked(source, tmp_path / "locked.pdf")
    target, told = copied(path, keep_scripts=True)
    assert sorted(told) == sorted([SCRIPTS, ACTIONS, UNSEEN, MADE])
    with kept(target) as pdf:
        first, second, third = pdf.pages[0].obj.Annots
        assert ("/A" in first, "/A" in second, third.A.N) == (False, False, Name.NextPage)
        assert not {"/Alternates", "/Metadata"} & set(pdf.pages[0].obj.Resources.XObject.Im1.keys())
        assert "/TR" not in pdf.pages[0].obj.Resources.ExtGState.G1
        view = pdf.Root.OCProperties.D
        assert ("/AS" in view, "/Name" in view, len(view.Order)) == (False, True, 1)
        xmp = ET.fromstring(pdf.Root.Metadata.read_bytes())
        assert "".join(xmp.find(f".//{DC}title").itertext()) == "Minutes <1> & more"  # type: ignore[union-attr]
        assert "".join(xmp.find(f".//{DC}creator").itertext()) == "Ada"  # type: ignore[union-attr]
        assert str(pdf.docinfo["/Title"]) == "Minutes <1> & more"


def test_what_was_packed_by_lzw_is_packed_anew(copied: Any, tmp_path: Path) -> None:
    target, told = copied(packed(tmp_path / "a.pdf", lzw(GREY), Name.LZWDecode))
    assert told == [MADE]
    with kept(target) as pdf:
        assert pdf.pages[0].obj.Resources.XObject.Im2.read_bytes() == GREY


def test_a_title_that_stands_in_xmp_only_stays(copied: Any, tmp_path: Path) -> None:
    def titled(pdf: pikepdf.Pdf) -> None:
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata["dc:title"], metadata["dc:creator"] = "Minutes", ["Ada", "Grace"]

    target, _ = copied(with_(scan_pdf(tmp_path / "a.pdf"), titled))
    with kept(target) as pdf:
        xmp = ET.fromstring(pdf.Root.Metadata.read_bytes())
        assert ["".join(xmp.find(f".//{DC}{name}").itertext()) for name in ("title", "creator")] == [  # type: ignore[union-attr]
            "Minutes",
            "Ada, Grace",
        ]


def test_a_page_with_text_and_a_font_of_its_own(copied: Any, tmp_path: Path) -> None:
    """The usual letter: its fonts are those of every reader, and not in the file."""
    target, told = copied(text_pdf(tmp_path / "a.pdf", ["Hello reader of this page, which has text"]))
    assert told == ["The searchable copy is not PDF/A: the font Helvetica is not embedded."]
    assert target.exists()


def test_jpeg_2000(copied: Any, tmp_path: Path) -> None:
    drawn().save(tmp_path / "grey.jp2")
    drawn(mode="RGB").save(tmp_path / "rgb.jp2")
    drawn(mode="LA").save(tmp_path / "la.jp2")
    grey, rgb, two = ((tmp_path / f"{name}.jp2").read_bytes() for name in ("grey", "rgb", "la"))
    assert (fits_pdfa(grey), fits_pdfa(rgb), fits_pdfa(two)) == (True, True, False)
    assert not any(fits_pdfa(data) for data in (b"", grey[:30], grey[12:], b"\xff\x4f" + grey))

    def packed(data: bytes) -> Change:
        def change(pdf: pikepdf.Pdf) -> None:
            stream = pikepdf.Stream(pdf, data, Subtype=Name.Image, Width=1300, Height=200)
            stream.Filter = Name.JPXDecode
            pdf.pages[0].obj.Resources.XObject.Im2 = stream

        return change

    _, told = copied(with_(scan_pdf(tmp_path / "a.pdf"), packed(grey)))
    assert told == [MADE]
    _, told = copied(with_(scan_pdf(tmp_path / "b.pdf"), packed(two)))
    assert told == [f"The searchable copy is not PDF/A: {PICTURE}."]


def test_a_validator_agrees(copied: Any, tmp_path: Path) -> None:
    if (validator := shutil.which("verapdf")) is None:
        pytest.skip("there is no verapdf on this machine")
    for path in (scan_pdf(tmp_path / "a.pdf", copies=2), picture(tmp_path / "a.jpg", dpi=(300, 300))):
        target, _ = copied(path)
        words = [validator, "-f", "2b", "--format", "text", str(target)]
        ended = subprocess.run(words, capture_output=True, text=True, check=False)
        assert ended.stdout.startswith("PASS"), ended.stdout


def test_a_page_that_is_drawn_by_forms(copied: Any, tmp_path: Path) -> None:
    """A form that draws with what the page has gets that in its own name."""

    def formed(pdf: pikepdf.Pdf) -> None:
        form = pikepdf.Stream(pdf, b"q 312 0 0 48 0 0 cm /Im1 Do Q", Subtype=Name.Form, BBox=Array([0, 0, 312, 48]))
        pdf.pages[0].obj.Resources.XObject.Fm1 = form
        pdf.pages[0].obj.Contents = pdf.make_stream(b"/Fm1 Do")

    target, told = copied(with_(scan_pdf(tmp_path / "a.pdf"), formed))
    assert told == [MADE]
    with kept(target) as pdf:
        assert "/Im1" in pdf.pages[0].obj.Resources.XObject.Fm1.Resources.XObject
