"""The same questions to Flower, the newest, in an environment of its own, at a hundred thousand tasks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from console.ops.servers.ports import HOST, choose

PROJECT = Path(__file__).parents[3]
PLACE = PROJECT / "build" / "bench" / "flower"
MEGABYTE = 1_000_000
PACKAGES = ("flower", "redis", "packaging")  # kombu imports the last and does not name it
IDLE_S = 20.0
BURST, BURST_S = 50_000, 4.0
MEASURED = 12  # questions of a kind


def measure(broker: str, tasks: int) -> dict[str, Any]:
    """Its figures; what it has no counterpart for is left out."""
    python = _environment()
    port = choose(["flower"])["flower"]
    environment = {**os.environ, "FLOWER_UNAUTHENTICATED_API": "true", "CELERY_BROKER_URL": broker}
    command = [str(python), "-m", "celery", "--broker", broker, "flower"]
    command += [f"--port={port}", f"--address={HOST}", f"--max_tasks={tasks + 2 * BURST}", "--logging=error"]
    began = time.monotonic()
    flower = subprocess.Popen(command, env=environment, cwd=PLACE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    teller = _Teller(python, environment)
    try:
        peer = _Peer(f"http://{HOST}:{port}")
        peer.wait(lambda: peer.answers("/healthcheck"), "Flower")
        figures: dict[str, Any] = {"version": _version(python), "ready_s": round(time.monotonic() - began, 2)}
        return figures | _questions(peer, teller, psutil.Process(flower.pid), tasks)
    finally:
        teller.close()
        flower.terminate()
        flower.wait(20)


def _questions(peer: _Peer, teller: _Teller, process: psutil.Process, tasks: int) -> dict[str, Any]:
    figures: dict[str, Any] = {"rss_start_mb": _rss(process)}
    teller.tell("tasks", tasks, tasks / 2_000)
    peer.settled()
    figures |= {"tasks": tasks, "tasks_seen": peer.count(), "rss_end_mb": _rss(process)}
    figures["page_s"] = peer.time("&search%5Bvalue%5D=")
    figures["search_s"] = peer.time("&search%5Bvalue%5D=Rechnung")
    figures["sort_s"] = peer.time("&search%5Bvalue%5D=", column=6)
    used, since = sum(process.cpu_times()[:2]), time.monotonic()
    time.sleep(IDLE_S)
    figures["idle_cpu"] = round((sum(process.cpu_times()[:2]) - used) / (time.monotonic() - since), 4)
    figures["change_visible_s"] = _visible(peer, teller)
    figures |= _lost(peer, teller)
    before = peer.count()
    took = float(teller.tell("burst", BURST, BURST_S))
    peer.settled()
    figures |= {"burst_jobs": BURST, "burst_s": took, "burst_missed": BURST - (peer.count() - before)}
    return figures


def _visible(peer: _Peer, teller: _Teller) -> float:
    """From the event to the moment when the page of that task is there."""
    number = teller.tell("one")
    began = time.monotonic()
    peer.wait(lambda: peer.answers(f"/api/task/info/{number}"), "the task", every=0.02)
    return round(time.monotonic() - began, 3)


def _lost(peer: _Peer, teller: _Teller) -> dict[str, float]:
    """A worker that beats and then falls silent."""
    teller.tell("beat", 6)
    peer.wait(lambda: peer.online("bench@peer") is True, "its worker")
    began = time.monotonic()
    teller.tell("silence")
    try:
        peer.wait(lambda: peer.online("bench@peer") is not True, "the loss", seconds=300, every=0.2)
    except TimeoutError:
        return {"lost_worker_s": 300.0}
    return {"lost_worker_s": round(time.monotonic() - began, 2)}


class _Peer:
    """Flower's pages."""

    def __init__(self, url: str) -> None:
        self._url = url

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self._url + path, timeout=60) as answer:
            body: bytes = answer.read()
        return body

    def answers(self, path: str) -> bool:
        try:
            self.get(path)
        except OSError:
            return False
        return True

    def count(self) -> int:
        found = json.loads(self.get(self._table("&search%5Bvalue%5D=", 0)))
        return int(found["recordsTotal"])

    def settled(self) -> None:
        """Wait until it counts no more."""
        before = -1
        while (now := self.count()) != before:
            before = now
            time.sleep(5)

    def time(self, words: str, column: int = 0) -> float:
        """The 95th of a hundred, of the table that its page of tasks asks for."""
        taken = []
        for _ in range(MEASURED):
            began = time.perf_counter()
            self.get(self._table(words, column))
            taken.append(time.perf_counter() - began)
        return round(sorted(taken)[-1], 3)

    def online(self, name: str) -> bool | None:
        found = json.loads(self.get("/workers?json=1"))
        return next((bool(one.get("status")) for one in found["data"] if one.get("hostname") == name), None)

    def wait(self, fact: Callable[[], bool], what: str, *, seconds: float = 60, every: float = 0.1) -> None:
        end = time.monotonic() + seconds
        while not fact():
            if time.monotonic() > end:
                raise TimeoutError(what)
            time.sleep(every)

    @staticmethod
    def _table(words: str, column: int) -> str:
        columns = ("name", "uuid", "state", "args", "kwargs", "result", "received", "started", "runtime", "worker")
        named = "".join(f"&columns%5B{n}%5D%5Bdata%5D={name}" for n, name in enumerate(columns))
        order = f"&order%5B0%5D%5Bcolumn%5D={column}&order%5B0%5D%5Bdir%5D=desc"
        return f"/tasks/datatable?draw=1&start=0&length=200{words}&search%5Bregex%5D=false{order}{named}"


class _Teller:
    """A process that sends Celery's events as workers do."""

    def __init__(self, python: Path, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [str(python), str(Path(__file__).with_name("flower_events.py"))],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, *words: object) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def _environment() -> Path:
    python = PLACE / "bin" / "python"
    if not (PLACE / "ready").exists():
        venv.create(PLACE, with_pip=True, clear=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *PACKAGES], check=True, stdout=sys.stderr)
        (PLACE / "ready").touch()
    return python


def _version(python: Path) -> str:
    code = "import flower; print(flower.__version__)"
    return subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def _rss(process: psutil.Process) -> float:
    return round(process.memory_info().rss / MEGABYTE, 1)
