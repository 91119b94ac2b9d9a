"""Every engine and rasteriser that should be here, so that a contract is tested on each of them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from worker.core.errors import NoEngine
from worker.tools.engine import Engine
from worker.tools.pdfium import Pdfium
from worker.tools.poppler import Poppler
from worker.tools.rasterizer import Rasterizer
from worker.tools.tessdata import Tessdata
from worker.tools.tesseract import Tesseract, find_programs
from worker.tools.tesserocr_engine import Tesserocr

ENGINES = ("tesserocr", "tesseract-system", "tesseract-wheel")
RASTERIZERS = ("poppler", "pdfium")


def engine(which: str) -> Engine:
    """One of ENGINES; the test is skipped, with a sentence, where it is missing and may be."""
    try:
        if which == "tesserocr":
            return Tesserocr(Tessdata.find())
        inside = Path(sys.prefix)
        for program in find_programs():
            if program.is_relative_to(inside) == (which == "tesseract-wheel"):
                return Tesseract(program, Tessdata.find())
    except NoEngine as problem:
        raise missing(which, problem.sentence) from problem
    raise missing(which, "it is not installed")


def rasterizer(which: str) -> Rasterizer:
    """One of RASTERIZERS, or a skip."""
    try:
        return Poppler() if which == "poppler" else Pdfium()
    except NoEngine as problem:
        raise missing(which, problem.sentence) from problem


def missing(which: str, why: str) -> BaseException:
    """What to raise: a skip, or a failure where OCR_ALL_TOOLS says that nothing may be missing, as in .ci/run."""
    if os.environ.get("OCR_ALL_TOOLS"):
        return pytest.fail.Exception(f"{which} should be here: {why}")
    return pytest.skip.Exception(f"{which} is missing: {why}", allow_module_level=True)
