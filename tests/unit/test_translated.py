"""Every word of the window goes through Qt's translation: a literal that looks like words is inside `translate`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOM = Path(__file__).parents[2] / "console" / "ui"
WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]|^[A-Z][a-z]{2,}")
KEYS = re.compile(
    r"^((Ctrl|Shift|Alt|Meta)\+)*(G, [A-Z]|F\d+|Up|Down|Left|Right|Del|Delete|Esc|Escape|Return|Enter|Space|Tab|"
    r"Home|End|PgUp|PgDown|Backspace|.)?$"
)
NAMES = {"OCR Console", "Redis", "Postgres", "S3"}  # the same in every language
CODE = {
    "Hit",
    "Table",
    "Job",
    "Page",
    "Picture",
    "Latin",
    "Cyrillic",
    "ddd d",
    "gave up",
}  # types, scripts, formats, a worker's state
APART = {"stylesheet.py", "theme.py", "icons.py", "wheels.py"}  # style sheets, fonts, files


def literals(tree: ast.Module) -> Iterator[str]:
    """The texts of a module that are no docstring, no annotation and in no call of translate."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="translate" | "QT_TRANSLATE_NOOP") | ast.Attribute(attr="translate")):
                skipped |= {id(inner) for inner in ast.walk(node)}
            case ast.Expr(value=ast.Constant()):
                skipped.add(id(node.value))
            case ast.AnnAssign(annotation=annotation) | ast.arg(annotation=ast.expr() as annotation):
                skipped |= {id(inner) for inner in ast.walk(annotation)}
            case ast.Assert() | ast.Raise():
                skipped |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.value


def untranslated(source: str) -> list[str]:
    """What looks like words and is not translated."""
    found = literals(ast.parse(source))
    known = NAMES | CODE
    return [text for text in found if WORDS.search(text) and not KEYS.match(text) and text not in known]


def actions() -> set[str]:
    """What the audit calls the commands: keys of a table, not words of the window."""
    texts = [file.read_text("utf-8") for file in (ROOM.parent / "ops").rglob("*.py")]
    named = {name for text in texts for name in re.findall(r'action: ClassVar\[str\] = "([^"]+)"', text)}
    return named | {"resume uploads", "forget uploads"}  # of one command, by what it is to do


def test_what_the_window_says_is_translated() -> None:
    known = actions()
    found = {
        f"{file.relative_to(ROOM)}: {text!r}"
        for file in sorted(ROOM.rglob("*.py"))
        if file.name not in APART
        for text in untranslated(file.read_text("utf-8"))
        if text not in known
    }
    assert sorted(found) == []


def test_a_word_that_is_not_translated_is_found() -> None:
    source = 'x = Label("No jobs yet")\ny = Button(translate("Jobs", "Add files"), icon="plus", key="Ctrl+O")'
    assert untranslated(source) == ["No jobs yet"]
