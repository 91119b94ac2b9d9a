"""The searchable PDF as PDF/A-2b: what can be put right is, what says that it is PDF/A is written, nothing is drawn."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import pikepdf

from worker.core.examine_pdf import CONTRADICTIONS
from worker.core.said import clauses, said
from worker.pipeline.pdfa_checks import CONTRADICTS, reasons
from worker.pipeline.safe_pdf import Tell, make_safe
from worker.pipeline.words import clean

MADE = "The searchable copy is made as PDF/A-2b; no validator has checked it."
NOT_MADE = "The searchable copy is not PDF/A: {why}."
ACTIONS = "The file had actions that PDF/A forbids; the searchable copy does not have them."
UNSEEN = "The file had hidden notes or fields, which PDF/A forbids; the searchable copy does not have them."
VERSION = "1.7"

_MOST_REASONS = 3
_FORBIDDEN = dict.fromkeys(
    ("/Sound", "/Movie", "/ResetForm", "/Hide", "/SetOCGState", "/Rendition", "/Trans", "/SetState", "/NOP"), ACTIONS
)
_UNSEEN = 1 | 2 | 32 | 256  # invisible, hidden, no view, toggled
_PRINTED, _STAYS = 4, 8 | 16  # the second: a note neither grows nor turns with the page
_DATE = "%Y-%m-%dT%H:%M:%S%z"
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
{entries}</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
_LISTED = {
    "/Title": '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:title>',
    "/Author": "<dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator>",
    "/Subject": '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:description>',
    "/Keywords": "<pdf:Keywords>{}</pdf:Keywords>",
    "/Creator": "<xmp:CreatorTool>{}</xmp:CreatorTool>",
    "/Producer": "<pdf:Producer>{}</pdf:Producer>",
}


def make_pdfa(pdf: pikepdf.Pdf, tell: Tell) -> bool:
    """Make it PDF/A-2b before it is saved, or tell why that cannot be; then it stays the PDF that it is.

    Save it as VERSION, unencrypted. Text in other layers than ours is not looked into: fonts may still lie.
    """
    try:
        for page in pdf.pages:
            page.obj.Resources = page.resources  # in its own name, not by inheritance
        if not (found := list(dict.fromkeys(reasons(pdf)))):
            _put_right(pdf, tell)
            _write_metadata(pdf)
    except CONTRADICTIONS:
        found = [CONTRADICTS]
    tell(said(NOT_MADE, why=clauses(found[:_MOST_REASONS])) if found else MADE)
    return not found


def _put_right(pdf: pikepdf.Pdf, tell: Tell) -> None:
    make_safe(pdf, tell, more=_FORBIDDEN, events=False)
    _clean_catalog(pdf)
    for page in pdf.pages:
        _clean_page(page, tell)
    for whole in pdf.objects:
        if isinstance(whole, pikepdf.Stream):
            _clean_stream(whole, pdf)
    pdf.Root.OutputIntents = pikepdf.Array([pdf.make_indirect(_intent(pdf))])


def _clean_catalog(pdf: pikepdf.Pdf) -> None:
    root = pdf.Root
    for key in ("/AA", "/Requirements", "/Version", "/Extensions", "/Legal"):
        _drop(root, key)
    _drop(root.get("/Names"), "/AlternatePresentations")
    form = root.get("/AcroForm")
    _drop(form, "/NeedAppearances")
    layers = root.get("/OCProperties")
    if isinstance(layers, pikepdf.Dictionary):
        for number, view in enumerate(_views(layers), 1):
            _drop(view, "/AS")
            view.Name = pikepdf.String(f"{view.get('/Name', 'View')} {number}")
            if "/Order" in view:
                view.Order = layers.OCGs  # each layer must be named there


def _views(layers: Any) -> Iterator[Any]:  # noqa: ANN401 - pikepdf's objects are of many types
    yield from (one for one in [layers.get("/D"), *layers.get("/Configs", [])] if isinstance(one, pikepdf.Dictionary))


def _clean_page(page: pikepdf.Page, tell: Tell) -> None:
    _drop(page.obj, "/PresSteps")
    for form in _forms(page.obj.Resources):
        form.Resources = page.obj.Resources
    for state in _values(page.obj.Resources, "/ExtGState"):
        for key in ("/TR", "/TR2", "/HTP"):  # for printers; a viewer knows nothing of them
            _drop(state, key)
    annotations = page.obj.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return
    kept = [one for one in annotations if isinstance(one, pikepdf.Dictionary) and not _is_unseen(one)]
    if len(kept) < len(annotations):
        tell(UNSEEN)
        page.obj.Annots = pikepdf.Array(kept)
    for one in kept:
        stays = _STAYS if one.get("/Subtype") == pikepdf.Name.Text else 0
        one.F = (int(one.get("/F", 0)) | _PRINTED | stays) & ~_UNSEEN
        for key in ("/D", "/R"):
            _drop(one.get("/AP"), key)
        if one.get("/Subtype") == pikepdf.Name.Widget:
            _drop(one, "/A")


def _is_unseen(annotation: Any) -> bool:  # noqa: ANN401
    return annotation.get("/Subtype") != pikepdf.Name.Popup and bool(int(annotation.get("/F", 0)) & _UNSEEN)


def _forms(resources: Any) -> Iterator[Any]:  # noqa: ANN401
    """Forms that draw with what the page has: they need that in their own name."""
    for form in _values(resources, "/XObject"):
        if isinstance(form, pikepdf.Stream) and form.get("/Subtype") == pikepdf.Name.Form and "/Resources" not in form:
            yield form


def _values(resources: Any, key: str) -> Iterator[Any]:  # noqa: ANN401
    found = resources.get(key)
    yield from found.values() if isinstance(found, pikepdf.Dictionary) else ()


def _clean_stream(stream: pikepdf.Stream, pdf: pikepdf.Pdf) -> None:
    """Pictures without what is for other devices, no packing by LZW, no metadata of parts whose schemas are unknown."""
    for key in ("/Alternates", "/OPI", "/PS", "/Subtype2"):
        _drop(stream, key)
    filters = stream.get("/Filter")
    if pikepdf.Name.LZWDecode in (filters if isinstance(filters, pikepdf.Array) else [filters]):
        stream.write(zlib.compress(stream.read_bytes()), filter=pikepdf.Name.FlateDecode)
    if stream.get("/Interpolate", False):
        stream.Interpolate = False
    if stream.objgen != pdf.Root.get("/Metadata", pikepdf.Dictionary()).objgen:
        _drop(stream, "/Metadata")


def _drop(holder: Any, key: str) -> None:  # noqa: ANN401
    if isinstance(holder, pikepdf.Dictionary | pikepdf.Stream) and key in holder:
        del holder[key]


def _intent(pdf: pikepdf.Pdf) -> pikepdf.Dictionary:
    profile = pikepdf.Stream(pdf, _srgb(), N=3, Alternate=pikepdf.Name.DeviceRGB)
    return pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name.GTS_PDFA1,
        OutputConditionIdentifier=pikepdf.String("sRGB IEC61966-2.1"),
        Info=pikepdf.String("sRGB IEC61966-2.1"),
        DestOutputProfile=pdf.make_indirect(profile),
    )


@cache
def _srgb() -> bytes:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _write_metadata(pdf: pikepdf.Pdf) -> None:
    """What the file says of itself, in the schemas that PDF/A knows; a property of another would need a schema."""
    said_before = {key: clean(str(pdf.docinfo[key])).strip() for key in _LISTED if key in pdf.docinfo}
    if pdf.Root.get("/Metadata") is not None:
        said_before = {**_described(pdf), **{key: text for key, text in said_before.items() if text}}
    entries = [form.format(escape(said_before[key])) for key, form in _LISTED.items() if said_before.get(key)]
    now = datetime.now(UTC).strftime(_DATE)
    entries.append(f"<xmp:ModifyDate>{now[:-2]}:{now[-2:]}</xmp:ModifyDate>")
    packet = _XMP.format(entries="\n".join(entries))
    pdf.Root.Metadata = pdf.make_stream(packet.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)


def _described(pdf: pikepdf.Pdf) -> dict[str, str]:
    """Of a file that says it in XMP only."""
    names = {"/Title": "dc:title", "/Author": "dc:creator", "/Subject": "dc:description", "/Keywords": "pdf:Keywords"}
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        found = {key: metadata.get(name) for key, name in names.items()}
    lists = {key: list(value) if isinstance(value, list | set) else [value] for key, value in found.items()}
    texts = {key: ", ".join(str(one) for one in values if one) for key, values in lists.items()}
    return {key: clean(text) for key, text in texts.items() if text}
