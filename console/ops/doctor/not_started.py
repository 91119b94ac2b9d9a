"""What there is to say of the embedded servers while they are not started: the doctor starts nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from console.ops.doctor.disks import room
from console.ops.doctor.lines import ocr_console
from console.ops.doctor.verdicts import Remedy, Report, Seen, failed, good
from console.ops.profiles import Profile
from console.ops.servers import packages
from worker.core.errors import ServiceError
from worker.core.said import said


def not_started(profile: Profile, home: Path) -> Report:
    """Not healthy, as without a worker: what is given to it now waits. What they need to start is looked at."""
    at, began = datetime.now(UTC), time.monotonic()
    checks = tuple(seen.named(name) for name, seen in _seen(profile, home))
    return Report(profile.name, at, time.monotonic() - began, checks)


def _seen(profile: Profile, home: Path) -> Iterator[tuple[str, Seen]]:
    cause = (
        "No servers are named, so it is those that come with OCR Console. "
        "They run while a window, a worker or a command needs them; none does now."
    )
    line = ocr_console(profile, "stack", "up")
    remedy = Remedy("Open the window, or start them to stay up. Name servers of your own with --profile.", line)
    where = said("their folder is {home}", home=str(home))
    yield "embedded-servers", failed("The embedded servers are not started", where, cause, remedy)
    yield "embedded-packages", _packages()
    yield "servers-disk", room(_existing(home))


def _packages() -> Seen:
    programs: tuple[Callable[[type[ServiceError]], Path], ...]
    programs = (packages.postgres_root, packages.valkey_server, packages.weed)
    try:
        for program in programs:
            program(ServiceError)
    except ServiceError as problem:
        cause = "They cannot be started on this machine."
        return failed("The embedded servers are not all installed", problem.sentence, cause, Remedy(problem.advice))
    fact = said("PostgreSQL {version}, Valkey, SeaweedFS", version=packages.postgres_version())
    return good("The embedded servers are installed", fact)


def _existing(folder: Path) -> Path:
    """The folder, or what it will be made in."""
    return next((one for one in (folder, *folder.parents) if one.exists()), folder)
