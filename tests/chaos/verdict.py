"""Every promise, checked against what is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from tests.chaos.documents import Document
from tests.chaos.evidence import Evidence

SHOWN = 5
ALIKE = 0.7  # an engine takes one letter for another now and then
LATE = re.compile(r"no longer this worker's")
COMPLETED = re.compile(r"✅ Job completed (\S+)")


@dataclass(frozen=True, slots=True)
class Check:
    """A promise and what speaks against it."""

    promise: str
    against: Sequence[str]

    def __str__(self) -> str:
        lines = [f"{'FAILED' if self.against else 'kept  '}  {self.promise}", *self.against[:SHOWN]]
        more = len(self.against) - SHOWN
        return "\n        ".join([*lines, *([f"… and {more} more"] if more > 0 else [])])


@dataclass(frozen=True, slots=True)
class Verdict:
    """The checks, and the counts for the last line."""

    checks: tuple[Check, ...]
    jobs: int
    done: int
    failed_explained: int
    lost: int
    visible_duplicates: int
    stuck: int

    @property
    def kept(self) -> bool:
        """Whether every promise was."""
        return not any(check.against for check in self.checks)


def judge(documents: Sequence[Document], refused: set[Path], evidence: Evidence, log: str) -> Verdict:
    """Hold what is there against what was promised."""
    accepted = [document for document in documents if document.path not in refused]
    lost = list(_lost(accepted, evidence))
    twice = list(_twice(evidence, log))
    stuck = [f"{job.source_path} is {job.state}" for job in evidence.jobs if job.state in _ACTIVE]
    failed = [job for job in evidence.jobs if job.state == "FAILED"]
    explained = [job for job in failed if job.error_class and job.error and job.advice]
    dumb = [f"{job.source_path}: {job.error_class} {job.error}" for job in failed if job not in explained]
    surprises = list(_surprises(documents, refused, evidence))
    checks = (
        Check("every file that was submitted has its job, its pages and the words that stand in it", lost),
        Check("nothing was done twice with visible effect", twice),
        Check("nothing waits or runs for ever", stuck),
        Check("what failed says why and what to do", dumb),
        Check("what cannot be read failed or was refused, and nothing else was refused", surprises),
        Check("outputs are in the bucket as their rows say", evidence.bad_outputs),
        Check("nobody holds a lease", [f"{evidence.leases} tasks are leased"] * bool(evidence.leases)),
        Check("Redis holds nothing that no row explains", evidence.messages),
    )
    done = sum(job.state == "DONE" for job in evidence.jobs)
    return Verdict(checks, len(evidence.jobs), done, len(explained), len(lost), len(twice), len(stuck))


_ACTIVE = {"UPLOADING", "QUEUED", "RUNNING"}


def _lost(accepted: Sequence[Document], evidence: Evidence) -> Iterator[str]:
    jobs = {job.source_path: job for job in evidence.jobs}
    for document in accepted:
        job = jobs.get(str(document.path))
        if job is None:
            yield f"{document.path} has no job"
        elif job.state == "DONE" and (wrong := _wrong(document, job, evidence)):
            yield f"{document.path}: {wrong}"
        elif job.state == "CANCELLED":
            yield f"{document.path} is cancelled, and nobody did that"


def _wrong(document: Document, job, evidence: Evidence) -> str | None:
    """What is missing in a document that is said to be done."""
    pages = evidence.pages.get(job.id, {})
    if list(pages) != list(range(1, len(document.pages) + 1)):
        return f"it has {len(document.pages)} pages, and rows for {list(pages)}"
    read = evidence.texts.get(job.id, "").split("\f")
    for number, words in enumerate(document.pages, 1):
        text = read[number - 1].lower() if number <= len(read) else ""
        absent = [word for word in words if not get_close_matches(word, text.split(), cutoff=ALIKE)]
        if absent and pages[number]:  # of a page whose process died twice it is told that it failed
            return f"page {number} says {text.strip()!r} and lacks {', '.join(absent)}"
    return None


def _twice(evidence: Evidence, log: str) -> Iterator[str]:
    for path, count in Counter(job.source_path for job in evidence.jobs).items():
        if count > 1:
            yield f"{path} has {count} jobs"
    for task, count in Counter(one.task_id for one in evidence.attempts if one.status == "success").items():
        if count > 1:
            yield f"the task {task} succeeded {count} times"
    for job, count in Counter(COMPLETED.findall(log)).items():
        if count > 1:
            yield f"the job {job} was said to be completed {count} times"


def _surprises(documents: Sequence[Document], refused: set[Path], evidence: Evidence) -> Iterator[str]:
    states = {job.source_path: job.state for job in evidence.jobs}
    for document in documents:
        if document.path in refused:
            if not document.fails:
                yield f"{document.path} was refused"
        elif document.fails and states.get(str(document.path)) == "DONE":
            yield f"{document.path} cannot be read, and is done"


def late_writes(log: str) -> int:
    """How often an attempt that was dead woke up and was refused."""
    return len(LATE.findall(log))
