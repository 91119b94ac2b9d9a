"""The whole program in a home of its own, with its servers up and one worker."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end2end.program import Program


@pytest.fixture
def fresh() -> Iterator[Program]:
    """A program that was never started here; its servers are down when the test is over."""
    home = Path(tempfile.mkdtemp(prefix="ocr-e2e-"))
    program = Program(home)
    yield program
    program.run("stack", "down")
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def program() -> Iterator[Program]:
    """A program whose servers are up; no worker yet."""
    home = Path(tempfile.mkdtemp(prefix="ocr-e2e-"))
    running = Program(home)
    running.run("stack", "up")
    yield running
    running.run("stack", "down")
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def worked(program: Program) -> Iterator[Program]:
    """The same with a worker that stays until the end of a file."""
    name = program.run("worker", "start", "--json", "-c", "2").json["name"]
    yield program
    program.run("worker", "stop", name)
