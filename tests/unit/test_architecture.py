"""The house: who may import whom, and how long a file or a function may be. Fails on any arrow not drawn here."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
MAY_IMPORT = {
    "console.ui": {"console.ui", "console.bridge"},
    "console.bridge": {"console.bridge", "console.ops"},
    "console.ops": {"console.ops", "worker.core"},
    "console.cli": {"console.cli", "console.ops"},
    "console.window": {
        "console.switching",
        "console.lasting",
        "console.ui",
        "console.bridge",
        "console.ops",
        "worker.core",
    },
    "console.switching": {
        "console.app",
        "console.lasting",
        "console.ui",
        "console.bridge",
        "console.ops",
        "worker.core",
    },  # from one window to the next
    "console.app": {
        "console.places",
        "console.profile_places",
        "console.lasting",
        "console.ui",
        "console.bridge",
        "console.ops",
        "worker.core",
    },
    "console.profile_places": {"console.places", "console.ui", "console.bridge", "console.ops", "worker.core"},
    "console.lasting": {"console.bridge", "console.ops", "worker.core"},  # what they share
    "console.places": {
        "console.pages",
        "console.sources",
        "console.ui",
        "console.bridge",
        "console.ops",
        "worker.core",
    },  # of the root:
    "console.pages": {"console.ui", "console.bridge", "console.ops", "worker.core"},  # where pages stand, how made
    "console.sources": {"console.ui", "console.ops", "worker.core"},  # what they ask
    "console.__main__": {
        "console.window",
        "console.cli",
        "console.ops",
        "worker.app",
    },  # each of its processes starts here
    "worker.core": {"worker.core"},
    "worker.app": {"worker", "worker.core"},
    "worker": {"worker", "worker.app", "worker.core"},
    "console": set[str](),
}
MAY_NAME_DATA = {"console.ui", "console.bridge", "console.cli"}  # the plain data types of ops and core
MAY_IMPORT_QT = {
    "console.ui": "PySide6.",
    "console.window": "PySide6.",
    "console.switching": "PySide6.",
    "console.app": "PySide6.",
    "console.places": "PySide6.",
    "console.profile_places": "PySide6.",
    "console.pages": "PySide6.",
    "console.bridge": "PySide6.QtCore",
}
DATA_MODULES = {
    "worker.core.jobs",
    "worker.core.errors",
    "worker.core.filters",
    "worker.core.filter_words",
    "worker.core.said",
}  # with functions that reach for nothing
LONGEST_FILE, LONGEST_FUNCTION = 300, 60
EMPTY_NAMES = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}


class Import(NamedTuple):
    module: str
    line: int
    target: str
    name: str  # what is taken from the target; empty for a whole module


def read(root: Path) -> dict[str, ast.Module]:
    """Every module under console/ and worker/."""
    files = [path.relative_to(root) for room in ("console", "worker") for path in (root / room).rglob("*.py")]
    return {module_name(path): ast.parse((root / path).read_text("utf-8")) for path in sorted(files)}


def module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def imports(modules: dict[str, ast.Module]) -> Iterator[Import]:
    """Wherever they stand: at the top, in a function, under TYPE_CHECKING, or with the module's name as text."""
    for module, tree in modules.items():
        for node in ast.walk(tree):
            match node:
                case ast.Import(names=names):
                    found = [(alias.name, "") for alias in names]
                case ast.ImportFrom(level=0, module=str(source), names=names):
                    found = [(source, alias.name) for alias in names]
                case ast.ImportFrom():
                    found = [("(a relative import)", "")]
                case ast.Call(
                    func=ast.Attribute(attr="import_module") | ast.Name(id="import_module" | "__import__"),
                    args=[ast.Constant(value=str(source)), *_],
                ):
                    found = [(source, "")]
                case _:
                    continue
            for target, name in found:
                inner = f"{target}.{name}"
                yield Import(module, node.lineno, *((inner, "") if inner in modules else (target, name)))


def room(module: str) -> str:
    return max((name for name in MAY_IMPORT if f"{module}.".startswith(f"{name}.")), key=len, default="")


def is_plain_data(modules: dict[str, ast.Module], target: str, name: str) -> bool:
    """A dataclass, an enumeration, a named tuple, a protocol, a constant: no connection. Followed to its definition."""
    if target in DATA_MODULES or (name.isupper() and target in modules):
        return True
    for node in modules[target].body if target in modules else []:
        match node:
            case ast.ClassDef(name=defined) if defined == name:
                kinds = " ".join(ast.unparse(kind) for kind in (*node.decorator_list, *node.bases))
                return any(kind in kinds for kind in ("dataclass", "Enum", "NamedTuple", "Protocol"))
            case ast.Assign(targets=[ast.Name(id=defined)], value=ast.Subscript() | ast.BinOp()) if defined == name:
                return True  # a name for a type, such as Callable[[int], None]
            case ast.ImportFrom(module=str(source), names=names) if name in {alias.name for alias in names}:
                return is_plain_data(modules, source, name)
    return False


