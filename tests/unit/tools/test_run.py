"""Programs are bounded in time and memory, leave nothing behind, and die with whoever started them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

import worker.tools.run as run_module
from worker.core.errors import NoEngine, PageTimedOut
from worker.tools.run import guarded, run

EATS_A_GIGABYTE = "import sys; sys.exit(0 if bytearray(1_000_000_000) else 1)"


def wait_until(fact: object, seconds: float = 10) -> bool:
    assert callable(fact)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if fact():
            return True
        time.sleep(0.02)
    return False


def gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def test_what_it_printed_and_how_it_ended() -> None:
    ended = run(["sh", "-c", "echo out; echo err >&2; exit 3"], timeout=20)
    assert (ended.code, ended.stdout, ended.stderr) == (3, "out\n", "err\n")


def test_bytes_that_are_no_text_do_no_harm() -> None:
    assert run(["printf", r"\377a"], timeout=20).stdout == "�a"


def test_a_signal_is_a_negative_code() -> None:
    assert run(["sh", "-c", "kill -ABRT $$"], timeout=20).code == -signal.SIGABRT


def test_past_its_time_the_whole_group_is_killed(tmp_path: Path) -> None:
    child = tmp_path / "child"
    with pytest.raises(PageTimedOut, match="sh"):
        run(["sh", "-c", f"sleep 600 & echo $! > '{child}'; wait"], timeout=0.5)
    assert wait_until(lambda: gone(int(child.read_text())))


def test_what_a_program_left_running_is_ended(tmp_path: Path) -> None:
    child = tmp_path / "child"
    run(["sh", "-c", f"sleep 600 >/dev/null 2>&1 & echo $! > '{child}'"], timeout=20)
    assert wait_until(lambda: gone(int(child.read_text())))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the address space of a program")
def test_memory_is_bounded() -> None:
    assert run([sys.executable, "-c", EATS_A_GIGABYTE], timeout=20, memory_mb=2000).code == 0
    assert run([sys.executable, "-c", EATS_A_GIGABYTE], timeout=20, memory_mb=400).code == 1


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(NoEngine, match="no_such_program"):
        run(["no_such_program"], timeout=20)


def test_a_stand_in_is_the_program_within_bounds() -> None:
    stand_in = guarded({"python": Path(sys.executable)}, timeout=20, memory_mb=400, environment={"OCR_X": "a b'c"})
    script = "import os; print(os.environ['OCR_X'], os.getpid())"
    with subprocess.Popen([stand_in["python"], "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.communicate()[0].split() == ["a", "b'c", str(process.pid)], "it is not the process itself"
    assert subprocess.run([stand_in["python"], "-c", EATS_A_GIGABYTE], capture_output=True, check=False).returncode == 1


def test_stand_ins_are_private() -> None:
    stand_in = guarded({"true": Path("/bin/true")}, timeout=20, memory_mb=400)["true"]
    assert stand_in.stat().st_mode & 0o077 == 0
    assert stand_in.parent.parent.stat().st_mode & 0o077 == 0


def test_where_nothing_in_tmp_can_be_run_stand_ins_lie_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a machine whose /tmp is mounted noexec."""
    access = os.access
    common = guarded({"true": Path("/bin/true")}, timeout=20, memory_mb=401)["true"].parent.parent
    monkeypatch.setattr(os, "access", lambda path, mode: common not in Path(path).parents and access(path, mode))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    run_module.private_folders.cache_clear()
    stand_in = guarded({"true": Path("/bin/true")}, timeout=20, memory_mb=401)["true"]
    assert tmp_path in stand_in.parents
    assert subprocess.run([stand_in], check=False).returncode == 0
    run_module.private_folders.cache_clear()
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc")  # nor can anything be written there
    assert guarded({"true": Path("/bin/true")}, timeout=20, memory_mb=401)["true"] == Path("/bin/true")
    run_module.private_folders.cache_clear()


@pytest.fixture
def poor_path(tmp_path: Path) -> str:
    """A PATH with a setpriv that does not know how to have a program killed, as small systems have it."""
    (tmp_path / "bin").mkdir()
    for program in ("sleep", "mv"):
        (tmp_path / "bin" / program).symlink_to(shutil.which(program) or "")
    (tmp_path / "bin" / "setpriv").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin" / "setpriv").chmod(0o755)
    return str(tmp_path / "bin")


@pytest.mark.parametrize("rich", [True, False], ids=["by the system", "by a watch"])
@pytest.mark.parametrize("how", ["run", "guarded"])
def test_a_program_dies_with_a_parent_that_was_killed(tmp_path: Path, poor_path: str, how: str, rich: bool) -> None:
    pid_file = tmp_path / "pid"
    command = ["/bin/sh", "-c", f"echo $$ > '{pid_file}.new'; mv '{pid_file}.new' '{pid_file}'; exec sleep 600"]
    start = {
        "run": f"run({command!r}, timeout=600)",
        "guarded": "subprocess.run([guarded({'sh': Path('/bin/sh')}, timeout=600, memory_mb=400)['sh'], "
        f"*{command[1:]!r}])",
    }[how]
    script = f"import subprocess; from pathlib import Path; from worker.tools.run import guarded, run; {start}"
    path = os.environ["PATH"] if rich else poor_path
    with subprocess.Popen([sys.executable, "-c", script], env={**os.environ, "PATH": path}) as parent:
        try:
            assert wait_until(pid_file.exists), "the program did not start"
            assert not gone(int(pid_file.read_text()))
        finally:
            os.kill(parent.pid, signal.SIGKILL)
    assert wait_until(lambda: gone(int(pid_file.read_text())))
