"""Take out of a PDF what runs programs or sends data, and signatures that no longer hold; everything else stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType

import pikepdf

from worker.core.examine_pdf import CONTRADICTIONS, SIGNED

SCRIPTS = "The file had scripts (JavaScript); the searchable copy has none."
STARTS = "The file could start programs; the searchable copy cannot."
SENDS = "The file could send or import form data; the searchable copy cannot."
MEDIA = "The file had media that run programs (3D, Flash); the searchable copy shows a picture of them."
SECOND_FORM = "The file had a second form (XFA) that can run scripts; the searchable copy has its plain fields only."

_UNWANTED = {
    "/JavaScript": SCRIPTS,
    "/Launch": STARTS,
    "/SubmitForm": SENDS,
    "/ImportData": SENDS,
    "/RichMediaExecute": MEDIA,
    "/GoTo3DView": MEDIA,
}
_RUNS_PROGRAMS = frozenset({"/RichMedia", "/3D"})  # annotations
_MEDIA_KEYS = ("/RichMediaContent", "/RichMediaSettings", "/3DD", "/3DV", "/3DA", "/3DI", "/3DU")
_UNSEEN = re.compile(r"[\x00-\x20]")  # browsers read an address without them
_SIGNATURES = frozenset({"/Sig", "/DocTimeStamp"})
_READ_ONLY = 1
_ENTRIES = pikepdf.Dictionary | pikepdf.Stream  # viewers take the second for the first, wherever it stands
Tell = Callable[[str], None]


def make_safe(
    pdf: pikepdf.Pdf, tell: Tell, *, more: Mapping[str, str] = MappingProxyType({}), events: bool = True
) -> None:
    """Remove JavaScript, and actions that start programs or send data; `tell` hears once of each kind that was there.

    Links, bookmarks, forms and attachments stay. An action that contradicts itself goes with those that are unwanted.

    Args:
        pdf: The document, which is changed.
        tell: Hears why something went.
        more: Kinds of actions that go, too, each with what is told then.
        events: Whether things may still happen when a page is turned, a field is left, a document is closed.
    """
    cleaner = _Cleaner(tell, {**_UNWANTED, **more}, events)
    cleaner.clean_catalog(pdf.Root)
    for holder in _holders(pdf):
        cleaner.clean(holder)


def drop_signatures(pdf: pikepdf.Pdf, tell: Tell) -> None:
    """Take away signatures, which hold for the original only: the fields are empty, what is seen of them stays."""
    for key in ("/Perms", "/DSS"):  # what a signature allowed, and what proves it
        if key in pdf.Root:
            del pdf.Root[key]
    form = _dictionary(pdf.Root.get("/AcroForm"))
    if form is not None and "/SigFlags" in form:
        del form["/SigFlags"]
    for field in _walked(_form_fields(pdf), ()):
        value = _dictionary(field.get("/V"))
        if value is None or not (_name(value.get("/Type")) in _SIGNATURES or "/ByteRange" in value):
            continue
        for key in ("/V", "/Lock", "/SV"):
            if key in field:
                del field[key]
        field["/Ff"] = _READ_ONLY  # it invites nobody to sign
        tell(SIGNED)


class _Cleaner:
    def __init__(self, tell: Tell, unwanted: Mapping[str, str], events: bool) -> None:
        self._tell, self._unwanted, self._events = tell, unwanted, events
        self._told: set[str] = set()
        self._known: dict[tuple[int, int], pikepdf.Object | None] = {}  # what was left of actions that many share

    def clean_catalog(self, root: pikepdf.Object) -> None:
        """What the document does when it is opened, and what all its scripts share."""
        names, form = _dictionary(root.get("/Names")), _dictionary(root.get("/AcroForm"))
        if names is not None and "/JavaScript" in names:
            del names["/JavaScript"]
            self._say(SCRIPTS)
        if form is not None and "/XFA" in form:
            del form["/XFA"]
            self._say(SECOND_FORM)
        if "/OpenAction" in root:
            self._guarded(root, "/OpenAction")

    def clean(self, holder: pikepdf.Object) -> None:
        """Rid one thing that may have actions of those that are unwanted."""
        if "/A" in holder:
            self._guarded(holder, "/A")
        events = _dictionary(holder.get("/AA"))
        if events is not None:
            for event in list(events.keys()):
                self._guarded(events, event)
            if not self._events or not list(events.keys()):
                del holder["/AA"]
        if _name(holder.get("/Subtype")) in _RUNS_PROGRAMS:
            _still(holder)
            self._say(MEDIA)

    def _guarded(self, holder: pikepdf.Object, key: str) -> None:
        try:
            found = holder[key]
            kept = self._kept(found)
        except CONTRADICTIONS:  # deeper than can be followed, or of the wrong kinds
            self._say(SCRIPTS)
            kept = None
        if kept is None:
            del holder[key]
        elif kept is not found:
            holder[key] = kept

    def _kept(self, action: pikepdf.Object) -> pikepdf.Object | None:
        """The action without what is unwanted; None where nothing of it is left."""
        if not isinstance(action, _ENTRIES):
            return action  # a place in the document
        mark = action.objgen
        if mark == (0, 0):
            return self._rid(action)
        if mark not in self._known:
            self._known[mark] = None  # one that follows itself
            self._known[mark] = self._rid(action)
        return self._known[mark]

    def _rid(self, action: pikepdf.Object) -> pikepdf.Object | None:
        following = action.get("/Next")
        one_by_one = list(following) if isinstance(following, pikepdf.Array) else [following]
        after = [kept for one in one_by_one if one is not None and (kept := self._kept(one)) is not None]
        if (reason := self._why_not(action)) is not None:
            self._say(reason)
            return after[0] if after else None
        if following is not None:
            del action["/Next"]
            if after:
                action["/Next"] = pikepdf.Array(after)
        return action

    def _why_not(self, action: pikepdf.Object) -> str | None:
        """Why this action has to go, None where it may stay."""
        address = _UNSEEN.sub("", str(action.get("/URI", "")))
        if "/JS" in action or address.lower().startswith("javascript:"):
            return SCRIPTS
        return self._unwanted.get(_name(action.get("/S")))

    def _say(self, sentence: str) -> None:
        if sentence not in self._told:
            self._told.add(sentence)
            self._tell(sentence)


def _still(annotation: pikepdf.Object) -> None:
    """A picture where a program ran."""
    for key in _MEDIA_KEYS:
        if key in annotation:
            del annotation[key]
    annotation["/Subtype"] = pikepdf.Name.Stamp


def _holders(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Everything that may have an action: the catalog, pages, annotations, fields, bookmarks.

    A field that the form does not name counts too: what stands on a page leads to it.
    """
    yield pdf.Root
    yield from (page.obj for page in pdf.pages)
    annotations = [one for page in pdf.pages for one in _dictionaries(page.obj.get("/Annots"))]
    yield from _walked([*annotations, *_form_fields(pdf)], ("/Parent",))
    yield from _walked([pdf.Root.get("/Outlines")], ("/First", "/Next"))


