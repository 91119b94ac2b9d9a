"""Why a PDF cannot become PDF/A-2b as it is: what would have to be drawn anew, or is not ours to throw away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pikepdf

from worker.core.examine_pdf import CONTRADICTIONS
from worker.core.said import said
from worker.tools.jpeg2000 import fits_pdfa

ATTACHMENTS = "files are attached"
COLOURS = "its colours are those of a printer (CMYK), and nothing says of which"
PICTURE = "a picture is stored in a way that PDF/A forbids"
ANNOTATION = "a note or field has no picture of its own"
MEDIA = "there is sound or film in it"
SIZE = "a page is larger or smaller than PDF/A allows"
ELSEWHERE = "parts of it lie in other files"
CONTRADICTS = "it contradicts itself"
CONTENT = "what is drawn on page {page} cannot be understood"
FONT = "the font {font} is not embedded"
ENCODING = "the font {font} does not say which signs it draws"

_SHOWS_TEXT = frozenset({"Tj", "TJ", "'", '"'})
_PRINTER = frozenset({"k", "K"})
_PRINTERS = frozenset({"/DeviceCMYK", "/CMYK"})
_FILMS = frozenset({"/3D", "/Sound", "/Screen", "/Movie", "/RichMedia"})
_NEEDS_NO_PICTURE = frozenset({"/Link", "/Popup"})
_TABLE = """b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l m M MP n q Q
re RG rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \""""
_OPERATORS = frozenset([*_TABLE.split(), "INLINE IMAGE"])
_SIDES = range(3, 14_401)  # of a page, in its own units
_INVISIBLE = 3
_NESTED = 28  # states within states
_DEEPEST_FORM = 12
_ENCODINGS = frozenset({"/WinAnsiEncoding", "/MacRomanEncoding"})
_SYMBOLIC = 4


def reasons(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Each reason, in words that end a sentence. Anything that contradicts itself is one too."""
    if "/EmbeddedFiles" in _entry(pdf.Root, "/Names"):
        yield ATTACHMENTS
    for whole in pdf.objects:
        yield from _of_object(whole)
    for number, page in enumerate(pdf.pages, 1):
        drawn = _Drawn(pdf)
        try:
            if not all(side in _SIDES for side in _sides(page)):
                yield SIZE
            drawn.walk(page.obj, page.obj.get("/Resources"), 0)
        except CONTRADICTIONS:
            yield said(CONTENT, page=str(number))
            continue
        yield from drawn.reasons


def _sides(page: pikepdf.Page) -> Iterator[int]:
    for box in (page.mediabox, page.cropbox):
        left, bottom, right, top = (float(side) for side in box)
        yield from (round(abs(right - left)), round(abs(top - bottom)))


def _of_object(found: Any) -> Iterator[str]:  # noqa: ANN401 - pikepdf's objects are of many types
    """What is wrong with an object, wherever it is used."""
    if isinstance(found, pikepdf.Stream):
        yield from _of_stream(found)
    if isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        if "/EF" in found:
            yield ATTACHMENTS
        if "/Rect" in found:
            yield from _of_annotation(found)
        group = _entry(found, "/Group")
        shades = found.get("/ColorSpace") if "/ShadingType" in found else None
        if _is_printers(shades) or _is_printers(group.get("/CS")):
            yield COLOURS


def _of_stream(stream: pikepdf.Stream) -> Iterator[str]:
    kind = str(stream.get("/Subtype", ""))
    if "/F" in stream or "/Ref" in stream:
        yield ELSEWHERE
    if kind == "/Image" and _is_printers(stream.get("/ColorSpace")):
        yield COLOURS
    if kind == "/PS" or (kind == "/Image" and not _picture_fits(stream)):
        yield PICTURE


def _of_annotation(annotation: pikepdf.Object) -> Iterator[str]:
    kind = str(annotation.get("/Subtype", ""))
    if kind in _FILMS:
        yield MEDIA
    elif kind and kind not in _NEEDS_NO_PICTURE and not _has_picture(annotation):
        yield ANNOTATION


def _is_printers(colours: Any, depth: int = 0) -> bool:  # noqa: ANN401
    """Whether a colour space is a printer's, or is given in terms of one; one with a profile is not."""
    if isinstance(colours, pikepdf.Array):
        if depth > _DEEPEST_FORM or (len(colours) and colours[0] == pikepdf.Name.ICCBased):
            return False
        return any(_is_printers(part, depth + 1) for part in colours)
    return str(colours) in _PRINTERS if isinstance(colours, pikepdf.Name) else False


def _picture_fits(image: pikepdf.Object) -> bool:
    filters = image.get("/Filter")
    if filters == pikepdf.Name.JPXDecode or (isinstance(filters, pikepdf.Array) and pikepdf.Name.JPXDecode in filters):
        with suppress(*CONTRADICTIONS):
            return fits_pdfa(image.read_raw_bytes())
        return False
    return True


