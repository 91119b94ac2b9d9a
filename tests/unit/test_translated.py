"""Every word of the window can be translated.

A literal of the window that looks like words is inside `translate`. A sentence of an error, and why a file is left out
or a job refused, is a literal or a template with values (`worker.core.said`): the window translates that.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import worker.core.errors

ROOM = Path(__file__).parents[2] / "console" / "ui"
WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]|^[A-Z][a-z]{2,}")
KEYS = re.compile(
    r"^((Ctrl|Shift|Alt|Meta)\+)*(G, [A-Z]|F\d+|Up|Down|Left|Right|Del|Delete|Esc|Escape|Return|Enter|Space|Tab|"
    r"Home|End|PgUp|PgDown|Backspace|.)?$"
)
NAMES = {  # the same everywhere
    "OCR Console",
    "Redis",
    "Postgres",
    "S3",
    "Compose",
    "Kubernetes",
    "Markdown",
    "Markdown (*.md)",
}  # the same everywhere
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
ERRORS = {name for name, kind in vars(worker.core.errors).items() if isinstance(kind, type)}
TELLING = (ERRORS | {"Locked", "Skipped", "Refused"}) - {"InternalError"}  # whose texts people see
WORDS_OF = slice(0, 3, 2)  # headline and cause; between them are figures
DOCTOR = {"good": WORDS_OF, "warned": WORDS_OF, "failed": WORDS_OF, "unknown": WORDS_OF, "Remedy": slice(1)}
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


class Sentences:
    """The texts of a module that people see and that were put together: no translator could know them."""

    def __init__(self, source: str) -> None:
        self._nodes = list(ast.walk(ast.parse(source)))
        self._seen: set[str] = set()

    def put_together(self) -> list[str]:
        found = [node for node in self._nodes if isinstance(node, ast.Call) and _called(node) in TELLING]
        return [
            ast.unparse(call)
            for call in found
            if any(map(self._loose, [*call.args, *(keyword.value for keyword in call.keywords)]))
        ]

    def put_together_by(self, telling: Mapping[str, slice]) -> list[str]:
        """The same of these functions, of whose arguments only some are words."""
        calls = [node for node in self._nodes if isinstance(node, ast.Call) and _called(node) in telling]
        return [ast.unparse(call) for call in calls if any(map(self._loose, call.args[telling[_called(call)]]))]

    def _loose(self, node: ast.expr) -> bool:
        """Whether a text is put together; the values that fill a template may be anything."""
        match node:
            case ast.JoinedStr() | ast.BinOp(op=ast.Add() | ast.Mod()):
                return True
            case ast.Call(func=ast.Attribute(attr="format" | "join" | "replace")):
                return True
            case ast.IfExp(body=one, orelse=other):
                return self._loose(one) or self._loose(other)
            case ast.Call(args=args):
                name = _called(node)
                told = args[1:] if name == "said_counted" else args if name in {"said", "_said", "sentences"} else []
                return any(map(self._loose, told)) or self._one_of(name)
            case ast.Name(id=name):
                return self._one_of(name)
        return False

    def _one_of(self, name: str) -> bool:
        """Whether one of the texts that a name stands for in this module, or its function gives, is put together."""
        if name in self._seen:
            return False
        self._seen.add(name)
        loose = any(map(self._loose, self._meant(name)))
        self._seen.remove(name)
        return loose

    def _meant(self, name: str) -> Iterator[ast.expr]:
        for node in self._nodes:
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    yield value
                case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                    pairs = zip(targets, values, strict=False)
                    yield from (value for target, value in pairs if isinstance(target, ast.Name) and target.id == name)
                case ast.FunctionDef(name=defined) if defined == name and name not in {"said", "sentences"}:
                    returns = (inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return))
                    yield from (value for value in returns if value is not None)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def test_what_errors_say_is_no_text_put_together() -> None:
    root = ROOM.parents[1]
    found = {
        f"{file.relative_to(root)}: {text}"
        for room in ("console", "worker")
        for file in sorted((root / room).rglob("*.py"))
        for text in Sentences(file.read_text("utf-8")).put_together()
    }
    assert sorted(found) == []


def test_what_the_doctor_says_is_no_text_put_together() -> None:
    loose = []
    for file in sorted((ROOM.parent / "ops" / "doctor").rglob("*.py")):
        loose += [f"{file.name}: {text}" for text in Sentences(file.read_text("utf-8")).put_together_by(DOCTOR)]
    assert loose == []
    assert Sentences('failed(f"{name} is full", "3", "It is so.")').put_together_by(DOCTOR)
    assert Sentences('Remedy("Free " + name)').put_together_by(DOCTOR)


def test_a_text_that_was_put_together_is_found() -> None:
    loose = (
        'raise TooLarge(f"{name} is large")',
        'raise TooLarge("%s is large" % name, advice)',
        'raise TooLarge("It is large.", "Split " + name)',
        'why = "{} is large".format(name)\nraise TooLarge(why)',
        'def why(): return f"{name} is large"\nraise TooLarge(why())',
        'raise TooLarge(said(f"{name} is {{size}}", size=3))',
        'Skipped(path, "link", sentences("A link.", f"It leads to {there}."))',
    )
    assert [bool(Sentences(source).put_together()) for source in loose] == [True] * len(loose)
    assert not Sentences('raise TooLarge(said("{name} is large", name=f"{a}/{b}"), "Split it.")').put_together()


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
