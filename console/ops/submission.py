"""What is submitted and how far it is: the order, the steps of a file, and who submits, as data."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from console.ops.intake import PlannedFile
from worker.core.errors import OcrConsoleError
from worker.core.jobs import Options, Priority


class Same(StrEnum):
    """What to do with a file that was read before with the same options."""

    REUSE = "reuse"
    READ = "read"
    SKIP = "skip"


class Step(StrEnum):
    """Where one file is on its way."""

    WAITING = "waiting"
    SENDING = "sending"
    QUEUED = "queued"
    REUSED = "reused"  # done at once, with the outputs of an earlier reading
    SKIPPED = "skipped"  # read before, and the operator chose to leave such files out
    FAILED = "failed"
    STOPPED = "stopped"  # its row, if it has one yet, stays UPLOADING; the next start goes on


@dataclass(frozen=True, slots=True)
class Order:
    """How the files of one submission are to be handled."""

    options: Options = field(default_factory=Options)
    priority: Priority = Priority.NORMAL
    batch: str | None = None  # its name
    same: Same = Same.REUSE
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """One file's progress, and at the end what became of it."""

    file: PlannedFile
    step: Step = Step.WAITING
    job_id: UUID | None = None
    sent: int = 0
    error: OcrConsoleError | None = None
    rung: bool = True  # False: queued, but the broker did not take the message; the housekeeper sends it


Watch = Callable[[Uploaded], None]


def submitter() -> str:
    """`user@host`, as rows name who submitted them."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in a container
        user = str(os.getuid()) if hasattr(os, "getuid") else "somebody"
    return f"{user}@{socket.gethostname()}"
