"""PDFs that break OCR systems."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.hazards.hazard import DONE, TAKEN, Hazard
from tests.unit.documents import SENTENCE, drawn, locked, page_pdf, scan_pdf, text_pdf

READS = "quick brown dog"
PASSWORD = "sesame 7"


def _with_root(path: Path, **entries: Any) -> None:
    with pikepdf.open(scan_pdf(path), allow_overwriting_input=True) as pdf:
        for name, value in entries.items():
            pdf.Root[f"/{name}"] = value
        pdf.save(path)


def _locked(path: Path, user: str) -> None:
    plain = path.with_suffix(".plain")
    locked(scan_pdf(plain), path, user=user)
    plain.unlink()


def _no_pages(path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.save(path)


def _cut(path: Path, share: float, copies: int = 3) -> None:
    scan_pdf(path, copies=copies)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])


def _wrong_index(path: Path) -> None:
    """Every offset is off by some bytes, as a mail program leaves it that changed the ends of lines."""
    with pikepdf.open(scan_pdf(path), allow_overwriting_input=True) as pdf:
        pdf.save(path, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    head, rest = path.read_bytes().split(b"\n", 1)
    path.write_bytes(head + b"\n% seven\n" + rest)


def _xfa(path: Path) -> None:
    _with_root(path, AcroForm=Dictionary(Fields=Array(), XFA=String("<xdp/>")), NeedsRendering=True)


def _signed(path: Path) -> None:
    field = Dictionary(FT=Name.Sig, T=String("Signature"), V=Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite")))
    _with_root(path, AcroForm=Dictionary(Fields=Array([field]), SigFlags=3))


def _many_objects(path: Path) -> None:
    with pikepdf.open(scan_pdf(path), allow_overwriting_input=True) as pdf:
        pdf.Root.Many = Array([pdf.make_indirect(Dictionary(Number=number)) for number in range(100_000)])
        pdf.save(path, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def _many_strokes(path: Path) -> None:
    places = ((n % 600, n // 130) for n in range(100_000))
    strokes = b"".join(b"%d %d m %d %d l S\n" % (x, y, x + 2, y + 3) for x, y in places)
    page_pdf(path, b"0.1 w\n" + strokes)


def _forms_in_forms(path: Path, depth: int, kind: str = "/Form") -> None:
    """A scan that is drawn by a form in a form in a form."""
    scan_pdf(path)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0].obj
        inner, content = page.Resources, b"q 312 0 0 48 0 0 cm /Im1 Do Q"
        for _ in range(depth):
            form = pdf.make_stream(content)
            form.Type, form.Subtype, form.BBox, form.Resources = Name.XObject, Name(kind), Array([0, 0, 312, 48]), inner
            inner, content = Dictionary(XObject=Dictionary(Fm=form)), b"/Fm Do"
        page.Resources, page.Contents = inner, pdf.make_stream(content)
        pdf.save(path)


def _deep_tree(path: Path, depth: int) -> None:
    """A page below so many nodes."""
    scan_pdf(path)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        kid, count = pdf.pages[0].obj, 1
        for _ in range(depth):
            node = pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=Array([kid]), Count=count))
            kid.Parent = node
            kid = node
        pdf.Root.Pages = kid
        pdf.save(path)


def _nul(path: Path) -> None:
    """The font says that an A is a NUL."""
    text_pdf(path, [f"A {SENTENCE} A"])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        maps = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
        maps += b"1 beginbfchar <41> <0000> endbfchar 1 beginbfrange <61> <7a> <0061> endbfrange endcmap end"
        pdf.pages[0].obj.Resources.Font.F1.ToUnicode = pdf.make_stream(maps)
        pdf.save(path)


def _enormous(path: Path, inches: int) -> None:
    side = inches * 72
    page_pdf(path, b"0 0 m 100 100 l S", image=drawn(), MediaBox=[0, 0, side, side])


PAPERS = (
    Hazard("owner password only", "no-copying.pdf", lambda path: _locked(path, ""), DONE, "owner password", READS),
    Hazard("password", "locked.pdf", lambda path: _locked(path, PASSWORD), "needs_password", "locked", plan=TAKEN),
    Hazard("zero pages", "no-pages.pdf", _no_pages, "no_pages", "no pages"),
    Hazard(
        "truncated, can be repaired",
        "cut-at-the-end.pdf",
        lambda path: _cut(path, 0.995),
        DONE,
        "repaired",
        READS,
        pages=3,
    ),
    Hazard(
        "truncated beyond repair",
        "cut-at-the-start.pdf",
        lambda path: _cut(path, 0.1),
        "corrupt",
        "damaged beyond repair",
    ),
    Hazard("bad xref", "mailed.pdf", _wrong_index, DONE, "repaired", READS),
    Hazard(
        "garbage behind the magic", "garbage.pdf", lambda path: path.write_bytes(b"%PDF-1.7\n" + b"x" * 999), "corrupt"
    ),
    Hazard("XFA form", "please-wait.pdf", _xfa, "unsupported_form", "XFA"),
    Hazard("signed", "signed.pdf", _signed, DONE, "not signed", READS),
    Hazard(
        "page of 5,000 inches",
        "banner.pdf",
        lambda path: _enormous(path, 5000),
        "too_large",
        "5,?000 × 5,?000",
        plan=TAKEN,
    ),
    Hazard("page of 300 inches", "poster.pdf", lambda path: _enormous(path, 300), DONE, heavy=True),
    Hazard("100,000 objects", "objects.pdf", _many_objects, DONE, reads=READS, heavy=True),
    Hazard("100,000 strokes", "strokes.pdf", _many_strokes, DONE, heavy=True),
    Hazard("forms in forms", "forms.pdf", lambda path: _forms_in_forms(path, 200), DONE),
    Hazard("deep tree of pages", "tree.pdf", lambda path: _deep_tree(path, 40), DONE, reads=READS),
    Hazard("tree of pages without end", "jungle.pdf", lambda path: _deep_tree(path, 3000), "corrupt", "damaged"),
    Hazard("NUL in the text", "nul.pdf", _nul, DONE),
    Hazard("blank page", "blank.pdf", lambda path: page_pdf(path, b""), DONE),
)
