"""Keeps the interpreter to itself for six seconds a page, as the real one does, and takes no processor for it."""

from __future__ import annotations

import ctypes

PAGE_S = 6
_C = ctypes.PyDLL(None)  # unlike CDLL it lets no other thread run meanwhile


class PSM:
    """How a page is looked at."""

    AUTO = 3


class PyTessBaseAPI:
    """Reads nothing."""

    def __init__(self, **_given: object) -> None: ...

    def SetVariable(self, _name: str, _value: str) -> None: ...

    def End(self) -> None: ...

    def ProcessPages(self, _base: str, _image: str, **_given: object) -> bool:
        _C.sleep(PAGE_S)
        return False


def tesseract_version() -> str:
    """As the real one says it."""
    return "tesseract 5.0.0"
