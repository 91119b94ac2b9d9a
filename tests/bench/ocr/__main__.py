"""The product, with two processes and through queue, storage and database, beside OCRmyPDF and recognition alone.

    python -m tests.bench.ocr [--rounds 3] [--no-peer] [--long 100]

Both sides read the same PDF on the same two cores and make a searchable PDF and its text; both are checked to have made
all of it. In each round every side has its turn, and each round begins with another. `OCR_CORPUS` adds real scans.
Processor time is that of all processes of a side; that of our servers stands apart. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from console.ops.stack import Stack
from tests.bench.ocr import alone, documents, peer
from tests.bench.ocr.figures import Round, figures, table
from tests.bench.ocr.product import Product, product, took
from tests.bench.ocr.sides import Run
from tests.services.stack_homes import temporary_home

SLOTS = 2
SHORT_JOBS = 5


def main() -> None:
    """Run it and print the figures."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--long", type=int, default=100, help="pages of the long document; 0: none")
    words.add_argument("--no-peer", action="store_true")
    asked = words.parse_args()
    version = "" if asked.no_peer else peer.prepare()
    peers = {} if asked.no_peer else peer.peers()
    sides = {name: f"OCRmyPDF, {one.version}" for name, one in peers.items()}
    if not documents.scans():
        say("OCR_CORPUS names no folder with scans: drawn pages only.")
    with temporary_home() as home, tempfile.TemporaryDirectory() as folder, Stack(home) as stack:
        stack.up()
        bench = Bench(stack, Path(folder), {sides[name]: one for name, one in peers.items()})
        rounds = [bench.round(number) for number in range(asked.rounds)]
        found = figures(rounds, list(sides.values()))
        found |= bench.around(asked.long)
    print("\n".join(table(rounds)))
    engines = {"peer_version": version, "peer_tesseract": [one.version for one in peers.values()]}
    print(json.dumps({**found, **engines, "scans": bool(documents.scans()), "load": os.getloadavg()[0]}))


def say(text: str) -> None:
    """Progress, beside the figures."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


class Bench:
    """All sides, and where they work."""

    def __init__(self, stack: Stack, folder: Path, peers: dict[str, peer.Peer]) -> None:
        self._stack = stack
        self._folder = folder
        self._peers = peers
        self._warm = [documents.long_scan(folder / f"warm-{n}.pdf", 1, -n) for n in range(1, 1 + 2 * SLOTS)]

    def round(self, number: int) -> Round:
        """Draw the round's document and have every side read it."""
        path = self._folder / f"round-{number}.pdf"
        bundle = documents.bundle(path, number)
        one = Round(bundle.leaves, path.stat().st_size)
        images = alone.draw(path, self._folder / f"round-{number}")
        turns: dict[str, Callable[[], Run]] = {
            "ours": lambda: self._ours(path, SLOTS),
            **{name: self._theirs(found, path, len(bundle.leaves)) for name, found in self._peers.items()},
            "recognition alone": lambda: alone.recognise(images, 1),
            "alone, two processes": lambda: alone.recognise(images, SLOTS),
            "ours, one process": lambda: self._ours(path, 1),
        }
        order = [*turns][number % len(turns) :] + [*turns][: number % len(turns)]
        runs = {}
        for side in order:
            runs[side] = turns[side]()
            say(f"round {number + 1}: {side}: {runs[side].seconds:.1f} s, {runs[side].cpu_s:.1f} CPU s")
        one.runs = {side: runs[side] for side in turns}
        for image in images:
            image.unlink()
        return one

    def around(self, pages: int) -> dict[str, Any]:
        """What a job costs beside the reading of its pages: a long one, short ones, one that needs no engine."""
        with product(self._stack, self._folder, SLOTS, self._warm) as ours:
            shorts = [self._short(ours, number) for number in range(SHORT_JOBS)]
            found = {"overhead_s_per_job": round(statistics.median(shorts), 3)}
            digital = documents.born_digital(self._folder / "digital.pdf")
            found["born_digital_113_pages_s"] = round(statistics.median(self._took(ours, digital) for _ in range(3)), 3)
            if pages:
                found |= self._long(ours, pages)
        return found

    def _long(self, ours: Product, pages: int) -> dict[str, float]:
        job = ours.ended(documents.long_scan(self._folder / "long.pdf", pages, 1))
        seconds, reading = took(job), ours.page_seconds(job) / SLOTS
        say(f"{pages} pages: {seconds:.1f} s, of which {reading:.1f} s reading in {SLOTS} processes")
        return {"overhead": round(1 - reading / seconds, 4), "long_pages_per_minute": round(60 * pages / seconds, 1)}

    def _short(self, ours: Product, number: int) -> float:
        job = ours.ended(documents.long_scan(self._folder / "short.pdf", 1, 100 + number))
        return took(job) - ours.page_seconds(job)

    @staticmethod
    def _took(ours: Product, source: Path) -> float:
        job = ours.ended(source)
        ours.forget(job)
        return took(job)

    def _ours(self, path: Path, slots: int) -> Run:
        with product(self._stack, self._folder, slots, self._warm) as ours:
            return ours.read(path)

    def _theirs(self, found: peer.Peer, path: Path, pages: int) -> Callable[[], Run]:
        return lambda: found.read(path, self._folder, pages)


if __name__ == "__main__":
    main()
