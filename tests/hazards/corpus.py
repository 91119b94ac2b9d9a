"""A folder of documents in one submit, on servers of its own with a worker of two processes: each ends in a state."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.end2end.program import Program

PLACE = Path("build/corpus.md")
TEXTS = Path("build/corpus")  # what was read, to be looked at
HEADS = ("file", "state", "class, or pages and confidence", "seconds", "what it says")


def submit_all() -> int:
    """Submit it, print the table; 1 if a file has no state, or the worker is not as it was."""
    corpus = Path(os.environ.get("OCR_CORPUS", ""))
    if not os.environ.get("OCR_CORPUS") or not corpus.is_dir():
        sys.stderr.write("OCR_CORPUS names no folder with documents: nothing was submitted.\n")
        return 0
    home = Path(tempfile.mkdtemp(prefix="ocr-corpus-"))
    program = Program(home)
    try:
        program.run("stack", "up")
        worker = program.run("worker", "start", "--json", "-c", "2").json
        before = _pids(program, worker["name"])
        answer = _submitted(program, corpus)
        same = _pids(program, worker["name"]) == before
        program.run("worker", "stop", worker["name"])
    finally:
        program.run("stack", "down")
        shutil.rmtree(home)
    return _told(corpus, answer, before, same=same)


def _pids(program: Program, name: str) -> tuple[int, ...]:
    """The worker's process and those that read, once they are known."""
    while True:
        one = next(one for one in program.run("workers", "--json").json if one["name"] == name)
        if len(one["children"]) == 2:
            return (one["pid"], *sorted(one["children"]))


def _submitted(program: Program, corpus: Path) -> Mapping[str, Any]:
    shutil.rmtree(TEXTS, ignore_errors=True)
    process = program.start("submit", corpus, "--wait", "--json", "--out", TEXTS, "--same", "read")
    out, err = process.communicate()
    assert process.returncode in {0, 1}, err
    answer: Mapping[str, Any] = json.loads(out)
    return answer


def _told(corpus: Path, answer: Mapping[str, Any], pids: Sequence[int], *, same: bool) -> int:
    made = list(_lines(answer))
    states = [job["state"] for job in answer["jobs"]]
    there = sum(path.is_file() for path in corpus.rglob("*"))
    ended = len(answer["skipped"]) + sum(state in {"DONE", "FAILED"} for state in states)
    made += ["", f"{ended} of {there} files have come to an end, {states.count('DONE')} of them are read."]
    made += [f"The worker has the processes {', '.join(map(str, pids))}{' as before' if same else ' NO MORE'}."]
    PLACE.parent.mkdir(parents=True, exist_ok=True)
    PLACE.write_text("\n".join([*made, ""]), "utf-8")
    sys.stdout.write("\n".join([*made, ""]))
    return 0 if same and ended == there else 1


def _lines(answer: Mapping[str, Any]) -> Iterator[str]:
    yield f"| {' | '.join(HEADS)} |"
    yield "|---" * len(HEADS) + "|"
    rows = [_job(job) for job in answer["jobs"]]
    rows += [(one["path"], "left out", one["class"], "", one["reason"]) for one in answer["skipped"]]
    for row in sorted(rows):
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"


def _job(job: Mapping[str, Any]) -> tuple[str, ...]:
    outcome = job["error_class"]
    if outcome is None:
        pages, sure = job["pages"], job["mean_confidence"]
        failed = f", {job['pages_failed']} of them failed" if job["pages_failed"] else ""
        outcome = f"{pages} page{'' if pages == 1 else 's'}{failed}, {'no words' if sure is None else f'{sure:.0f} %'}"
    told = " ".join([job["error"] or "", *job["notes"]]).strip()
    return job["path"], job["state"], outcome, f"{job['seconds'] or 0:.1f}", told
