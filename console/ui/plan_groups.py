"""What a plan comes to, as the page of a new batch shows it: groups of pages, and what is not read as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication

from console.ui import counts, words
from console.ui.kit.states import cause
from console.ui.theme import Role

if TYPE_CHECKING:
    from console.ops.intake import Plan, Skipped
    from worker.core.page_fates import PageCounts

translate = QCoreApplication.translate
Kind = Literal["read", "text", "empty", "refused", "locked", "out"]
Why = Literal["password", "unreadable", "other"]
FOLD = 3  # so many files that nobody misses are listed one by one, more in one line
_QUIET = frozenset({"link", "special", "system", "hidden"})


@dataclass(frozen=True, slots=True)
class Group:
    """A line of "What was found": pages that meet the same fate."""

    kind: Kind
    title: str
    role: Role
    files: int
    pages: int  # 0 where nobody knows
    fate: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line of "Not read as they are"."""

    name: str
    folder: str
    why: Why
    icon: str
    role: Role
    reason: str
    bytes: int | None
    short: str = ""  # the reason in two or three words, where a sentence would not fit


def groups(plan: Plan, mode: str, reading: str = "") -> tuple[Group, ...]:
    """The groups that are not empty; the first is always there.

    Args:
        plan: What was found.
        mode: Options.mode.
        reading: How the pages to read will fare: "about 38 min on 4 workers".
    """
    counted = [file.counts(mode) for file in plan.files if not file.locked]
    locked = [file for file in plan.files if file.locked]
    pictures = translate("Plan", "Too large: they stay pictures without text")
    found = [
        Group("read", translate("Plan", "To read"), "fill", *_sum(counted, "read"), reading),
        Group(
            "text",
            translate("Plan", "Already have text"),
            "text3",
            *_sum(counted, "text"),
            _fate_of_text(counted, mode),
        ),
        Group(
            "empty",
            translate("Plan", "Empty"),
            "line",
            *_sum(counted, "empty"),
            translate("Plan", "Nothing is on them"),
        ),
        Group("refused", translate("Plan", "Cannot be read"), "bad_fill", *_sum(counted, "refused"), pictures),
        Group(
            "locked",
            translate("Plan", "Need a password"),
            "warn_fill",
            len(locked),
            len(locked),
            translate("Plan", "They fail and wait for their password"),
        ),
        Group(
            "out",
            translate("Plan", "Left out"),
            "line2",
            len(plan.skipped),
            0,
            translate("Plan", "Listed below, each with its reason"),
        ),
    ]
    return tuple(group for group in found if group.kind == "read" or group.files)


def _fate_of_text(counted: Sequence[PageCounts], mode: str) -> str:
    if mode == "force":
        return translate("Plan", "Read anew as pictures, counted above")
    replaced = sum(one.text - one.kept for one in counted)
    if not replaced:
        return translate("Plan", "Keep the text that is there")
    one = translate("Plan", "Of {n} page an earlier text layer is replaced, counted above")
    many = translate("Plan", "Of {n} pages an earlier text layer is replaced, counted above")
    return words.counted(replaced, one, many)


def _sum(counted: Iterable[PageCounts], fate: str) -> tuple[int, int]:
    """Files that have such pages, and how many pages."""
    found = [pages for one in counted if (pages := getattr(one, fate))]
    return len(found), sum(found)


def not_looked_at(count: int) -> str:
    """That of so many pages nobody knows yet whether they have text; "" if of none."""
    one = translate("Plan", "{n} page of long files was not looked at: it counts as to be read.")
    many = translate("Plan", "{n} pages of long files were not looked at: they count as to be read.")
    return words.counted(count, one, many) if count else ""


def headline(plan: Plan) -> str:
    """412 files, 6,318 pages."""
    return f"{counts.files(len(plan.files))}, {counts.pages(plan.pages)}"


def summary(found: Sequence[Group]) -> str:
    """The groups in one sentence."""
    return ", ".join(_in_words(group) for group in found if group.files or len(found) == 1)


def _in_words(group: Group) -> str:
    if group.kind == "read":
        return translate("Plan", "{pages} to read").replace("{pages}", counts.pages(group.pages))
    if group.kind == "text":
        one, many = translate("Plan", "{n} page already has text"), translate("Plan", "{n} pages already have text")
        return words.counted(group.pages, one, many)
    if group.kind == "empty":
        return words.counted(
            group.pages, translate("Plan", "{n} page is empty"), translate("Plan", "{n} pages are empty")
        )
    if group.kind == "refused":
        one, many = translate("Plan", "{n} page cannot be read"), translate("Plan", "{n} pages cannot be read")
        return words.counted(group.pages, one, many)
    if group.kind == "locked":
        one, many = translate("Plan", "{n} file needs a password"), translate("Plan", "{n} files need a password")
        return words.counted(group.files, one, many)
    return words.counted(group.files, translate("Plan", "{n} file left out"), translate("Plan", "{n} files left out"))


def left_out(plan: Plan) -> tuple[LeftOut, ...]:
    """Locked files first, then what cannot be read, then what is not meant to be."""
    locked = [
        LeftOut(
            file.name,
            _folder(file.path),
            "password",
            "key-round",
            "warn",
            translate("Plan", "Needs a password"),
            file.bytes,
        )
        for file in plan.files
        if file.locked
    ]
    broken = [_unreadable(entry) for entry in plan.skipped if entry.error_class not in _QUIET]
    return (*locked, *broken, *_others([entry for entry in plan.skipped if entry.error_class in _QUIET]))


def left_out_note(plan: Plan) -> str:
    """How many of the files, and how much else: stands beside the list's title."""
    locked, out = len(plan.locked), len(plan.skipped)
    if not locked:
        return counts.files(out)
    of_all = counts.part_of(words.number(locked), counts.files(len(plan.files)))
    more = translate("Plan", "{these}, and {n} left out").replace("{n}", words.number(out))
    return more.replace("{these}", of_all) if out else of_all


def _unreadable(entry: Skipped) -> LeftOut:
    name, folder = entry.path.rpartition("/")[2], _folder(entry.path)
    short, why = cause(entry.error_class), words.told(entry.reason)
    return LeftOut(name, folder, "unreadable", "circle-slash", "bad", why, entry.bytes or None, short)


def _others(entries: Sequence[Skipped]) -> list[LeftOut]:
    rows: list[LeftOut] = []
    for kind in dict.fromkeys(entry.error_class for entry in entries):
        alike = [entry for entry in entries if entry.error_class == kind]
        if len(alike) > FOLD:
            rows.append(_folded(alike))
        else:
            rows += [
                LeftOut(
                    entry.path.rpartition("/")[2],
                    _folder(entry.path),
                    "other",
                    "circle-slash",
                    "text3",
                    words.told(entry.reason),
                    entry.bytes or None,
                )
                for entry in alike
            ]
    return rows


def _folded(alike: Sequence[Skipped]) -> LeftOut:
    first = alike[0]
    places = {_folder(entry.path) for entry in alike}
    name = translate("Plan", "{name} and {n} more")
    name = name.replace("{n}", words.number(len(alike) - 1)).replace("{name}", first.path.rpartition("/")[2])
    place = first.path.rpartition("/")[0] if len(places) == 1 else translate("Plan", "{n} folders")
    place = place.replace("{n}", str(len(places)))
    total, why = sum(entry.bytes for entry in alike), words.told(first.reason)
    return LeftOut(name, place, "other", "circle-slash", "text3", why, total or None)


def _folder(path: str) -> str:
    return path.rpartition("/")[0].replace("/", " / ") or words.DASH
