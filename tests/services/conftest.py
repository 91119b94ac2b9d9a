"""Real servers for the tests: the embedded stack in a temporary home, started once a session.

OCR_TEST_HOME names a home to use again and to leave running, which saves the start while one test is worked on.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.ops.stack import Stack
from worker.core.settings import Settings


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The running embedded stack. Tests that stop servers make one of their own."""
    lasting = os.environ.get("OCR_TEST_HOME")
    home = Path(lasting) if lasting else Path(tempfile.mkdtemp(prefix="ocr-test-"))
    running = Stack(home)
    running.up(keep=bool(lasting))
    yield running
    running.close()
    if not lasting:
        shutil.rmtree(home)


@pytest.fixture(scope="session")
def settings(stack: Stack) -> Settings:
    """Its addresses and limits."""
    return stack.settings()
