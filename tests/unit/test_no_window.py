"""The window where it cannot open: one sentence, no traceback, no abort."""

import os
import subprocess
import sys

BARE = {name: value for name, value in os.environ.items() if "DISPLAY" not in name and name != "QT_QPA_PLATFORM"}


def opened(program: str, environment: dict[str, str]) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_without_a_display():
    code, said = opened("import sys; from console.__main__ import main; sys.exit(main([]))", BARE)
    assert code == 1
    assert said.startswith("There is no display here")
    assert said.count("\n") == 1


def test_without_the_libraries_of_qt():
    hidden = "import sys; sys.modules['PySide6.QtWidgets'] = None; "
    code, said = opened(
        hidden + "from console.__main__ import main; sys.exit(main([]))", {**BARE, "QT_QPA_PLATFORM": "offscreen"}
    )
    assert code == 1
    assert "make demo" in said
    assert said.count("\n") == 1
