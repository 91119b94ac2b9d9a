"""How long it takes from the order to start a local worker until it is ready, and what takes the time.

python -m tests.bench.worker_ready [--rounds 5] [--slots 2]
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from datetime import datetime

import psutil

from console.ops.local_workers import LocalWorkers
from console.ops.presence import is_online
from console.ops.profiles import EMBEDDED, Profile
from console.ops.services import Services
from console.ops.stack import Stack
from console.ops.worker_options import WorkerOptions
from tests.services.stack_homes import temporary_home
from worker.core.errors import OcrConsoleError

PARTS = ("its supervisor starts it", "it loads", "its processes, the broker", "its row")
_READY = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) INFO .* ready\.$", re.MULTILINE)


def main() -> None:
    """Run it on servers of its own and print the seconds of each start, and their medians."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--slots", type=int, default=2)
    asked = words.parse_args()
    found: list[list[float]] = []
    with temporary_home() as home, Stack(home) as stack:
        stack.up()
        with Services.open(Profile(EMBEDDED, "the embedded stack"), stack.settings()) as services:
            for number in range(asked.rounds):
                parts = _start(LocalWorkers(home), services, WorkerOptions(f"round-{number}", asked.slots))
                found.append(parts)
                shown = ", ".join(f"{part} {seconds:.2f}" for part, seconds in zip(PARTS, parts, strict=True))
                print(f"round {number + 1}: {sum(parts):.2f} s: {shown}", flush=True)
    medians = {
        part: round(statistics.median(row), 2) for part, row in zip(PARTS, zip(*found, strict=True), strict=True)
    }
    print(json.dumps({"slots": asked.slots, "ready_s": round(statistics.median(map(sum, found)), 2), **medians}))


def _start(workers: LocalWorkers, services: Services, options: WorkerOptions) -> list[float]:
    """The seconds of each part."""
    began = time.time()
    worker = workers.start(services.settings, services.profile, options)
    try:
        ready = workers.wait_ready(worker, lambda name, pid: is_online(services, name, pid))
    except OcrConsoleError:
        workers.stop(worker.name)
        raise
    seen = time.time()
    assert ready.worker is not None
    forked = min(child.create_time() for child in psutil.Process(ready.worker.pid).children())
    (said,) = _READY.findall(ready.log.read_text("utf-8"))
    there = datetime.strptime(said, "%Y-%m-%d %H:%M:%S,%f").astimezone().timestamp()
    workers.stop(worker.name)
    return [ready.worker.created - began, forked - ready.worker.created, there - forked, seen - there]


if __name__ == "__main__":
    main()