def _has_picture(annotation: pikepdf.Object) -> bool:
    try:
        left, bottom, right, top = (float(side) for side in annotation.Rect)
    except CONTRADICTIONS:
        return False
    return "/N" in _entry(annotation, "/AP") or left == right or bottom == top


class _Text:
    """The font that is set and whether it is seen, as the content goes on."""

    def __init__(self) -> None:
        self.font, self.mode = "", 0
        self.outer: list[tuple[str, int]] = []

    def follow(self, word: str, operands: Any) -> None:  # noqa: ANN401
        """What an operator changes."""
        if word == "q":
            self.outer.append((self.font, self.mode))
        elif word == "Q" and self.outer:
            self.font, self.mode = self.outer.pop()
        elif word == "Tf":
            self.font = str(operands[0])
        elif word == "Tr":
            self.mode = int(operands[0])


class _Drawn:
    """What a page draws, forms within forms too: fonts that are seen, colours, operators."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.reasons: list[str] = []
        self._pdf = pdf
        self._seen: set[tuple[int, int]] = set()
        self._fonts: set[tuple[int, int] | str] = set()

    def walk(self, holder: Any, resources: Any, depth: int) -> None:  # noqa: ANN401
        """Follow the content of a page, form or glyph, which names what lies in these resources."""
        text = _Text()
        for instruction in pikepdf.parse_content_stream(holder):
            operands, word = instruction.operands, str(instruction.operator)
            text.follow(word, operands)
            if word not in _OPERATORS or len(text.outer) > _NESTED:
                raise ValueError(word)
            if word in _SHOWS_TEXT and text.mode != _INVISIBLE:
                self._font(text.font, _entry(resources, "/Font").get(text.font), depth)
            elif word == "Do":
                self._form(_entry(resources, "/XObject").get(str(operands[0])), resources, depth)
            elif word in _PRINTER:
                self.reasons.append(COLOURS)
            elif word in {"cs", "CS"}:
                self._colour(_entry(resources, "/ColorSpace").get(str(operands[0]), operands[0]))
            elif isinstance(instruction, pikepdf.ContentStreamInlineImage):
                self._colour(instruction.iimage.obj.get("/ColorSpace", instruction.iimage.obj.get("/CS")))

    def _colour(self, colours: Any) -> None:  # noqa: ANN401
        if _is_printers(colours):
            self.reasons.append(COLOURS)

    def _form(self, form: Any, resources: Any, depth: int) -> None:  # noqa: ANN401
        if not isinstance(form, pikepdf.Stream) or form.get("/Subtype") != pikepdf.Name.Form:
            return
        if form.objgen not in self._seen and depth < _DEEPEST_FORM:
            self._seen.add(form.objgen)
            self.walk(form, form.get("/Resources", resources), depth + 1)

    def _font(self, name: str, font: Any, depth: int) -> None:  # noqa: ANN401
        if not isinstance(font, pikepdf.Dictionary):
            self.reasons.append(said(FONT, font=name.lstrip("/")))
            return
        mark = font.objgen if font.is_indirect else name
        if mark in self._fonts:
            return
        self._fonts.add(mark)
        if font.get("/Subtype") == pikepdf.Name.Type3:
            for glyph in _entry(font, "/CharProcs").values() if depth < _DEEPEST_FORM else ():
                form = pikepdf.Stream(self._pdf, glyph.read_bytes(), Subtype=pikepdf.Name.Form)  # is parsed, not saved
                self.walk(form, font.get("/Resources"), depth + 1)
            return
        called = str(font.get("/BaseFont", name)).lstrip("/").rpartition("+")[2]
        descendants = font.get("/DescendantFonts")
        inner = descendants[0] if isinstance(descendants, pikepdf.Array) else font
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(_entry(inner, "/FontDescriptor").keys()):
            self.reasons.append(said(FONT, font=called))
        elif not _says_signs(font, inner):
            self.reasons.append(said(ENCODING, font=called))


def _says_signs(font: Any, inner: Any) -> bool:  # noqa: ANN401
    """What can be told from a font's entries. Its own program is not looked into."""
    if inner.get("/Subtype") == pikepdf.Name.CIDFontType2:
        return "/CIDToGIDMap" in inner
    if font.get("/Subtype") != pikepdf.Name.TrueType:
        return True
    encoding = font.get("/Encoding")
    if int(_entry(inner, "/FontDescriptor").get("/Flags", 0)) & _SYMBOLIC:
        return encoding is None
    base = encoding.get("/BaseEncoding") if isinstance(encoding, pikepdf.Dictionary) else encoding
    return str(base) in _ENCODINGS


def _entry(holder: Any, key: str) -> Any:  # noqa: ANN401
    """A dictionary in another; an empty one where there is none."""
    found = holder.get(key) if isinstance(holder, pikepdf.Dictionary | pikepdf.Stream) else None
    return found if isinstance(found, pikepdf.Dictionary) else pikepdf.Dictionary()
