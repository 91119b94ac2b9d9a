"""The commands of adding files, made without loading what runs them: the first paint does not wait for that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.ops.commands import Command
    from console.ops.intake import Plan
    from console.ops.services import Services
    from console.ops.uploads import Order, Uploaded, Watch
    from worker.core.jobs import Options


def submit(plan: Plan, order: Order, watch: Watch, cancel: threading.Event) -> Command[tuple[Uploaded, ...]]:
    """Upload what was planned."""
    from console.ops.commands import Submit

    return Submit(plan, order, watch, cancel)


def resume(watch: Watch, cancel: threading.Event) -> Command[tuple[Uploaded, ...]]:
    """Go on with what an earlier start did not finish."""
    from console.ops.commands import ResumeUploads

    return ResumeUploads(watch=watch, cancel=cancel)


def forget(watch: Watch, cancel: threading.Event) -> Command[tuple[Uploaded, ...]]:
    """Forget what an earlier start did not finish."""
    from console.ops.commands import ResumeUploads

    return ResumeUploads(forget=True, watch=watch, cancel=cancel)


def read_samples(
    languages: frozenset[str], batch: str, watch: Watch, cancel: threading.Event
) -> Command[tuple[Uploaded, ...]]:
    """Read the documents that come with the program, as far as workers have their languages."""
    from console.ops.samples import ReadSamples

    return ReadSamples(batch, languages, watch, cancel)


def unfinished(services: Callable[[], Services]) -> list[Uploaded]:
    """What an earlier start began to upload and did not finish; waits until the services are open."""
    from console.ops.uploads import Uploader, stopped

    return [stopped(job) for job in Uploader(services()).unfinished()]


def planned(
    services: Callable[[], Services],
    paths: Sequence[str],
    options: Options | None,
    *,
    password: str | None,
    progress: Callable[[int, int], None],
    cancel: threading.Event,
) -> Plan:
    """What would become of these files on these services; waits until they are open."""
    from console.ops.intake import plan
    from worker.core.document import Limits

    limits = Limits.of(services().settings)
    return plan(paths, options, password=password, progress=progress, cancel=cancel, limits=limits)