def _form_fields(pdf: pikepdf.Pdf) -> list[pikepdf.Object | None]:
    form = _dictionary(pdf.Root.get("/AcroForm"))
    return [] if form is None else list(_dictionaries(form.get("/Fields")))


def _walked(waiting: list[pikepdf.Object | None], links: tuple[str, ...]) -> Iterator[pikepdf.Object]:
    """Each of these, its kids, and what the links lead to; each once, though it be a ring."""
    seen: set[tuple[int, int]] = set()
    while waiting:
        found = _dictionary(waiting.pop())
        if found is None or (found.is_indirect and found.objgen in seen):
            continue
        seen.add(found.objgen)
        yield found
        waiting += _dictionaries(found.get("/Kids"))
        waiting += [found.get(link) for link in links]


def _dictionary(found: pikepdf.Object | None) -> pikepdf.Object | None:
    return found if isinstance(found, _ENTRIES) else None


def _dictionaries(found: pikepdf.Object | None) -> Iterator[pikepdf.Object]:
    if isinstance(found, pikepdf.Array):
        with suppress(*CONTRADICTIONS):
            yield from (one for one in found if isinstance(one, _ENTRIES))


def _name(found: pikepdf.Object | None) -> str:
    with suppress(UnicodeDecodeError):  # a name may be any bytes
        return str(found) if isinstance(found, pikepdf.Name) else ""
    return ""
