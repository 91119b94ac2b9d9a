"""Tesseract in this process, through tesserocr: the fastest way, and the one that takes the process with it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from worker.core.errors import EngineCrashed, NoEngine, OutOfMemory, PageTimedOut
from worker.core.said import said
from worker.tools.engine import LAYOUT, SUFFIXES, VARIABLES, Orientation, Reader, as_bitmap
from worker.tools.tessdata import Tessdata, split_languages

os.environ["OMP_THREAD_LIMIT"] = "1"  # before the library is loaded: its threads cost 2.5 to 4 times the CPU

_KEPT = 2  # models in memory at a time; an English one takes 30 MB
_GRACE_S = 1.0  # behind a page's time, for the library to come back by itself


class Tesserocr(Reader):
    """One engine object for each set of languages, kept between pages. Not for two threads at a time.

    Args:
        tessdata: The language data.
        expendable: Whether this process may be ended where the library does not come back. It heeds a time limit
            between words only, and may look for the words of a noisy page for hours.
    """

    name = "tesserocr"

    def __init__(self, tessdata: Tessdata, *, expendable: bool = False) -> None:
        try:
            import tesserocr
        except ImportError as problem:
            raise NoEngine("tesserocr is not installed, or does not fit this machine.") from problem
        super().__init__(tessdata)
        self._library = tesserocr
        self._expendable = expendable
        self._kept: OrderedDict[str, Any] = OrderedDict()
        self._turner: Any = None  # tells how print lies
        self.version = tesserocr.tesseract_version().split()[1]

    def read(self, image: Path, *, languages: str, dpi: int, base: Path, timeout: float) -> None:
        """Read the image in one pass; see Engine."""
        api = self._api(languages)
        api.SetVariable("user_defined_dpi", str(dpi))
        started = time.perf_counter()
        with as_bitmap(image, base) as bitmap, self._bounded(timeout):
            good = api.ProcessPages(str(base), str(bitmap), timeout=max(int(timeout * 1000), 1))
        if not good:
            self._forget(languages)  # after a time-out it would go on where it was
            if time.perf_counter() - started >= timeout:
                raise PageTimedOut(said("The page was not read within {limit} s.", limit=f"{timeout:g}"))
            raise EngineCrashed("tesseract could not read the page's image.")
        if missing := [suffix for suffix in SUFFIXES if not base.with_name(f"{base.name}.{suffix}").exists()]:
            raise EngineCrashed(said("tesseract wrote no {files}.", files=", ".join(missing)))

    def orientation(self, image: Path, timeout: float) -> Orientation | None:
        """How the print lies; see Engine."""
        folder = self._tessdata.orientation_folder
        if folder is None:
            return None
        with self._bounded(timeout):
            if self._turner is None:
                self._turner = self._library.PyTessBaseAPI(path=str(folder), lang="osd", psm=self._library.PSM.OSD_ONLY)
            self._turner.SetImageFile(str(image))
            found = self._turner.DetectOrientationScript()
            self._turner.Clear()
        if not found:
            return None
        return -round(found["orient_deg"] / 90) % 4, float(found["orient_conf"])

    @contextmanager
    def _bounded(self, timeout: float) -> Iterator[None]:
        """Turn the library's errors into ours, and end this process if it may be and the library does not come back."""
        timed = self._expendable and sys.platform != "win32"
        if timed:
            signal.setitimer(signal.ITIMER_REAL, timeout + _GRACE_S)  # SIGALRM ends a process that does not handle it
        try:
            yield
        except MemoryError as problem:
            raise OutOfMemory("The page needed more memory than this worker has.") from problem
        except RuntimeError as problem:
            raise EngineCrashed("tesseract could not read the page's image.") from problem
        finally:
            if timed:
                signal.setitimer(signal.ITIMER_REAL, 0)

    def _api(self, languages: str) -> Any:  # noqa: ANN401 - the library gives no stable type
        languages = "+".join(split_languages(languages))
        folder = self._tessdata.folder(languages)
        if languages in self._kept:
            self._kept.move_to_end(languages)
            return self._kept[languages]
        while len(self._kept) >= _KEPT:
            self._forget(next(iter(self._kept)))
        library = self._library
        try:
            api = library.PyTessBaseAPI(path=str(folder), lang=languages, psm=LAYOUT)
        except RuntimeError as problem:
            template = "The data of the language “{languages}” could not be loaded."
            raise EngineCrashed(said(template, languages=languages)) from problem
        for variable, value in VARIABLES.items():
            api.SetVariable(variable, value)
        self._kept[languages] = api
        return api

    def _forget(self, languages: str) -> None:
        api = self._kept.pop("+".join(split_languages(languages)), None)
        if api is not None:
            api.End()
