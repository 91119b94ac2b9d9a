"""Each fault of its own, on real servers and workers with work under way, and what came of it, as a table.

python -m tests.chaos.by_hand [--jobs 20]
"""

from __future__ import annotations

import json
import random
import signal
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from uuid import UUID

import psutil
import redis

from tests.chaos.database import Attempt, Database
from tests.chaos.documents import Document, make_documents
from tests.chaos.evidence import gather
from tests.chaos.fleet import Fleet, Worker
from tests.chaos.recovery import taken_up
from tests.chaos.run import home_of_a_run
from tests.chaos.schedule import Kind
from tests.chaos.servers import Servers
from tests.chaos.struck import Struck
from tests.chaos.verdict import Verdict, judge
from tests.services.worker_process import Desk
from tests.waiting import until
from worker.core.jobs import QUEUE
from worker.core.raw_messages import lists_of
from worker.core.schema import upgrade
from worker.core.store import Store

WORKERS = 2
DOWN_S = 2.0
LIMIT_S = 240.0


class Scene:
    """Servers, workers and documents under way, for one fault."""

    def __init__(self, home: Path, jobs: int) -> None:
        self.servers = Servers(home)
        self.settings = self.servers.settings
        self.database = Database(self.settings)
        upgrade(self.database.engine)
        self.desk = Desk(self.settings, Store(self.database.engine))
        names = [f"by-hand-{number}@desk" for number in range(1, WORKERS + 1)]
        self.fleet = Fleet([Worker(name, 1, self.settings, home, 1) for name in names])
        self.documents: list[Document] = make_documents(home / "scans", jobs, random.Random(1))
        self.struck = Struck(Kind.CHILD, 0.0)
        self.hit: set[tuple[UUID, int]] = set()  # attempts that ran then where it struck
        until(lambda: len(self.database.rows("select 1 from workers")) == WORKERS, "the workers", seconds=120)
        for document in self.documents:
            self.desk.add(document.path)
        until(lambda: self._done() >= jobs // 5, "some are done", seconds=LIMIT_S)

    def _done(self) -> int:
        return len(self.database.rows("select 1 from jobs where state = 'DONE'"))

    def busy(self) -> Worker:
        """The first worker, when it works."""
        worker = self.fleet.workers[0]
        until(lambda: self._running(worker.name), "it works", seconds=LIMIT_S, every=0.01)
        return worker

    def _running(self, worker: str | None = None) -> set[tuple[UUID, int]]:
        query = "select id, attempt from tasks where status = 'running' and worker = coalesce(:worker, worker)"
        return {(row.id, row.attempt) for row in self.database.rows(query, worker=worker)}

    def strike(self, worker: Worker | None = None) -> None:
        """From now on; those are hit that run on this worker, or anywhere."""
        self.hit = self._running(worker.name if worker else None)
        self.struck.at = time.time()

    def unfinished(self) -> bool:
        """Whether anything waits or runs."""
        return bool(self.database.rows("select 1 from tasks where status in ('queued', 'running') limit 1"))

    def rest(self) -> None:
        """Wait until all has ended."""
        until(lambda: not self.unfinished(), "all has ended", seconds=LIMIT_S, every=0.3)
        time.sleep(1.5)  # for doorbells that find nothing to claim

    def close(self) -> None:
        """Workers, then servers."""
        self.fleet.stop()
        self.database.close()
        self.servers.down()


def child_killed(scene: Scene) -> None:
    """The process that reads, alone."""
    worker = scene.busy()
    scene.strike(worker)
    psutil.Process(worker.children()[-1]).kill()


def machine_lost(scene: Scene) -> None:
    """Main process and children at once, without a goodbye."""
    worker = scene.busy()
    scene.strike(worker)
    worker.signal(signal.SIGKILL, group=True)


def redis_without_file(scene: Scene) -> None:
    """kill -9, and its append-only file is gone."""
    scene.strike()
    scene.servers.kill("redis")
    time.sleep(DOWN_S)
    scene.struck.back = scene.servers.restart("redis", empty=True)


def flushed(scene: Scene) -> None:
    """FLUSHALL."""
    scene.strike()
    scene.servers.flush()
    scene.struck.back = scene.struck.at


def postgres_restarted(scene: Scene) -> None:
    """kill -9 of the postmaster."""
    scene.busy()
    scene.strike()
    scene.servers.kill("postgres")
    time.sleep(DOWN_S)
    scene.servers.restart("postgres")


def longer_than_visibility(scene: Scene) -> None:
    """Every message comes again while its task is worked at, as Redis hands out what was held for too long."""
    scene.strike()
    again: set[bytes] = set()
    with redis.Redis.from_url(scene.settings.broker_url) as client:
        while scene.unfinished():
            for tag, raw in client.hgetall("unacked").items():
                if tag not in again and client.hdel("unacked", tag):
                    again.add(tag)
                    client.zrem("unacked_index", tag)
                    client.rpush(lists_of(QUEUE)[0], json.dumps(json.loads(raw)[0]))
            time.sleep(0.02)


def published_twice(scene: Scene) -> None:
    """Every message that waits is there once more."""
    scene.strike()
    with redis.Redis.from_url(scene.settings.broker_url) as client:
        for key in lists_of(QUEUE):
            for raw in client.lrange(key, 0, -1):
                message = json.loads(raw)
                message["properties"]["delivery_tag"] = f"again-{message['properties']['delivery_tag']}"
                client.lpush(key, json.dumps(message))


@dataclass(frozen=True, slots=True)
class Fault:
    """A row of the table."""

    name: str
    strike: Callable[[Scene], None]


FAULTS = (
    Fault("a pool child killed", child_killed),
    Fault("a machine lost", machine_lost),
    Fault("Redis killed, no append-only file", redis_without_file),
    Fault("FLUSHALL", flushed),
    Fault("Postgres restarted in the middle", postgres_restarted),
    Fault("a task longer than the visibility timeout", longer_than_visibility),
    Fault("the same message published twice", published_twice),
)


def tried(fault: Fault, jobs: int) -> tuple[str, bool]:
    """The row, and whether every promise was kept."""
    with home_of_a_run(keep=False) as home:
        scene = Scene(home, jobs)
        try:
            fault.strike(scene)
            scene.rest()
            scene.fleet.stop()
            evidence = gather(scene.database, scene.settings)
            verdict = judge(scene.documents, set(), evidence, scene.fleet.log())
            return _row(fault, verdict, _recovered(scene, evidence.attempts)), verdict.kept
        finally:
            with suppress(Exception):
                scene.close()


def _recovered(scene: Scene, attempts: Sequence[Attempt]) -> list[float]:
    """Seconds until what was cut off was claimed again, or until free slots had work again after Redis was back."""
    if scene.struck.back is not None:
        pauses = taken_up(scene.struck, scene.struck.back, [scene.struck], attempts, scene.fleet.slots)
        return [one.seconds for one in pauses]
    known = {(one.task_id, one.attempt): one for one in attempts}
    cut = [key for key in scene.hit if known[key].status != "success"]
    again = [known[task, attempt + 1] for task, attempt in cut if (task, attempt + 1) in known]
    return [one.started - scene.struck.at for one in again]


def _row(fault: Fault, verdict: Verdict, seconds: list[float]) -> str:
    recovered = f"{median(seconds):.1f} s, {max(seconds):.1f} s" if seconds else "nothing was cut off"
    cells = (fault.name, verdict.lost, verdict.visible_duplicates, verdict.stuck, recovered)
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> int:
    """Try them all, and print the table."""
    words = ArgumentParser(prog="make faults", description=__doc__)
    words.add_argument("--jobs", type=int, default=20)
    words.add_argument("--only", default="", help="faults whose names hold this")
    asked = words.parse_args()
    rows, all_kept = [], True
    for fault in FAULTS:
        if asked.only in fault.name:
            row, kept = tried(fault, asked.jobs)
            print(row, file=sys.stderr, flush=True)
            rows.append(row)
            all_kept = all_kept and kept
    print("| fault | lost | run twice with visible effect | stuck | recovered after (median, max) |")
    print("|---|---|---|---|---|")
    print("\n".join(rows))
    return 0 if all_kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
