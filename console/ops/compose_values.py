"""Files of variables as `docker compose` and `docker run --env-file` read them, in a shell's words.

Values may hold blanks without quotes; a comment begins behind a blank; `$$` is a dollar. `$NAME` and `${NAME}` stand
for what the file itself says further up, and are taken as they are where it does not: there a dollar is one of a
password.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from console.ops.shell_editing import quoted
from console.ops.shell_values import NotAssignments
from worker.core.said import said

_LINE = re.compile(r"[ \t]*(?:export[ \t]+)?(?P<name>[^\s=:#'\"]+)[ \t]*(?:(?P<sign>[=:])[ \t]*)?")
_SHELL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SINGLE = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BEHIND = re.compile(r"[ \t]*(?:[ \t]#[^\n]*)?(?=\n|$)")
_BARE = re.compile(r"(?:(?![ \t]#)[^\n])*")
_EXPANSION = re.compile(
    r"\$(?:(?P<dollar>\$)|(?P<name>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)(?::?-(?P<other>[^}]*))?\})"
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def translated(text: str) -> tuple[str, tuple[str, ...]]:
    """The same for a shell, comments kept; and the names that it cannot hold: such as `a.b`, or one without a value.

    Raises:
        NotAssignments: A line is no assignment.
    """
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    values: dict[str, str] = {}
    lines: list[str] = []
    left_out: list[str] = []
    at = 0
    while at < len(plain):
        end = plain.find("\n", at) if "\n" in plain[at:] else len(plain)
        line = plain[at:end].strip()
        if not line or line.startswith("#"):
            lines.append(line)
            at = end + 1
            continue
        name, value, at = _assignment(plain, at, values)
        if value is None or not _SHELL_NAME.fullmatch(name):
            left_out.append(name)
            continue
        values[name] = value
        lines.append(f"{name}={quoted(name, value)}")
    return "\n".join([*lines, ""]), tuple(left_out)


def _assignment(text: str, at: int, values: Mapping[str, str]) -> tuple[str, str | None, int]:
    """The name, the value and where the next line begins."""
    found = _LINE.match(text, at)
    if found is None:
        raise _wrong(text, at)
    if not found["sign"]:
        if text[found.end() : found.end() + 1] not in ("", "\n"):
            raise _wrong(text, at)
        return found["name"], None, found.end() + 1
    start = found.end()
    for form in (_SINGLE, _DOUBLE):
        inner = form.match(text, start)
        behind = _BEHIND.match(text, inner.end()) if inner else None
        if inner and behind:
            value = inner[1].replace("\\'", "'") if form is _SINGLE else _unescaped(_expanded(inner[1], values))
            return found["name"], value, behind.end() + 1
    bare = _BARE.match(text, start)
    assert bare is not None
    end = text.find("\n", start)
    shown = "" if bare[0].startswith("#") else bare[0].strip()
    return found["name"], _expanded(shown, values), (end if end >= 0 else len(text)) + 1


def _expanded(text: str, values: Mapping[str, str]) -> str:
    def stands_for(found: re.Match[str]) -> str:
        if found["dollar"]:
            return "$"
        name = found["name"] or found["braced"]
        return values.get(name) or (found["other"] if found["other"] is not None else values.get(name, found[0]))

    return _EXPANSION.sub(stands_for, text)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text, flags=re.DOTALL)


def _wrong(text: str, at: int) -> NotAssignments:
    return NotAssignments(text.count("\n", 0, at) + 1, said("expected NAME=value"))
