"""Sends Celery's events as workers do; run with Flower's own Python, which has Celery and nothing of ours."""

from __future__ import annotations

import base64
import json
import os
import sys
import threading
import time
from uuid import uuid4

import redis
from celery import Celery

app = Celery(broker=os.environ["CELERY_BROKER_URL"])
WORDS = ("Rechnung Halle 7", "Grundbuchauszug Nord", "Annual report 2026", "letter final")
stop = threading.Event()


def main() -> None:
    """One line in, one line out: `tasks N SECONDS`, `burst N SECONDS`, `one`, `beat SECONDS`, `silence`."""
    with app.connection_for_write() as connection, app.events.Dispatcher(connection, hostname="ocr1@bench") as events:
        for line in sys.stdin:
            words = line.split()
            if words[0] == "tasks":
                send(events, int(words[1]), float(words[2]))
                print("sent", flush=True)
            elif words[0] == "burst":
                print(burst(int(words[1]), float(words[2])), flush=True)
            elif words[0] == "one":
                print(life(events, 0), flush=True)
            elif words[0] == "beat":
                threading.Thread(target=beat, daemon=True).start()
                time.sleep(float(words[1]))
                print("beats", flush=True)
            else:
                stop.set()
                time.sleep(0.1)
                print("silent", flush=True)


def send(events: object, count: int, seconds: float) -> None:
    """So many tasks, evenly over that time, or as fast as it goes."""
    began = time.monotonic()
    for number in range(count):
        life(events, number)
        if number % 100 == 0:
            time.sleep(max(0.0, began + seconds * number / count - time.monotonic()))


def burst(count: int, seconds: float) -> float:
    """So many tasks that are received, start and succeed, their events as kombu has them on the wire; seconds."""
    client, began = redis.Redis.from_url(app.conf.broker_url), time.monotonic()
    database = client.connection_pool.connection_kwargs.get("db", 0)
    portion = 500
    for number in range(0, count, portion):
        with client.pipeline(transaction=False) as pipe:
            for _ in range(min(portion, count - number)):
                uuid = str(uuid4())
                for kind in ("received", "started", "succeeded"):
                    pipe.publish(f"/{database}.celeryev/task.{kind}", on_the_wire(uuid, kind))
            pipe.execute()
        time.sleep(max(0.0, began + seconds * (number + portion) / count - time.monotonic()))
    return round(time.monotonic() - began, 2)


def on_the_wire(uuid: str, kind: str) -> str:
    """An event of one task."""
    event: dict[str, object] = {"type": f"task-{kind}", "uuid": uuid, "hostname": "ocr1@bench", "pid": 1, "clock": 1}
    event |= {"timestamp": time.time(), "utcoffset": 0}
    if kind == "received":
        event |= {"name": "ocr.run_job", "args": "()", "kwargs": "{}", "retries": 0}
    if kind == "succeeded":
        event |= {"result": "None", "runtime": 1.4}
    info = {"exchange": "celeryev", "routing_key": f"task.{kind}"}
    properties = {"delivery_mode": 1, "delivery_info": info, "priority": 0, "body_encoding": "base64"}
    return json.dumps(
        {
            "body": base64.b64encode(json.dumps(event).encode()).decode(),
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {"hostname": "ocr1@bench"},
            "properties": {**properties, "delivery_tag": str(uuid4())},
        }
    )


def life(events: object, number: int) -> str:
    """A task that is received, starts and succeeds."""
    uuid, name = str(uuid4()), WORDS[number % len(WORDS)]
    send = events.send  # type: ignore[attr-defined]
    send("task-received", uuid=uuid, name="ocr.run_job", args=f"('{name} {number}',)", kwargs="{}", retries=0, eta=None)
    send("task-started", uuid=uuid)
    send("task-succeeded", uuid=uuid, result="None", runtime=1.4)
    return uuid


def beat() -> None:
    """A worker that is there."""
    with app.connection_for_write() as connection, app.events.Dispatcher(connection, hostname="bench@peer") as events:
        while not stop.is_set():
            events.send("worker-heartbeat", freq=2, active=0, processed=0, loadavg=(0, 0, 0))
            stop.wait(2)


if __name__ == "__main__":
    main()
