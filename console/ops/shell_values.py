r"""The assignments of a `.env` file, with the values that `set -a && . file && set +a` gives.

python-dotenv reads another language: it expands inside single quotes, knows no `$NAME`, decodes `\n`, joins no
quoted parts, and takes what a shell would run as a command. Here a file that a shell reads otherwise is refused,
with the number of the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from worker.core.said import Said, said

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=")
_USER = re.compile(r"~([A-Za-z0-9._-]*)(?=[/:;\s]|$)")
_BLANK = " \t"
_END_OF_WORD = " \t\n;"
_COMMANDS = {
    "|": "a pipe", "&": "a background job", "<": "a redirection", ">": "a redirection",
    "(": "a subshell", ")": "a subshell", "`": "a command",
}  # fmt: skip


class NotAssignments(ValueError):
    """The text does more than assign values. `line` is 1-based; the message quotes nothing of the text."""

    def __init__(self, line: int, what: Said) -> None:
        super().__init__(f"line {line}: {what}")
        self.line = line
        self.what = what


@dataclass(frozen=True, slots=True)
class Word:
    """Where an assignment stands in a text: NAME=value, and the blanks behind it."""

    name: str  # "" for what `export` is told without a value
    start: int
    value: int  # where its value begins
    end: int
    next: int  # behind the blanks


@dataclass(slots=True)
class Command:
    """Where a command stands: some assignments, or a comment alone."""

    start: int
    words: list[Word] = field(default_factory=list)
    comment: int | None = None  # where its comment begins
    end: int = 0  # of all of it; what ends it, a line's end or a semicolon, stands there


def commands(text: str) -> list[Command]:
    """Where what stands in a text with plain line ends. Raises NotAssignments."""
    reader = _Reader(text, {})
    reader.read()
    return reader.commands


def parse(text: str, environ: Mapping[str, str]) -> dict[str, str]:
    """What the text assigns, in its order. `environ` is seen by expansions such as `${HOME}` and not returned."""
    return _reader(text, environ).read()


def is_complete(text: str, environ: Mapping[str, str]) -> bool:
    """Whether a shell reads the text, and every variable that it asks for is set by it or before it."""
    reader = _reader(text, environ)
    try:
        reader.read()
    except NotAssignments:
        return False
    return not reader.unset


def _reader(text: str, environ: Mapping[str, str]) -> _Reader:
    return _Reader(text.removeprefix("\ufeff").replace("\r\n", "\n"), environ)


class _Reader:
    """One pass over the text, character by character, as a shell makes it."""

    def __init__(self, text: str, environ: Mapping[str, str]) -> None:
        self._text = text
        self._at = 0
        self._environ = environ
        self._found: dict[str, str] = {}
        self.commands: list[Command] = []
        self.unset: set[str] = set()  # what it asks for, and nobody has set

    def read(self) -> dict[str, str]:
        if "\0" in self._text:
            raise NotAssignments(self._text[: self._text.index("\0")].count("\n") + 1, said("there is a zero byte"))
        self._skip(_END_OF_WORD.replace(";", ""))
        while self._at < len(self._text):
            self._command()
            self._skip(_END_OF_WORD.replace(";", ""))
        return self._found

    def _command(self) -> None:
        """One command: assignments up to the end of the line or a semicolon, or a comment."""
        command = Command(self._at)
        exported = self._exported()
        while self._peek() not in ("", "\n", ";"):
            if self._peek() == "#":
                command.comment, self._at = self._at, self._find("\n")
                break
            start = self._at
            if found := _ASSIGNMENT.match(self._text, self._at):
                self._at = value = found.end()
                self._found[found[1]] = "".join(self._value())
            elif exported and (name := _NAME.match(self._text, self._at)):
                self._at = value = name.end()  # `export NAME` gives no value
            else:
                spaces = "expected NAME=value; put the value in quotes if it has spaces"
                raise self._wrong(said(spaces if command.words else "expected NAME=value"))
            end = self._at
            self._separate()
            command.words.append(Word(found[1] if found else "", start, value, end, self._at))
        if not command.words and (exported or self._peek() == ";"):
            raise self._wrong(said("expected NAME=value"))
        command.end = min(self._at, len(self._text))
        self.commands.append(command)
        self._at += 1

    def _exported(self) -> bool:
        if re.compile(r"export(?=[ \t])").match(self._text, self._at):
            self._at += len("export")
            self._skip(_BLANK)
            return True
        return False

    def _separate(self) -> None:
        """After a word comes a blank or the end; a comment needs the blank."""
        if self._peek() not in ("", "\n", ";") and self._text[self._at - 1] != "\n" and self._peek() not in _BLANK:
            raise self._wrong(said("expected a blank; put the value in quotes"))
        self._skip(_BLANK)

    def _value(self) -> Iterator[str]:
        yield from self._tilde()
        while (mark := self._peek()) and mark not in _END_OF_WORD:
            self._at += 1
            if mark in _COMMANDS:
                template = "{command} is not run here; put the value in quotes"
                raise self._wrong(said(template, command=said(_COMMANDS[mark])))
            if mark == "'":
                yield self._single()
            elif mark == '"':
                yield from self._double()
            elif mark == "\\":
                yield self._escaped()
            elif mark == "$":
                yield self._expansion(quoted=False)
            else:
                yield mark
                if mark == ":":
                    yield from self._tilde()

    def _tilde(self) -> Iterator[str]:
        found = _USER.match(self._text, self._at)
        if not found:
            return
        home = self._get("HOME") if not found[1] else str(Path(found[0]).expanduser()) if _exists(found[0]) else None
        if home is not None:
            self._at = found.end()
            yield home

    def _single(self) -> str:
        start, self._at = self._at, self._find("'", "a single quote is not closed") + 1
        return self._text[start : self._at - 1]

    def _double(self) -> Iterator[str]:
        opened = self._at
        while (mark := self._peek()) != '"':
            if not mark:
                raise self._wrong(said("a double quote is not closed"), opened)
            self._at += 1
            if mark == "\\":
                following = self._peek()
                self._at += 1
                yield "" if following == "\n" else following if following in '$`"\\' else mark + following
            elif mark == "$":
                yield self._expansion(quoted=True)
            elif mark == "`":
                raise self._wrong(said("a command is not run here; put a backslash before `"))
            else:
                yield mark
        self._at += 1

    def _escaped(self) -> str:
        following = self._peek()
        if not following:
            raise self._wrong(said("there is nothing after the backslash"))
        self._at += 1
        return "" if following == "\n" else following

    def _expansion(self, *, quoted: bool) -> str:
        if name := _NAME.match(self._text, self._at):
            self._at = name.end()
            return self._looked_up(name[0])
        mark = self._peek()
        if mark == "{":
            return self._braces()
        if mark == "(":
            raise self._wrong(said("a command is not run here; put a backslash before $"))
        if mark and (mark in "0123456789#?$!@*-" or (mark in "'\"" and not quoted)):
            raise self._wrong(said("this use of $ is not known here; put a backslash before it"))
        return "$"

    def _braces(self) -> str:
        """`${NAME}`, and `${NAME:-text}`, `${NAME-text}` with plain text."""
        found = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+])([^}'\"$`\\~\n ]*))?\}").match(self._text, self._at)
        if not found:
            raise self._wrong(said("only ${{NAME}} and ${{NAME:-text}} with plain text are known here"))
        self._at = found.end()
        value, (operator, other) = self._get(found[1]), found.group(2, 3)
        if operator is None:
            return self._looked_up(found[1])
        there = bool(value) if operator[0] == ":" else value is not None
        if operator[-1] == "+":
            return other if there else ""
        return (value if there else other) or ""

    def _looked_up(self, name: str) -> str:
        """What a name stands for that has no other text beside it."""
        value = self._get(name)
        if value is None:
            self.unset.add(name)
        return value or ""

    def _get(self, name: str) -> str | None:
        return self._found.get(name, self._environ.get(name))

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip(self, characters: str) -> None:
        """Go past these, and past lines that a backslash continues."""
        while (mark := self._peek()) and (mark in characters or self._text.startswith("\\\n", self._at)):
            self._at += 1 if mark in characters else 2

    def _find(self, mark: str, missing: str = "") -> int:
        found = self._text.find(mark, self._at)
        if found < 0 and missing:
            raise self._wrong(said(missing))
        return found if found >= 0 else len(self._text)

    def _wrong(self, what: Said, at: int | None = None) -> NotAssignments:
        return NotAssignments(self._text.count("\n", 0, self._at if at is None else at) + 1, what)


def _exists(user: str) -> bool:
    try:
        Path(user).expanduser()
    except RuntimeError:
        return False
    return True
