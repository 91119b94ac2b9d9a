"""How the program starts itself, frozen and not, and what the programs that it starts find."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from console.ops.program import program, program_environment, restore_libraries
from console.ops.servers.packages import weed
from worker.core.errors import StorageError


def test_from_its_sources_it_is_a_module():
    assert program("worker", "run") == [sys.executable, "-m", "console", "worker", "run"]
    assert program_environment()["PYTHONPATH"].split(os.pathsep)[0] == str(Path(__file__).parents[2])


def test_frozen_it_is_itself(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert program("worker", "run") == [sys.executable, "worker", "run"]
    assert "PYTHONSAFEPATH" not in program_environment(without={"PYTHONSAFEPATH"})


@pytest.mark.parametrize(("before", "after"), [(None, None), ("/opt/lib", "/opt/lib")])
def test_other_programs_find_the_systems_libraries(
    before: str | None, after: str | None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/build/_internal")
    if before is None:
        monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    else:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    restore_libraries()
    assert os.environ.get("LD_LIBRARY_PATH") == after


def test_what_is_set_stays_where_nothing_is_frozen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/lib")
    restore_libraries()
    assert os.environ["LD_LIBRARY_PATH"] == "/opt/lib"


def test_frozen_the_s3_server_lies_in_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = tmp_path / "bin" / ("weed.exe" if sys.platform == "win32" else "weed")
    program.parent.mkdir()
    program.touch()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert weed(StorageError) == program
