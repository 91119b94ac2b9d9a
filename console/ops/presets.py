"""Presets: how documents are to be read, under a name. What one says, and those that everybody has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from console.ops.reading_options import check_dpi, check_options, formats_in
from worker.core.errors import UsageError
from worker.core.jobs import Options, Priority
from worker.core.said import said

BALANCED = "balanced"
_NOT_VALUES = ("preset", "changed")  # of Options: whence its values are


@dataclass(frozen=True, slots=True)
class Preset:
    """Values under a name. Its languages and its page range may be left open (""): then those of the moment count."""

    name: str  # as rows have it
    values: Options = field(default_factory=Options)
    priority: Priority = Priority.NORMAL
    title: str = ""  # what people call it, where that is not its name
    sentence: str = ""  # what it is for

    @property
    def built_in(self) -> bool:
        """Whether everybody has it."""
        return bool(self.title)

    @property
    def shown(self) -> str:
        """What people call it."""
        return self.title or self.name

    def options(self, languages: str = "eng", pages: str = "") -> Options:
        """The options of a job that is read by it, with the languages and the pages that it leaves open."""
        spoken, wanted = self.values.languages or languages, self.values.pages or pages
        return replace(self.values, languages=spoken, pages=wanted, preset=self.name, changed=False)

    def chosen(self, options: Options) -> Options:
        """These options as chosen on top of it: they carry its name, and say whether they differ from it."""
        own = self.options(options.languages, options.pages)
        return replace(options, preset=self.name, changed=own != options)

    def change(self, on_top: Mapping[str, Any]) -> dict[str, Any]:
        """The options that a job gets which is read anew by it, with others on top, by their names in a row.

        What the preset leaves open stays as it is in the job.
        """
        still = {name for name in ("languages", "pages") if not getattr(self.values, name)}
        said = {name: value for name, value in self.options().as_dict().items() if name not in still}
        return said | dict(on_top) | {"changed": self.chosen(replace(self.options(), **on_top)).changed}

    def as_dict(self) -> dict[str, Any]:
        """As its file has it: its name is that of the file."""
        values = {name: value for name, value in self.values.as_dict().items() if name not in _NOT_VALUES}
        return values | {"languages": self.values.languages or None, "priority": self.priority.name.lower()}

    @classmethod
    def from_dict(cls, name: str, given: object) -> Preset:
        """From a file, which people may have edited. What is missing takes its default, what is unknown is ignored.

        Raises:
            UsageError: A value cannot be used.
        """
        if not isinstance(given, Mapping):
            raise UsageError("It is not a list of values by their names.")
        usual = cls(name, replace(Options(), languages="")).as_dict()
        known = usual | {key: value for key, value in given.items() if key in usual}
        _look_at(known)
        values = Options.from_dict(known | {"languages": known["languages"] or ""})
        read = values.as_dict() | {"languages": values.languages or None}
        for key in usual.keys() - {"formats", "priority"}:
            if read[key] != known[key]:
                raise _unusable(key, known[key])
        values = replace(values, formats=formats_in(",".join(known["formats"])))
        preset = cls(name, replace(values, preset=name, changed=False), Priority[known["priority"].upper()])
        check_options(preset.options())
        return preset


def _look_at(given: Mapping[str, Any]) -> None:
    """What a row's options would pass over in silence."""
    formats, priority, dpi = given["formats"], given["priority"], given["dpi"]
    if not isinstance(formats, list) or not all(isinstance(one, str) for one in formats):
        raise _unusable("formats", formats)
    if not isinstance(priority, str) or priority.upper() not in Priority.__members__:
        raise _unusable("priority", priority)
    if isinstance(dpi, int):
        check_dpi(dpi)


def _unusable(name: str, value: object) -> UsageError:
    return UsageError(said("“{value}” cannot be its {name}.", value=str(value)[:60], name=name))


def _built_in(name: str, title: str, sentence: str, **values: Any) -> Preset:  # noqa: ANN401 - fields of Options
    return Preset(name, replace(Options(), languages="", preset=name, **values), title=title, sentence=sentence)


BUILT_IN = (
    _built_in(
        BALANCED,
        said("Balanced"),
        said("Reads pages that have no good text at 300 dpi, and makes text, searchable PDF, hOCR, TSV and JSON."),
    ),
    _built_in(
        "fast-text",
        said("Fast text only"),
        said("Reads at 200 dpi and makes nothing but text: for a search index over clean, ordinary print."),
        formats=("txt",),
        dpi=200,
    ),
    _built_in(
        "archive",
        said("Archive"),
        said("Makes a searchable PDF/A, with ALTO and hOCR beside it, for repositories and long keeping."),
        formats=("txt", "pdf", "hocr", "alto"),
        pdfa=True,
    ),
    _built_in(
        "small-print",
        said("Small print, receipts"),
        said("Reads at 400 dpi: footnotes, tables of figures, till receipts, fax."),
        dpi=400,
    ),
    _built_in(
        "redo",
        said("Redo old OCR"),
        said("Drops the invisible text that an earlier OCR laid over scans, and reads these pages again."),
        mode="redo",
    ),
    _built_in(
        "born-digital",
        said("Born-digital text"),
        said(
            "Takes the text that documents from computers have, as text, Markdown and JSON; scans among them are read."
        ),
        formats=("txt", "json", "md"),
        deskew=False,
    ),
)


def folded(name: str) -> str:
    """Names that fold to the same are taken for the same: "Small print", "small-print"."""
    return " ".join(name.casefold().replace("-", " ").replace("_", " ").replace(",", " ").split())


def named(name: str, presets: Iterable[Preset]) -> Preset:
    """The preset that is meant by a name or a title. Raises UsageError, which names the nearest, if there is none."""
    by_name: dict[str, Preset] = {}
    for preset in presets:
        by_name.setdefault(folded(preset.name), preset)
        by_name.setdefault(folded(preset.shown), preset)
        if preset.name == name:
            return preset
    if folded(name) in by_name:
        return by_name[folded(name)]
    import difflib  # it is slow to load, and seldom wanted

    near = difflib.get_close_matches(folded(name), by_name, n=1)
    known = ", ".join(dict.fromkeys(preset.name for preset in by_name.values()))
    none = said("There is no preset {name}.", name=name)
    if near:
        raise UsageError(none, said("Is {nearest} meant?", nearest=by_name[near[0]].name))
    raise UsageError(none, said("Presets are {known}.", known=known))
