"""What every test may rely on: no trace of the user's own settings and data, Qt without a screen, the corpus."""

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from worker.core.settings import VARIABLES

_HOME = Path(tempfile.mkdtemp(prefix="ocr-console-tests-"))


def pytest_configure(config: pytest.Config) -> None:
    """A developer's DATABASE_URL must never be the one that a test empties."""
    for variable in VARIABLES:
        if variable.field != "tessdata":  # where this machine keeps its languages
            for name in (variable.name, *variable.aliases):
                os.environ.pop(name, None)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["OCR_CONSOLE_HOME"] = str(_HOME / "data")
    os.environ["XDG_CONFIG_HOME"] = str(_HOME / "config")
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # never that of who runs the tests


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(_HOME, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A dialog that nobody answers keeps Python from hearing the timeout's signal: there, a thread ends the run."""
    for item in items:
        if "gui" in item.path.relative_to(Path(__file__).parent).parts:
            item.add_marker(pytest.mark.timeout(method="thread"))


def pytest_report_header(config: pytest.Config) -> str:
    return f"corpus: {os.environ.get('OCR_CORPUS') or 'none (OCR_CORPUS names its folder)'}"


def pytest_runtest_setup(item: pytest.Item) -> None:
    gc.enable()  # a window leaves it off at its end, and by now nothing of the one before is ending
    if item.get_closest_marker("corpus") is not None:
        _corpus_folder()


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder with `scans` and `hard`. Without it the test is skipped, with it wrongly named it fails."""
    return _corpus_folder()


def _corpus_folder() -> Path:
    named = os.environ.get("OCR_CORPUS")
    if not named:
        pytest.skip("OCR_CORPUS names no folder with documents")
    folder = Path(named).resolve()
    if not (folder / "scans").is_dir():
        pytest.fail(f"OCR_CORPUS names {folder}, where no folder 'scans' is")
    return folder