def forbidden(modules: dict[str, ast.Module]) -> Iterator[str]:
    for found in imports(modules):
        here, there = room(found.module), room(found.target)
        if found.target.split(".")[0] in {"PySide6", "shiboken6"}:
            allowed = f"{found.target}.{found.name}".startswith(MAY_IMPORT_QT.get(here, "never"))
        elif there == "console":  # the package itself: its version
            allowed = here.startswith("console")
        elif there:
            data = here in MAY_NAME_DATA and there in {"console.ops", "worker.core"}
            allowed = there in MAY_IMPORT[here] or (data and is_plain_data(modules, found.target, found.name))
        else:
            allowed = not found.target.startswith(("(", "resources", "tests"))
        if not allowed:
            yield f"{found.module}, line {found.line}: {found.target} {found.name}".rstrip()


def cycle(modules: dict[str, ast.Module]) -> list[str]:
    graph: dict[str, set[str]] = {module: set() for module in modules}
    for found in imports(modules):
        if found.target in modules and found.target != found.module:
            graph[found.module].add(found.target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def too_long_or_unnamed(root: Path) -> Iterator[str]:
    for path in sorted(
        path for folder in ("console", "worker", "resources", "tests") for path in (root / folder).rglob("*.py")
    ):
        text = path.read_text("utf-8")
        where = path.relative_to(root)
        if (lines := text.count("\n")) > LONGEST_FILE:
            yield f"{where}: {lines} lines"
        if path.stem in EMPTY_NAMES:
            yield f"{where}: a name that explains nothing"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    yield f"{where}: {node.name} has {lines} lines"


def test_only_the_arrows_of_the_house():
    assert "\n".join(forbidden(read(ROOT))) == ""


def bypasses(modules: dict[str, ast.Module]) -> Iterator[str]:
    """Calls of `run(services)`: a command is carried out by `acting.act`, past the lock and into the audit."""
    for module, tree in modules.items():
        if module == "console.ops.acting" or not module.startswith("console."):
            continue
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(attr="run"), args=[given, *_]) if "services" in ast.unparse(given):
                    yield f"{module}, line {node.lineno}"


def test_commands_run_by_act_alone():
    made_of_others = ("console.ops.samples", "console.ops.on_batches")
    found = [line for line in bypasses(read(ROOT)) if not line.startswith(made_of_others)]
    assert found == []


def test_a_command_that_is_run_past_the_audit_is_found(tmp_path: Path):
    write(tmp_path, {"console/cli/a.py": "def f(session, services):\n    Retry(()).run(services)"})
    assert list(bypasses(read(tmp_path))) == ["console.cli.a, line 2"]


def test_no_import_cycles():
    assert " → ".join(cycle(read(ROOT))) == ""


def test_files_and_functions_are_short_and_named():
    assert "\n".join(too_long_or_unnamed(ROOT)) == ""


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("worker/tasks.py", "from console.ops import stack"),
        ("worker/core/store.py", "import worker.app"),
        ("worker/core/store.py", "from worker.tools import tesseract"),
        ("worker/core/store.py", "def f():\n    from console.ops import stack"),
        ("console/ops/stack.py", "import importlib\nimportlib.import_module('worker.pipeline.rasterize')"),
        ("console/ops/stack.py", "from PySide6.QtCore import QObject"),
        ("console/ops/stack.py", "from console.bridge import poller"),
        ("console/ops/stack.py", "from .cli import verbs"),
        ("console/cli/jobs.py", "import PySide6.QtCore"),
        ("console/cli/jobs.py", "import console.app"),
        ("console/bridge/poller.py", "from PySide6.QtWidgets import QWidget"),
        ("console/bridge/poller.py", "from PySide6 import QtGui"),
        ("console/ui/page.py", "from console.ops.services import Services"),
        ("console/ui/page.py", "import worker.core.store"),
        ("console/ui/page.py", "from console.cli import jobs"),
        ("console/__main__.py", "from PySide6 import QtCore"),
        ("console/__main__.py", "from worker.tasks import run_job"),
        ("console/other.py", "import console.ops"),
        ("worker/core/store.py", "import console"),
        ("console/cli/jobs.py", "from worker.core.store import Store"),
    ],
)
def test_a_forbidden_import_is_found(tmp_path: Path, file: str, text: str):
    write(tmp_path, {"console/ops/services.py": "class Services: ...", file: text})
    assert len(list(forbidden(read(tmp_path)))) == 1


def test_an_allowed_import_is_not_found(tmp_path: Path):
    write(
        tmp_path,
        {
            "console/ops/commands.py": "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Retry: ...",
            "console/ui/page.py": "from console.ops.commands import Retry\nfrom worker.core.jobs import State",
            "console/bridge/poller.py": "from PySide6 import QtCore\nfrom PySide6.QtCore import QObject",
            "console/__main__.py": "def main():\n    from worker.app import main",
        },
    )
    assert list(forbidden(read(tmp_path))) == []


def test_a_cycle_is_found(tmp_path: Path):
    write(
        tmp_path, {"worker/core/a.py": "import worker.core.b", "worker/core/b.py": "def f():\n    import worker.core.a"}
    )
    assert set(cycle(read(tmp_path))) == {"worker.core.a", "worker.core.b"}


def test_too_long_is_found(tmp_path: Path):
    write(tmp_path, {"worker/utils.py": "def f():\n" + "    pass\n" * LONGEST_FILE})
    assert len(list(too_long_or_unnamed(tmp_path))) == 3


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
