"""The searchable PDF runs nothing and pretends nothing; what a reader uses is as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from tests.unit.documents import page_pdf, scan_pdf
from worker.core.document import Document, Limits
from worker.core.examine import examine
from worker.core.examine_pdf import SIGNED
from worker.core.jobs import Options
from worker.pipeline.safe_pdf import MEDIA, SCRIPTS, SECOND_FORM, SENDS, STARTS
from worker.pipeline.textlayer import lay_over

JS = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
LAUNCH = Dictionary(S=Name.Launch, F=String("calc.exe"))
SUBMIT = Dictionary(S=Name.SubmitForm, F=String("http://example.com"))
IMPORT = Dictionary(S=Name.ImportData, F=String("a.fdf"))
WEB = Dictionary(S=Name.URI, URI=String("https://example.com/"))
NEXT_PAGE = Dictionary(S=Name.Named, N=Name.NextPage)
Change = Callable[[pikepdf.Pdf], None]


def changed(path: Path, change: Change, copies: int = 2) -> Path:
    """A document of scans with something in it."""
    scan_pdf(path, copies=copies)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        change(pdf)
        pdf.save(path)
    return path


def copied(path: Path, work: Path, **options: Any) -> tuple[Path, list[str]]:
    """Its searchable copy, and what is told of it."""
    document: Document = examine(path)
    told: list[str] = []
    target = work / "copy.pdf"
    lay_over(document, {}, [], work, target, Limits(), options=Options(**options), tell=told.append)
    return target, told


def dictionaries(found: Any) -> Iterator[pikepdf.Object]:
    """Everything that lies in an object itself."""
    if isinstance(found, Array):
        inside = list(found)
    elif isinstance(found, Dictionary | pikepdf.Stream):
        yield found
        inside = [found[key] for key in list(found.keys())]
    else:
        return
    for one in inside:
        if isinstance(one, pikepdf.Object) and not one.is_indirect:
            yield from dictionaries(one)


def unwanted(path: Path) -> list[str]:
    """What runs or sends, wherever it lies in a file: every object is looked at."""
    kinds = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/RichMedia", "/3D"}
    found = []
    with pikepdf.open(path) as pdf:
        for whole in pdf.objects:
            for one in dictionaries(whole):
                found += [f"{key}" for key in ("/JS", "/JavaScript", "/XFA", "/RichMediaContent", "/3DD") if key in one]
                found += [kind for kind in kinds for key in ("/S", "/Subtype") if one.get(key) == Name(kind)]
    return found


def fresh(found: pikepdf.Object) -> pikepdf.Object:
    """The same, in no document yet."""
    return pikepdf.Object.parse(found.unparse(resolved=False))


def attached(pdf: pikepdf.Pdf) -> pikepdf.AttachedFileSpec:
    return pikepdf.AttachedFileSpec(
        pdf, b"a note", description="", filename="notes.txt", mime_type="text/plain", creation_date="", mod_date=""
    )


def link(action: pikepdf.Object, **more: Any) -> pikepdf.Object:
    return Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([1, 1, 9, 9]), A=action, **more)


def on_page(*annotations: pikepdf.Object) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(fresh(one)) for one in annotations])

    return change


def in_catalog(**entries: Any) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        for key, value in entries.items():
            pdf.Root[f"/{key}"] = value

    return change


def field(**entries: Any) -> pikepdf.Object:
    return Dictionary(FT=Name.Tx, T=String("name"), **entries)


def form(*fields: pikepdf.Object, **more: Any) -> Change:
    return in_catalog(AcroForm=Dictionary(Fields=Array(fields), **more))


def bookmark(action: pikepdf.Object) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("First", 0))
            outline.root[0].children.append(pikepdf.OutlineItem("Second", 1))
        pdf.Root.Outlines.First.First.A = action

    return change


def ring(pdf: pikepdf.Pdf) -> None:
    one, two = pdf.make_indirect(fresh(JS)), pdf.make_indirect(fresh(NEXT_PAGE))
    one.Next, two.Next = Array([two, one, two]), Array([one, one, two, two])
    pdf.Root.OpenAction = two


def deep(pdf: pikepdf.Pdf) -> None:
    last = pdf.make_indirect(fresh(JS))
    for _ in range(3000):
        last = pdf.make_indirect(Dictionary(S=Name.Named, N=Name.NextPage, Next=last))
    pdf.pages[0].obj.AA = Dictionary(O=last)


UNWANTED: dict[str, tuple[Change, str]] = {
    "document script": (in_catalog(Names=Dictionary(JavaScript=Dictionary(Names=Array([String("a"), JS])))), SCRIPTS),
    "open action": (in_catalog(OpenAction=JS), SCRIPTS),
    "document event": (in_catalog(AA=Dictionary(WC=JS, WS=NEXT_PAGE)), SCRIPTS),
    "page event": (lambda pdf: pdf.pages[1].obj.__setitem__("/AA", Dictionary(O=JS)), SCRIPTS),
    "link": (on_page(link(JS)), SCRIPTS),
    "link in an address": (on_page(link(Dictionary(S=Name.URI, URI=String(" JavaScript:alert(1)")))), SCRIPTS),
    "annotation event": (on_page(link(WEB, AA=Dictionary(E=JS))), SCRIPTS),
    "rendition": (on_page(link(Dictionary(S=Name.Rendition, OP=0, JS=String("app.alert(1)")))), SCRIPTS),
    "after another": (on_page(link(Dictionary(S=Name.Named, N=Name.NextPage, Next=Array([WEB, JS])))), SCRIPTS),
    "field": (form(field(AA=Dictionary(K=JS, F=JS))), SCRIPTS),
    "field in a field": (form(field(Kids=Array([field(AA=Dictionary(V=JS))]))), SCRIPTS),
    "bookmark": (bookmark(JS), SCRIPTS),
    "ring of actions": (ring, SCRIPTS),
    "deep chain": (deep, SCRIPTS),
    "second form": (form(field(), XFA=Array([String("template"), String("<script/>")])), SECOND_FORM),
    "program": (on_page(link(LAUNCH)), STARTS),
    "program at once": (in_catalog(OpenAction=LAUNCH), STARTS),
    "sent": (form(field(A=SUBMIT)), SENDS),
    "fetched": (on_page(link(IMPORT)), SENDS),
    "flash": (
        on_page(Dictionary(Subtype=Name.RichMedia, Rect=Array([1, 1, 9, 9]), RichMediaContent=Dictionary())),
        MEDIA,
    ),
}


@pytest.mark.parametrize("name", UNWANTED)
def test_what_runs_or_sends_is_gone_and_told(tmp_path: Path, work: Path, name: str) -> None:
    change, sentence = UNWANTED[name]
    path = changed(tmp_path / "a.pdf", change)
    assert unwanted(path) or "address" in name, "there was something"
    target, told = copied(path, work)
    assert (unwanted(target), told) == ([], [sentence])
    with pikepdf.open(target) as pdf:
        assert "javascript:" not in str(pdf.pages[0].obj.get("/Annots", "")).lower()
        assert len(pdf.pages) == 2


@pytest.mark.parametrize("name", UNWANTED)
def test_all_of_it_stays_where_that_is_asked_for(tmp_path: Path, work: Path, name: str) -> None:
    path = changed(tmp_path / "a.pdf", UNWANTED[name][0])
    target, told = copied(path, work, keep_scripts=True)
    assert (sorted(unwanted(target)), told) == (sorted(unwanted(path)), [])


def test_an_action_stays_without_what_follows_it(tmp_path: Path, work: Path) -> None:
    chained = Dictionary(S=Name.Named, N=Name.NextPage, Next=Array([JS, WEB, LAUNCH]))
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"), Next=WEB)
    target, told = copied(changed(tmp_path / "a.pdf", on_page(link(chained), link(script))), work)
    assert sorted(told) == sorted([SCRIPTS, STARTS])
    with pikepdf.open(target) as pdf:
        first, second = pdf.pages[0].obj.Annots
        assert (first.A.N, [str(one.URI) for one in first.A.Next]) == (Name.NextPage, ["https://example.com/"])
        assert str(second.A.URI) == "https://example.com/"


def test_what_a_reader_uses_is_as_it_was(tmp_path: Path, work: Path) -> None:
    """Links, bookmarks, forms, names of places, labels, tags, layers, attachments, and what a file says of itself."""

    def rich(pdf: pikepdf.Pdf) -> None:
        place = Array([pdf.pages[1].obj, Name.Fit])
        on_page(
            link(WEB), link(NEXT_PAGE), Dictionary(Subtype=Name.Link, Rect=Array([1, 1, 9, 9]), Dest=String("there"))
        )(pdf)
        form(pdf.make_indirect(field(V=String("Ada"))), NeedAppearances=True)(pdf)
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Layer")))
        in_catalog(
            Names=Dictionary(Dests=Dictionary(Names=Array([String("there"), place]))),
            PageLabels=Dictionary(Nums=Array([0, Dictionary(S=Name.r)])),
            OCProperties=Dictionary(OCGs=Array([layer]), D=Dictionary(Order=Array([layer]))),
            StructTreeRoot=pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot)),
            MarkInfo=Dictionary(Marked=True),
            Lang=String("de"),
            ViewerPreferences=Dictionary(DisplayDocTitle=True),
            OpenAction=place,
        )(pdf)
        pdf.attachments["notes.txt"] = attached(pdf)
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Second page", 1))
        pdf.docinfo["/Title"] = "The minutes"
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata["dc:creator"] = ["Ada"]

    target, told = copied(changed(tmp_path / "a.pdf", rich), work)
    assert told == []
    with pikepdf.open(tmp_path / "a.pdf") as before, pikepdf.open(target) as after:
        root, was = after.Root, before.Root
        assert [sorted(map(str, one.keys())) for one in (root, root.Names)] == [
            sorted(map(str, one.keys())) for one in (was, was.Names)
        ]
        web, next_page, there = after.pages[0].obj.Annots
        assert (str(web.A.URI), next_page.A.N, str(there.Dest)) == ("https://example.com/", Name.NextPage, "there")
        assert root.Names.Dests.Names[1][0].objgen == after.pages[1].obj.objgen == root.OpenAction[0].objgen
        assert (str(after.pages[1].label), str(root.Lang), bool(root.MarkInfo.Marked)) == ("ii", "de", True)
        assert str(root.OCProperties.OCGs[0].Name) == "Layer"
        assert root.StructTreeRoot.Type == Name.StructTreeRoot
        assert [str(one.V) for one in root.AcroForm.Fields] == ["Ada"]
        assert after.attachments["notes.txt"].get_file().read_bytes() == b"a note"
        with after.open_outline() as outline:
            assert [item.title for item in outline.root] == ["Second page"]
        assert str(after.docinfo["/Title"]) == "The minutes"
        assert after.open_metadata()["dc:creator"] == ["Ada"]


def test_a_signature_is_gone_and_what_is_seen_of_it_stays(tmp_path: Path, work: Path) -> None:
    def sign(pdf: pikepdf.Pdf) -> None:
        value = pdf.make_indirect(
            Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), ByteRange=Array([0, 1, 2, 3]))
        )
        seen = pdf.make_stream(b"0 0 9 9 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
        signature = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Sig,
                T=String("Signature1"),
                Rect=Array([1, 1, 9, 9]),
                AP=Dictionary(N=seen),
                V=value,
            )
        )
        form(signature, pdf.make_indirect(field(V=String("Ada"))), SigFlags=3)(pdf)
        pdf.pages[0].obj.Annots = Array([signature])
        in_catalog(Perms=Dictionary(DocMDP=value), DSS=Dictionary())(pdf)

    target, told = copied(changed(tmp_path / "a.pdf", sign), work)
    assert told == [SIGNED]
    with pikepdf.open(target) as pdf:
        assert not {"/Perms", "/DSS"} & set(pdf.Root.keys())
        assert "/SigFlags" not in pdf.Root.AcroForm
        signature, other = pdf.Root.AcroForm.Fields
        assert ("/V" in signature, "/AP" in signature, str(other.V)) == (False, True, "Ada")
        assert not any("/ByteRange" in one for whole in pdf.objects for one in dictionaries(whole))


def test_contradictions_do_not_hide_what_runs(tmp_path: Path, work: Path) -> None:
    def strange(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Outlines = Array([1])
        pdf.Root.AcroForm = Dictionary(Fields=Dictionary())
        pdf.Root.Names = String("no names")
        pdf.pages[0].obj.Annots = Array([None, 1, Dictionary(AA=Array([])), link(JS), Dictionary(A=None)])
        pdf.pages[0].obj.AA = String("no events")
        pdf.pages[1].obj.Annots = pdf.make_indirect(Dictionary(S=Name.No))
        pdf.pages[1].obj.AA = Dictionary(C=Dictionary(S=String("JavaScript"), JS=String("app.alert(1)")), O=1)

    target, told = copied(changed(tmp_path / "a.pdf", strange), work)
    assert (unwanted(target), told) == ([], [SCRIPTS])


def test_a_name_may_be_any_bytes(tmp_path: Path, work: Path) -> None:
    path = changed(tmp_path / "a.pdf", on_page(link(JS)))
    path.write_bytes(path.read_bytes().replace(b"/Link", b"/L\x9enk"))
    target, told = copied(path, work)
    assert (unwanted(target), told) == ([], [SCRIPTS])


def test_a_picture_needs_no_cleaning(tmp_path: Path, work: Path) -> None:
    target, told = copied(page_pdf(tmp_path / "a.pdf", b"0 0 9 9 re f"), work)
    assert told == []
    assert target.exists()
