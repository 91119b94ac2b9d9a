"""OCRmyPDF's side: the newest version, in an environment of its own, with the tesseract that it is shown."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path

from tests.bench.ocr.sides import Run, check, path_with
from worker.core.errors import NoEngine
from worker.tools.tessdata import Tessdata, wheel_folder
from worker.tools.tesseract import find_programs, newest_program, program_version

PLACE = Path(__file__).parents[3] / "build" / "bench" / "ocrmypdf"
BIN = PLACE / "bin"


@dataclass(frozen=True, slots=True)
class Peer:
    """OCRmyPDF with one tesseract."""

    tesseract: Path
    version: str  # of that

    def read(self, source: Path, folder: Path, pages: int) -> Run:
        """Have it read a document on two cores: a searchable PDF, and the text beside it."""
        target, sidecar = folder / "peer.pdf", folder / "peer.txt"
        command = [str(BIN / "ocrmypdf"), "--jobs", "2", "--output-type", "pdf", "--quiet", "--sidecar", str(sidecar)]
        environment = {**os.environ, "PATH": path_with(BIN, self.tesseract.parent), "TESSDATA_PREFIX": str(_data())}
        began = time.monotonic()
        process = subprocess.Popen([*command, str(source), str(target)], env=environment, stdin=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"OCRmyPDF ended with {process.returncode}.")
        texts = sidecar.read_text("utf-8").split("\f")[:pages]
        check("OCRmyPDF", texts, target, pages)
        return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6, texts, target.stat().st_size)


def peers() -> dict[str, Peer]:
    """`system`: with the tesseract that comes with this machine; `newest`: with the newest to be had. None twice."""
    found: dict[str, Peer] = {}
    programs = list(find_programs())
    if programs and Path(sys.prefix) not in programs[0].parents:
        found["system"] = Peer(programs[0], program_version(programs[0]))
    try:
        newest = newest_program()
    except NoEngine:
        return found
    if newest not in {peer.tesseract for peer in found.values()}:
        found["newest"] = Peer(newest, program_version(newest))
    return found


def prepare() -> str:
    """Make its environment where it is missing. Returns its version."""
    python = BIN / "python"
    if not (PLACE / "ready").exists():
        venv.create(PLACE, with_pip=True, clear=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "ocrmypdf"], check=True, stdout=sys.stderr)
        (PLACE / "ready").touch()
    code = "import importlib.metadata as m; print(m.version('ocrmypdf'))"
    return subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def _data() -> Path:
    """The folder of language data that ours reads with, where it also has what the program asks for beside it."""
    folder = Tessdata.find().folder("eng")
    return folder if (folder / "configs").is_dir() else wheel_folder() or folder
