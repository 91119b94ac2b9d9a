"""A receipt: what was read, by whom, with what and how, what came of each page, and the hashes of all of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from worker.core.jobs import Job, Output, Page

VERSION = 1
# Of a page's row: neither its text and keys, nor the sentence of its error, which may name a place on a machine.
_NUMBERS = ("number", "state", "source", "confidence", "words", "chars", "seconds", "width", "height", "dpi")
_WAYS = ("skew", "turned", "tried", "gain", "reused", "error_class")


def write_receipt(
    target: Path,
    job: Job,
    pages: Sequence[Page],
    outputs: Mapping[str, Output],
    notes: Sequence[str],
    *,
    engine: Mapping[str, Any],
    worker: str,
) -> None:
    """Write it as JSON. It holds no secret, no path of a machine and no text of the document.

    Args:
        target: Where to.
        job: Whose source and options.
        pages: How each came out.
        outputs: All the others.
        notes: For the user.
        engine: What read them; see `Toolbox.describe`.
        worker: Who assembled them.
    """
    head = {
        "version": VERSION,
        "job": str(job.id),
        "source": {
            "name": job.name,
            "bytes": job.source_bytes,
            "sha256": job.source_sha256,
            "media_type": job.media_type,
        },
        "outputs": {form: asdict(output) for form, output in outputs.items()},
        "engine": dict(engine),
        "options": job.options.as_dict(),
        "worker": worker,
        "started": _moment(job.started),
        "assembled": _moment(datetime.now(UTC)),
        "seconds": round(sum(page.seconds or 0.0 for page in pages), 3),
        "mean_confidence": _mean(pages),
        "notes": list(notes),
    }
    with target.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}") + ',\n "pages": [')
        for index, page in enumerate(pages):
            file.write((",\n  " if index else "\n  ") + json.dumps(_page(page), ensure_ascii=False))
        file.write("\n ]\n}\n")


def _page(page: Page) -> dict[str, Any]:
    """Its numbers, and what of the unusual ways befell it."""
    ways = {name: value for name in _WAYS if (value := getattr(page, name)) is not None and value is not False}
    return {name: getattr(page, name) for name in _NUMBERS} | ways


def _mean(pages: Sequence[Page]) -> float | None:
    """Over all words, as the job's row has it."""
    found = [(page.confidence, page.words) for page in pages if page.confidence is not None and page.words]
    words = sum(count for _, count in found)
    return round(sum(confidence * count for confidence, count in found) / words, 2) if words else None


def _moment(when: datetime | None) -> str | None:
    return when.astimezone(UTC).isoformat(timespec="seconds") if when else None
