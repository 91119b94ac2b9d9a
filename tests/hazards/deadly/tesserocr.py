"""The real engine, but that the second page of a document ends whoever reads it."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from pathlib import Path
from typing import Any

_HERE = str(Path(__file__).parent)
_places, _this = sys.path, sys.modules.pop(__name__)
sys.path = [place for place in _places if place != _HERE]
_real: Any = importlib.import_module("tesserocr")
sys.path, sys.modules[__name__] = _places, _this
_Api: Any = _real.PyTessBaseAPI
PSM, tesseract_version = _real.PSM, _real.tesseract_version


class PyTessBaseAPI(_Api):  # type: ignore[misc]
    """As it is, but for that page."""

    def ProcessPages(self, base: str, image: str, **given: Any) -> bool:
        if "page-2" in base:
            os.kill(os.getpid(), signal.SIGSEGV)
        return bool(super().ProcessPages(base, image, **given))
