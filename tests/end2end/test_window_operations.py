"""What an operator does with the window, on real servers: by mouse alone, and by keyboard alone.

OCR_SCREENSHOTS names a folder for pictures of each step.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text

from console.ops.stack import Stack
from tests.end2end.screen import Screen, missing
from tests.services.stack_homes import temporary_home
from tests.unit.documents import picture
from worker.core.database import open_engine, single

DAMAGED = "damaged.jpg"
STEPS = (
    "opened dropped started watched hurried selected cancelled undone made_small purged put_back paused resumed "
    "asked_the_doctor worked filtered retried opened_a_job saw_the_keys restarted stopped "
    "switched"
)
THEMES = {"mouse": "light", "keyboard": "dark"}

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"no {', '.join(missing())}: they are the hands and the screen")


@pytest.fixture
def stack() -> Iterator[Stack]:
    """Servers of its own, on which nothing has been done; its profile is opened by name, so no worker is started."""
    with temporary_home() as home, Stack(home) as running:
        yield running


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    made = [picture(tmp_path / f"letter-{number}.png", f"This is letter number {number}") for number in range(1, 7)]
    damaged = picture(tmp_path / DAMAGED)
    damaged.write_bytes(damaged.read_bytes()[: damaged.stat().st_size // 2])
    return [*made, damaged]


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_all_is_done_by(way: str, stack: Stack, files: list[Path], tmp_path: Path):
    home = tmp_path / "window"
    environment = {
        "OCR_CONSOLE_HOME": str(home),
        "OCR_CONSOLE_THEME": THEMES[way],
        "XDG_CONFIG_HOME": str(folder_of_another(stack, tmp_path)),
    }
    command = [sys.executable, "-m", "tests.end2end.operating", way, str(stack.profile_file), str(home), DAMAGED]
    with Screen() as screen:
        operator = screen.start([*command, *map(str, files)], environment)
        said, _ = operator.communicate(timeout=170)
    assert said.split() == STEPS.split()
    assert operator.returncode == 0
    assert left(home) == []


def folder_of_another(stack: Stack, folder: Path) -> Path:
    """Settings of the desktop, in which there is a profile of another database on the same server."""
    url = stack.settings().database_url
    engine = open_engine(stack.settings(), application="test")
    with single(engine) as connection:
        connection.execute(text("create database other"))
    engine.dispose()
    file = folder / "config" / "ocr-console" / "profiles" / "other.env"
    file.parent.mkdir(parents=True)
    other = url.replace("postgresql+psycopg2://", "postgresql://").rpartition("/")[0] + "/other"
    file.write_text(f"{stack.profile_file.read_text('utf-8')}\nDATABASE_URL={other}\n", "utf-8")
    file.chmod(0o600)
    return folder / "config"


def left(home: Path) -> list[str]:
    """Processes that the window began, or that those began."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("OCR_CONSOLE_HOME") == str(home):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found
