"""What goes on around the window: heartbeats of workers, messages in queues, and changes of jobs, a thousand a second.

A process of its own; its standard input takes one word a line: `change N` (changes a second), `lose NAME` (that worker
falls silent), `burst N SECONDS` (so many new jobs), `end`. It answers each with a line.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from queue import Empty, SimpleQueue
from uuid import UUID, uuid4

import redis
from sqlalchemy import Engine, text

from worker.core.database import open_engine, single, transaction
from worker.core.settings import Settings
from worker.core.store import Store, WorkerReport

WORKERS = 20
BATCH = 100  # rows in one transaction
HEARTBEAT_S = 2.0
_RUNNING = text("select id from jobs where state = 'RUNNING' order by id")
_SOME = text("select id from jobs where state = 'DONE' order by updated_at desc limit 20000")
_TICK = text("""
update jobs set pages_done = (pages_done + 1) % greatest(pages, 1), mean_confidence = 90 + random() * 9
where id = any(cast(:ids as uuid[]))""")
_LEASES = text("update tasks set lease_until = clock_timestamp() + interval '10 s' where worker = :worker")
_BURST = text("""
insert into jobs (id, name, path, state, source_key, pages, queue)
select gen_random_uuid(), 'burst ' || n, 'burst ' || n, 'QUEUED', 'x', 1, 'ocr' from generate_series(1, :n) n""")


class Load:
    """The other side of the deployment."""

    def __init__(self, settings: Settings) -> None:
        self._engine: Engine = open_engine(settings, application="bench load")
        self._store = Store(self._engine)
        self._stop = threading.Event()
        self._lost: set[str] = set()
        self._rate = 0
        self._done = 0
        with single(self._engine) as connection:
            ids: list[UUID] = list(connection.execute(_RUNNING).scalars())
            ids += connection.execute(_SOME).scalars()
            self._queues = list(connection.execute(text("select name from queues order by name")).scalars())
        self._ids = ids
        self._fill_queues(settings)
        threading.Thread(target=self._beat, daemon=True).start()
        threading.Thread(target=self._change, daemon=True).start()

    def run(self) -> None:
        """Until the input ends."""
        lines: SimpleQueue[str] = SimpleQueue()
        threading.Thread(target=_read, args=(lines,), daemon=True).start()
        print("ready", flush=True)
        while True:
            try:
                words = lines.get(timeout=1).split()
            except Empty:
                continue
            if not words or words[0] == "end":
                break
            print(json.dumps(self._obey(*words)), flush=True)
        self._stop.set()

    def _obey(self, word: str, *values: str) -> float:
        if word == "change":
            done, self._done, self._rate = self._done, 0, int(values[0])
            return done
        if word == "lose":
            self._lost.add(values[0])
            with single(self._engine) as connection:  # nobody renews them any more
                connection.execute(_LEASES, {"worker": values[0]})
            return time.time()
        count, seconds = int(values[0]), float(values[1])
        began = time.monotonic()
        portion = 500
        for number in range(0, count, portion):
            with transaction(self._engine) as connection:
                connection.execute(_BURST, {"n": min(portion, count - number)})
            due = began + seconds * (number + portion) / count
            time.sleep(max(0.0, due - time.monotonic()))
        return round(time.monotonic() - began, 2)

    def _fill_queues(self, settings: Settings) -> None:
        """Messages as a sender leaves them, a few in every queue."""
        client = redis.Redis.from_url(settings.broker_url)
        with client.pipeline(transaction=False) as pipe:
            for queue in self._queues:
                for number in range(20):
                    headers = {"id": str(uuid4()), "task": "ocr.run_job", "ocr_sent": time.time()}
                    properties = {"priority": number % 4 * 3, "delivery_info": {"routing_key": queue}}
                    pipe.lpush(queue, json.dumps({"body": "W10=", "headers": headers, "properties": properties}))
            pipe.execute()

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT_S):
            for number in range(WORKERS):
                name = f"ocr{number}@scan-01"
                if name not in self._lost:
                    self._store.put_worker(
                        WorkerReport(
                            name, "scan-01", 4000 + number, "1", slots=8, busy=8, queues=("ocr", f"ocr.q{number}")
                        )
                    )

    def _change(self) -> None:
        place, due = 0, time.monotonic()
        while not self._stop.is_set():
            rate = self._rate
            if not rate:
                time.sleep(0.05)
                due = time.monotonic()
                continue
            ids = [self._ids[(place + n) % len(self._ids)] for n in range(BATCH)]
            place += BATCH
            with single(self._engine) as connection:
                connection.execute(_TICK, {"ids": ids})
            self._done += BATCH
            due = max(due + BATCH / rate, time.monotonic() - 1)
            time.sleep(max(0.0, due - time.monotonic()))


def _read(lines: SimpleQueue[str]) -> None:
    for line in sys.stdin:
        lines.put(line)


if __name__ == "__main__":
    Load(Settings.from_mapping(os.environ, "the environment")).run()
