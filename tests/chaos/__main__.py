"""`python -m tests.chaos --seed 7`: the last line is one JSON object; 0 if every promise was kept."""

from __future__ import annotations

import json
import logging
import sys
import time
from argparse import ArgumentParser

from tests.chaos.run import SLOTS, Wanted, run


def main() -> int:
    """Run it as the words say."""
    parser = ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=7, help="of everything that is left to chance")
    parser.add_argument("--jobs", type=int, default=500, help="small documents")
    parser.add_argument("--seconds", type=float, default=150.0, help="for so long things die; then all may end")
    parser.add_argument("--workers", type=int, default=len(SLOTS), choices=range(1, len(SLOTS) + 1))
    parser.add_argument("--keep", action="store_true", help="leave the folder with logs and data")
    words = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:6.1f}  {line}", file=sys.stderr, flush=True)

    verdict, answer = run(Wanted(**vars(words)), say)
    print(json.dumps(answer), flush=True)
    return 0 if verdict.kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
