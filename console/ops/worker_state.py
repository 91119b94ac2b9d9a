"""The state file of a local worker: what its supervisor says of it, for this console and the next one."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from console.ops.servers.files import make_private_folder, write_private
from console.ops.servers.processes import Mark, find
from console.ops.worker_options import WorkerOptions, from_state
from worker.core.said import said
from worker.core.said_stored import kept_of, recalled_in

BEGINS_S = 30.0  # what the system may take to start a process on a busy machine
STARTING, RUNNING, WAITING, STOPPING, GAVE_UP = "starting", "running", "waiting", "stopping", "gave up"


class Stop(StrEnum):
    """How a worker is stopped; in each way it takes nothing new, and nothing is lost."""

    WARM = "warm"  # what it has begun ends, however long it takes: nothing is read twice
    SOFT = "soft"  # what it has begun may end for OCR_SOFT_SHUTDOWN seconds, then goes back to the queue
    NOW = "now"  # it is killed: what it has begun goes back at once, and pages that are half read are read again


@dataclass(frozen=True, slots=True)
class LocalWorker:
    """A worker process on this machine and its supervisor. Holds no secret."""

    name: str  # Celery's node name, ocr-3f2a@host
    profile: str  # the profile's name, for people
    home: Path
    log: Path
    options: WorkerOptions  # as it was started with
    embedded: bool  # works for the embedded stack, which stays up as long as the supervisor lives
    grace_s: float  # what a soft stop may take
    task_s: float = 0.0  # what a task may take, and so a warm stop
    production: bool = False
    profile_file: Path | None = None  # where it has one
    state: str = STARTING
    sentence: str = ""  # why it gave up or waits
    supervisor: Mark | None = None
    worker: Mark | None = None  # Celery's main process
    restarts: int = 0

    @property
    def concurrency(self) -> int:
        """Tasks that it does at a time."""
        return self.options.slots

    @property
    def queues(self) -> tuple[str, ...]:
        """What it takes work from."""
        return self.options.queues

    @property
    def stops_with_console(self) -> bool:
        """Whether it ends when the console does that started it."""
        return self.options.stop_with_console

    @property
    def pid(self) -> int | None:
        """Celery's main process."""
        return self.worker.pid if self.worker else None

    @property
    def alive(self) -> bool:
        """Whether the supervisor or the worker still runs."""
        return any(mark is not None and find(mark) is not None for mark in (self.supervisor, self.worker))

    @property
    def just_begun(self) -> bool:
        """Whether its supervisor was started a moment ago and has not said so itself yet."""
        try:
            return self.supervisor is None and time.time() - self.file.stat().st_mtime < BEGINS_S
        except OSError:
            return False

    @property
    def file(self) -> Path:
        """Where this is kept."""
        return folder(self.home) / f"{self.name}.json"

    def last_words(self) -> str:
        """The last line of its log, where the reason of an end usually stands."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, self.log.stat().st_size - 4096))
                lines = [line.strip() for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
        except OSError:
            lines = []
        return said("The last line of its log: {line}", line=lines[-1][:300]) if lines else "It logged nothing."

    def save(self) -> None:
        """Write the file, whole or not at all, with mode 0600."""
        make_private_folder(self.file.parent)
        made_of = kept_of({"sentence": self.sentence})
        values = asdict(self) | {"made_of": made_of}
        write_private(self.file, json.dumps(values, indent=1, default=str))

    @classmethod
    def load(cls, path: Path) -> LocalWorker | None:
        """The worker of a state file; None if the file is gone or not ours."""
        try:
            values: dict[str, Any] = json.loads(path.read_text("utf-8"))
            known = {field.name: values[field.name] for field in fields(cls)}
            return cls(
                **known
                | {
                    "home": Path(known["home"]),
                    "log": Path(known["log"]),
                    "profile_file": Path(known["profile_file"]) if known["profile_file"] else None,
                    "options": from_state(known["options"]),
                    "supervisor": _mark(known["supervisor"]),
                    "worker": _mark(known["worker"]),
                }
                | dict(recalled_in(known, values.get("made_of")))
            )
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return None


def folder(home: Path) -> Path:
    """Where the state files lie."""
    return home / "workers"


def all_workers(home: Path) -> Iterator[LocalWorker]:
    """Every worker that has a state file, in the order of their names."""
    for path in sorted(folder(home).glob("*.json")):
        worker = LocalWorker.load(path)
        if worker is not None:
            yield worker


def _mark(values: dict[str, Any] | None) -> Mark | None:
    return Mark(**values) if values else None
