"""Every hazard on a real worker, as a table: `python -m tests.hazards`.

With `--corpus` the folder that OCR_CORPUS names is submitted at once, instead.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import pytest

SUITE = sorted(str(path) for path in (Path(__file__).parents[1] / "services").glob("test_hazards*.py"))


def main() -> int:
    """0 when each ended as it has to."""
    parser = argparse.ArgumentParser(prog="python -m tests.hazards", description=__doc__)
    parser.add_argument("--corpus", action="store_true", help="submit the folder that OCR_CORPUS names, instead")
    asked, rest = parser.parse_known_args()
    if asked.corpus:
        from tests.hazards.corpus import submit_all

        return submit_all()
    os.environ["OCR_HAZARDS"] = "all"
    return int(pytest.main([*SUITE, "-q", *rest]))


if __name__ == "__main__":
    sys.exit(main())
