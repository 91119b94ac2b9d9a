"""One document of ten pages on a worker of one process and on one of two, in turn: what the second process is worth.

python -m tests.bench.ten_pages [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from console.ops.stack import Stack
from tests.chaos.long_document import long_scan
from tests.services.stack_homes import temporary_home
from tests.services.worker_process import Desk, celery_worker
from worker.core.database import open_engine
from worker.core.jobs import Options
from worker.core.schema import upgrade
from worker.core.settings import Settings
from worker.core.store import Store

PAGES = 10


def main() -> None:
    """Run it and print the seconds of both sides, and how many times longer one process takes."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=3)
    rounds = words.parse_args().rounds
    with temporary_home() as home, tempfile.TemporaryDirectory() as folder, Stack(home) as stack:
        stack.up()
        settings = stack.settings()
        source = long_scan(Path(folder), PAGES)
        seconds: dict[int, list[float]] = {1: [], 2: []}
        for number in range(rounds):
            for slots, found in seconds.items():
                found.append(_read(settings, source, Path(folder), slots))
                print(f"round {number + 1}: {slots} process(es): {found[-1]:.1f} s", flush=True)
    ratio = statistics.median(one / two for one, two in zip(seconds[1], seconds[2], strict=True))
    print(json.dumps({"pages": PAGES, "one_s": seconds[1], "two_s": seconds[2], "one_over_two": round(ratio, 2)}))


def _read(settings: Settings, source: Path, folder: Path, slots: int) -> float:
    """Seconds from the doorbell to the end; every process has read a page before, so that nothing is loaded then."""
    engine = open_engine(settings, application="bench")
    upgrade(engine)
    store = Store(engine)
    desk = Desk(settings, store)
    with celery_worker(settings, store, folder, name=f"slots-{slots}@desk", slots=slots):
        for job in [desk.add(source, Options(pages="1")) for _ in range(2 * slots)]:
            desk.ended(job)
        began = time.monotonic()
        job = desk.add(source, Options())
        desk.ended(job)
        took = time.monotonic() - began
    engine.dispose()
    return round(took, 2)


if __name__ == "__main__":
    main()
