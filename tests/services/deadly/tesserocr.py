"""The real one, but that page 2 ends its process and page 4 never comes back: it keeps the interpreter to itself."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from typing import Any

_C = ctypes.PyDLL(None)  # unlike CDLL it lets no other thread run meanwhile


def _real() -> Any:
    elsewhere = [place for place in sys.path if Path(place).resolve() != Path(__file__).parent]
    found = PathFinder.find_spec("tesserocr", elsewhere)
    assert found is not None
    assert found.loader is not None
    sys.modules["tesserocr"] = module = module_from_spec(found)
    found.loader.exec_module(module)
    return module


_library: Any = _real()
_Real: Any = _library.PyTessBaseAPI


class PyTessBaseAPI(_Real):  # type: ignore[misc]
    """Dies of some pages."""

    def ProcessPages(self, base: str, image: str, **given: Any) -> bool:
        name = Path(image).name
        if name.startswith("page-2."):
            os.kill(os.getpid(), signal.SIGSEGV)
        if name.startswith("page-4."):
            _C.sleep(600)
        return bool(super().ProcessPages(base, image, **given))


_library.PyTessBaseAPI = PyTessBaseAPI
