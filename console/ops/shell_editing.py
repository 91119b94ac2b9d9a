"""Changes of single assignments in a `.env` file; comments, order, quoting and all other lines stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from console.ops.shell_values import Command, Word, commands
from worker.core.errors import UsageError
from worker.core.said import said

_BARE = re.compile(r"[A-Za-z0-9_@%+=:,./?-]*")  # what no shell looks at
_ESCAPED = re.compile(r'([\\$`"])')  # within double quotes
_Edit = tuple[int, int, str]  # from here to there, and what comes in its place


def edited(text: str, changes: Mapping[str, str | None]) -> str:
    """The text with other values; None takes a variable out, and leaves `# NAME=` where it stood.

    A new variable takes the place of its line `# NAME=example`, or comes at the end. Where a name is assigned several
    times the last one counts, and is changed.

    Raises:
        NotAssignments: The text does more than assign values.
        UsageError: A value cannot stand in such a file.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    windows = "\r\n" in text
    plain = text.removeprefix(mark).replace("\r\n", "\n")
    laid_out = commands(plain)
    last = {word.name: word for command in laid_out for word in command.words}
    gone = {name for name, value in changes.items() if value is None}
    edits = [edit for command in laid_out for edit in _without(plain, command, gone)]
    new: list[str] = []
    for name, value in changes.items():
        if value is None:
            continue
        if word := last.get(name):
            edits.append((word.value, word.end, quoted(name, value, plain[word.value : word.end])))
        elif place := _commented_out(plain, laid_out, name):
            edits.append((*place, f"{name}={quoted(name, value)}"))
        else:
            new.append(f"{name}={quoted(name, value)}\n")
    changed = _at_the_end(_applied(plain, edits), new)
    return mark + (changed.replace("\n", "\r\n") if windows else changed)


def quoted(name: str, value: str, like: str = "") -> str:
    """A value as a shell reads it; with the quotes that the text before had, where they can hold it.

    Raises:
        UsageError: No such file can hold it.
    """
    if "\0" in value or "\r" in value or not _is_text(value):
        raise UsageError(said("The value of {name} has characters that no profile can hold.", name=name))
    if _BARE.fullmatch(value) and like[:1] not in ("'", '"'):
        return value
    if "'" not in value and like[:1] != '"':
        return f"'{value}'"
    return '"' + _ESCAPED.sub(r"\\\1", value) + '"'


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _without(text: str, command: Command, gone: set[str]) -> Iterator[_Edit]:
    """The edits that take the words of these names out of a command."""
    going = [word for word in command.words if word.name in gone]
    if going and len(going) == len(command.words):
        end = command.end if command.comment is None else command.comment
        if text[command.end : command.end + 1] == ";":
            yield command.start, command.end + 1, ""
        else:
            yield command.start, end, _remains(going, comment=command.comment is not None)
        return
    yield from ((word.start, word.next, "") for word in going)


def _remains(going: list[Word], *, comment: bool) -> str:
    return "" if comment else "\n".join(f"# {name}=" for name in dict.fromkeys(word.name for word in going))


def _commented_out(text: str, laid_out: list[Command], name: str) -> tuple[int, int] | None:
    """Where the line `# NAME=example` is."""
    example = re.compile(rf"#[ \t]?{re.escape(name)}=\S*[ \t]*")
    for command in laid_out:
        if command.comment is not None and not command.words and example.fullmatch(text, command.start, command.end):
            return command.start, command.end
    return None


def _applied(text: str, edits: list[_Edit]) -> str:
    for start, end, instead in sorted(edits, reverse=True):
        text = text[:start] + instead + text[end:]
    return text


def _at_the_end(text: str, lines: list[str]) -> str:
    if not lines:
        return text
    closed = text if not text or text.endswith("\n") else text + "\n"
    if closed.endswith("\\\n"):  # it would be joined with what follows
        closed += "\n"
    return closed + "".join(lines)
