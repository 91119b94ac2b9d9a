"""A scan of 300 sheets of A4 through a worker of two processes: the most memory that one of them held.

python -m tests.bench.long_scan [--pages 300]
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pikepdf
import psutil
from PIL import Image, ImageDraw, ImageFont

from console.ops.stack import Stack
from tests.services.stack_homes import temporary_home
from tests.services.worker_process import Desk, celery_worker
from tests.unit.documents import page_pdf
from worker.core.database import open_engine
from worker.core.jobs import Options, State
from worker.core.schema import upgrade
from worker.core.store import Store

A4 = (2480, 3508)  # at 300 dpi
SHEET = b"q 595 0 0 842 0 0 cm /Im1 Do Q"


def main() -> None:
    """Run it and print the megabytes of each process, and the seconds."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--pages", type=int, default=300)
    pages = words.parse_args().pages
    with temporary_home() as home, tempfile.TemporaryDirectory() as folder, Stack(home) as stack:
        stack.up()
        settings = stack.settings()
        engine = open_engine(settings, application="bench")
        upgrade(engine)
        desk = Desk(settings, Store(engine))
        source = scans(Path(folder), pages)
        with celery_worker(settings, desk.store, Path(folder), slots=2) as worker, peaks(worker.process.pid) as held:
            began = time.monotonic()
            job = desk.add(source, Options())
            while desk.store.job(job).finished is None:
                time.sleep(1)
            seconds = round(time.monotonic() - began, 1)
        ended = desk.store.job(job)
        assert ended.state is State.DONE, ended.error
        engine.dispose()
        found = {"pages": pages, "source_mb": source.stat().st_size // 1_000_000, "seconds": seconds}
        print(json.dumps(found | {"peak_mb": sorted(held.values()), "load": round(os.getloadavg()[0], 1)}))


def scans(folder: Path, pages: int) -> Path:
    """Sheets of a few lines each, no two the same."""
    path = folder / "scans.pdf"
    with pikepdf.new() as pdf:
        for number in range(1, pages + 1):
            sheet = Image.new("L", A4, 245)
            lines = "\n".join(f"Line {line} of sheet {number} was scanned" for line in range(1, 9))
            ImageDraw.Draw(sheet).multiline_text(
                (300, 300), lines, fill=20, font=ImageFont.load_default(48), spacing=30
            )
            with pikepdf.open(page_pdf(folder / "one.pdf", SHEET, box=(0, 0, 595, 842), image=sheet)) as one:
                pdf.pages.extend(one.pages)
        pdf.save(path)
    return path


@contextmanager
def peaks(main: int) -> Iterator[dict[int, int]]:
    """The most megabytes that each child of a process held, looked at ten times a second."""
    held: dict[int, int] = {}
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            with suppress(psutil.Error):
                for child in psutil.Process(main).children():
                    held[child.pid] = max(held.get(child.pid, 0), child.memory_info().rss // 1_000_000)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield held
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    main()
