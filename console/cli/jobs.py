"""`jobs` and `job`: the table, and one job with its attempts and pages."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from console.cli import shapes
from console.cli.session import Session
from console.cli.terminal import table
from console.ops.commands import known_ids
from console.ops.exporting import Form, Head, write
from worker.core.errors import UsageError
from worker.core.jobs import ACTIVE, Attempt, Job, Options, Page, State
from worker.core.said import said

if TYPE_CHECKING:
    from worker.core.filters import JobFilter

SHOWN = 100  # of a table for people


def run(session: Session) -> int:
    """Either verb."""
    return _one(session) if session.args.verb == "job" else _table(session)


def chosen(args: Namespace) -> JobFilter:
    """The filter that `--where`, `--state`, `--batch`, `--text` and `--class` say together.

    Raises:
        UsageError: there is no such state, or the filter cannot be read.
    """
    from worker.core.filter_words import read

    found = read(args.where or "")
    if found.problem is not None:
        raise UsageError(found.problem.sentence)
    given: dict[str, Any] = {
        "states": _states(args.state),
        "batches": _one_of(args.batch),
        "error_classes": _one_of(getattr(args, "error_class", None)),
    }
    texts = [text for text in (found.chosen.text, args.text) if text]
    return replace(found.chosen, text=" ".join(texts), **{name: value for name, value in given.items() if value})


def _one_of(word: str | None) -> frozenset[str]:
    return frozenset([word] if word else ())


def _states(text: str | None) -> frozenset[State]:
    words = [word.strip() for word in (text or "").split(",") if word.strip()]
    unknown = [word for word in words if word not in State.__members__]
    if unknown:
        known = ", ".join(state.value.lower() for state in State)
        none = said("There is no state {state}.", state=unknown[0].lower())
        raise UsageError(none, said("States are {known}.", known=known))
    return frozenset(State(word) for word in words)


def _table(session: Session) -> int:
    wanted, args = chosen(session.args), session.args
    if args.csv and session.terminal.as_json:
        raise UsageError("It is either --csv or --json.")
    order = {"order": args.sort, "descending": args.descending} if args.sort else {}
    with session.services("postgres") as services:
        if session.args.csv:
            return _csv(session, services.store.each(wanted, **order))
        jobs = services.store.jobs(wanted, limit=session.args.limit or SHOWN, **order).rows
    session.terminal.answer([shapes.job(job) for job in jobs], lines_of(jobs))
    return 0


def _csv(session: Session, jobs: Iterator[Job]) -> int:
    """One line a job as it comes, with the names of the contract over them; `outputs` are the formats."""
    heads = [Head(name, name) for name in shapes.names_of_a_job()]
    rows = (list((shapes.job(job) | {"outputs": list(job.outputs)}).values()) for job in jobs)
    write(session.terminal.out, Form.CSV, heads, islice(rows, session.args.limit))
    return 0


def lines_of(jobs: Sequence[Job]) -> list[str]:
    """Jobs as a table for people."""
    if not jobs:
        return ["No jobs."]
    heads = ["ID", "STATE", "PAGES", "CONF", "SECONDS", "FILE", "WHY"]
    rows = [
        (
            job.id,
            job.state.value,
            f"{job.pages_done}/{'?' if job.pages is None else job.pages}",
            job.mean_confidence,
            job.seconds,
            job.path or job.name,
            (job.error if job.state in ACTIVE else job.error_class) or "",
        )
        for job in jobs
    ]
    return table(heads, rows, right=("PAGES", "CONF", "SECONDS"))


def _one(session: Session) -> int:
    (job_id,) = known_ids([session.args.id])
    with session.services("postgres") as services:
        job = services.store.job(job_id)
        tasks, log = services.store.tasks(job_id), services.store.attempts(job_id)
        pages = services.store.pages(job_id)
    session.terminal.answer(shapes.whole_job(job, tasks, log, pages), _lines(job, log, pages))
    return 0


def _reading(options: Options) -> list[tuple[str, str]]:
    """How it is read, in as few lines as say it all."""
    switches = {"straightened": options.deskew, "PDF/A": options.pdfa, "scripts kept": options.keep_scripts}
    how = [options.languages, options.mode, f"{options.dpi} dpi", *(word for word, on in switches.items() if on)]
    return [
        ("preset", f"{options.preset}, changed" if options.changed else options.preset),
        ("read", ", ".join(how)),
        *([("of pages", options.pages)] if options.pages else []),
        ("formats", ", ".join(options.formats)),
    ]


def _pains(page: Page) -> str | None:
    """What was done so that it could be read."""
    turned = {1: "turned right", 2: "turned upside down", 3: "turned left"}.get(page.turned or 0)
    done = {"upscaled": "enlarged", "threshold": "cleaned"}.get(page.tried or "")
    straight = f"straightened by {abs(page.skew):.1f}°" if page.skew else None
    gain = None if page.gain is None else f"{page.gain:+.0f} points"
    return ", ".join(filter(None, (straight, turned, done, gain, "read before" if page.reused else None))) or None


def _lines(job: Job, log: Sequence[Attempt], pages: Sequence[Page]) -> list[str]:
    facts = [
        ("job", job.id),
        ("file", job.path or job.name),
        ("batch", job.batch),
        ("state", job.state.value),
        ("pages", f"{job.pages_done} of {'?' if job.pages is None else job.pages}"),
        ("confidence", job.mean_confidence),
        ("seconds", job.seconds),
        *_reading(job.options),
        ("why", f"{job.error} {job.advice or ''}".strip() if job.error else None),
        *(("note", note) for note in job.notes),
        *((form, output.key) for form, output in job.outputs.items()),
    ]
    lines = [
        f"{name:<11}{value:.1f}" if isinstance(value, float) else f"{name:<11}{value or '-'}" for name, value in facts
    ]
    if log:
        rows = [
            (a.attempt, a.status, a.worker, shapes.moment(a.started), shapes.moment(a.finished), a.error) for a in log
        ]
        lines += ["", *table(["ATTEMPT", "STATE", "WORKER", "STARTED", "FINISHED", "WHY"], rows, right=("ATTEMPT",))]
    if pages:
        heads = ["PAGE", "STATE", "SOURCE", "WORDS", "CONF", "SECONDS", "HOW", "WHY"]
        read = [(p.number, p.state, p.source, p.words, p.confidence, p.seconds, _pains(p), p.error) for p in pages]
        lines += ["", *table(heads, read, right=("PAGE", "WORDS", "CONF", "SECONDS"))]
    return lines
