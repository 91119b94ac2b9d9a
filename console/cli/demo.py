"""`demo`: start everything, read the sample documents, show what came of it, and open the window on it."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli import shapes
from console.cli.display import why_no_window
from console.cli.own_worker import OwnWorker
from console.cli.progress import progress
from console.cli.session import Session
from console.cli.terminal import table
from console.cli.waiting import wait_for
from console.ops.commands import FetchResults, Submit, counted, first_error
from console.ops.found import Skipped
from console.ops.intake import plan
from console.ops.results import ResultsFolder
from console.ops.uploads import Order, Same, Step, Uploaded
from worker.core.errors import NoLanguage
from worker.core.jobs import Job, Options, State

if TYPE_CHECKING:
    from console.ops.services import Services

SAMPLES = "resources.samples"
HEADS = ["FILE", "PAGES", "STATE", "CONFIDENCE", "SECONDS"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One of the documents that come with the program."""

    file: str
    languages: str

    @property
    def needs(self) -> frozenset[str]:
        """The languages without which it cannot be read."""
        return frozenset(self.languages.split("+"))


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
    with as_file(files(SAMPLES)) as folder:
        samples, left_out = _readable(_samples(folder), _languages(services))
        for entry in left_out:
            session.terminal.say(entry.reason)
        with progress(session.terminal) as shown:
            uploaded = [one for group in _groups(samples) for one in _upload(session, services, folder, group, batch)]
            ids = [one.job_id for one in uploaded if one.step is Step.QUEUED and one.job_id]
            jobs = wait_for(services, ids, shown, check=worker.check)
    error = first_error(uploaded)
    if error is not None:
        raise error
    done = FetchResults(tuple(job.id for job in jobs if job.state is State.DONE), target).run(services)
    _answer(session, jobs, left_out, target, time.monotonic() - began)
    complete = bool(jobs) and len(jobs) == len(samples) and all(job.state is State.DONE for job in jobs)
    return 0 if complete and not done.data.refused else 1


def _samples(folder: Path) -> list[Sample]:
    entries = json.loads((folder / "samples.json").read_text("utf-8"))
    return [Sample(entry["file"], entry["languages"]) for entry in entries]


def _languages(services: Services) -> frozenset[str]:
    """What the workers that are online can read."""
    from console.ops.fleet import Presence, workers

    online = [one for one in workers(services) if one.state is Presence.ONLINE]
    return frozenset(language for one in online for language in one.report.languages)


def _readable(samples: Sequence[Sample], languages: frozenset[str]) -> tuple[list[Sample], list[Skipped]]:
    readable = [sample for sample in samples if sample.needs <= languages]
    left_out = []
    for sample in samples:
        if missing := sorted(sample.needs - languages):
            error = NoLanguage(f"{sample.file} is left out: no worker has the language {', '.join(missing)}.")
            left_out.append(Skipped(sample.file, error.error_class, f"{error.sentence} {error.advice}"))
    return readable, left_out


def _groups(samples: Sequence[Sample]) -> list[list[Sample]]:
    """Samples of the same languages go together."""
    groups: dict[str, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(sample.languages, []).append(sample)
    return list(groups.values())


def _upload(
    session: Session, services: Services, folder: Path, samples: Sequence[Sample], batch: str
) -> tuple[Uploaded, ...]:
    options = Options(languages=samples[0].languages)
    planned = plan([folder / sample.file for sample in samples], options, limits=session.limits)
    order = Order(options, batch=batch, same=Same.READ)  # reading them is what the demo is for
    return Submit(planned, order, session.home).run(services).data


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
