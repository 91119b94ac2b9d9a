"""`demo`: start everything, read the sample documents, show what came of it, and open the window on it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli import shapes
from console.cli.display import why_no_window
from console.cli.own_worker import OwnWorker
from console.cli.progress import progress
from console.cli.session import Session
from console.cli.terminal import table
from console.cli.waiting import wait_for
from console.ops.commands import FetchResults, counted, first_error
from console.ops.found import Skipped
from console.ops.results import ResultsFolder
from console.ops.samples import ReadSamples, samples, sort_out
from console.ops.uploads import Step
from worker.core.jobs import Job, State

if TYPE_CHECKING:
    from console.ops.services import Services

HEADS = ["FILE", "PAGES", "STATE", "CONFIDENCE", "SECONDS"]


def run(session: Session) -> int:
    """0 only if every sample was read; one whose language no worker has is left out with a sentence."""
    session.confirm()
    target = ResultsFolder(Path(session.args.out)).folder
    batch = f"Demo {datetime.now().astimezone():%Y-%m-%d %H:%M:%S}"
    with session.services() as services, OwnWorker(session, services) as worker:
        code = _read_all(session, services, worker, batch, target)
        if session.args.no_window or session.terminal.as_json:
            return code
        reason = why_no_window()
        if reason is not None:
            session.terminal.say(reason)
            return code
        session.terminal.say("The window opens on these documents. The worker stops with it.")
        return session.open_window(session.profile_name, session.home, batch) or code


def _read_all(session: Session, services: Services, worker: OwnWorker, batch: str, target: Path) -> int:
    began = time.monotonic()
    worker.wait_ready()
    languages = _languages(services)
    readable, left_out = sort_out(samples(), languages)
    for entry in left_out:
        session.terminal.say(entry.reason)
    with progress(session.terminal) as shown:
        uploaded = session.act(ReadSamples(batch, languages), services).data
        ids = [one.job_id for one in uploaded if one.step is Step.QUEUED and one.job_id]
        jobs = wait_for(services, ids, shown, check=worker.check)
    error = first_error(uploaded)
    if error is not None:
        raise error
    read = tuple(job.id for job in jobs if job.state is State.DONE)
    done = session.act(FetchResults(read, target), services)
    _answer(session, jobs, left_out, target, time.monotonic() - began)
    complete = len(jobs) == len(readable) and all(job.state is State.DONE for job in jobs)
    expected = all(sample.may_be_left_out for sample in samples() if sample not in readable)
    return 0 if complete and expected and not done.data.refused else 1


def _languages(services: Services) -> frozenset[str]:
    """What the workers that are online can read."""
    from console.ops.fleet import Presence
    from console.ops.presence import workers

    online = [one for one in workers(services) if one.state is Presence.ONLINE]
    return frozenset(language for one in online for language in one.report.languages)


def _answer(session: Session, jobs: Sequence[Job], left_out: Sequence[Skipped], target: Path, seconds: float) -> None:
    failed = sum(job.state is not State.DONE for job in jobs)
    document = {
        "jobs": [shapes.job(job) for job in jobs],
        "skipped": shapes.skipped(left_out),
        "done": len(jobs) - failed,
        "failed": failed,
        "seconds": shapes.rounded(seconds),
        "out": str(target),
    }
    rows = [
        (job.path, f"{job.pages_done}/{job.pages or '?'}", job.state.value, job.mean_confidence, job.seconds)
        for job in jobs
    ]
    lines = [
        *table(HEADS, rows, right=("PAGES", "CONFIDENCE", "SECONDS")),
        "",
        f"{counted(len(jobs) - failed, 'document')} read in {seconds:.0f} s. The texts and PDFs are in {target}",
    ]
    session.terminal.answer(document, lines)
