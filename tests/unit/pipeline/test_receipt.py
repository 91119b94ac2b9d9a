"""The receipt says what was read, with what and how; it tells no secret and no place on a machine."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from worker.core.jobs import Job, Options, Output, Page, State
from worker.pipeline.receipt import write_receipt

ENGINE = {
    "engine": "tesserocr",
    "version": "5.5.4",
    "model": {"eng": {"file": "eng.traineddata", "bytes": 4_113_088, "sha256": "ab" * 32}},
    "variables": {"psm": 3},
    "rasterizer": "poppler 22.12",
}
JOB = Job(
    uuid4(),
    "Bürobrief.pdf",
    "in/Bürobrief.pdf",
    State.RUNNING,
    options=Options(pages="1-3"),
    source_path="/home/ada/in/Bürobrief.pdf",
    source_key="uploads/j/source.pdf",
    source_bytes=1234,
    source_sha256="cd" * 32,
    media_type="application/pdf",
    submitted_by="ada@desk",
    started=datetime(2026, 11, 29, 12, tzinfo=UTC),
)
PAGES = [
    Page(1, "done", confidence=91.5, words=3, chars=17, text="a secret text", seconds=1.25, hocr_key="results/k"),
    Page(2, "done", confidence=70.5, words=9, seconds=2.0, skew=-1.5, turned=2, tried="orientation", gain=38.25),
    Page(3, "failed", error_class="disk_full", error="There is no room in /dev/shm/x.", image_key=b"x"),
]


def test_everything_is_told_that_proves_a_reading(tmp_path: Path) -> None:
    target = tmp_path / "receipt.json"
    outputs = {"txt": Output("results/j/t-1/txt", 17, "ef" * 32)}
    write_receipt(target, JOB, PAGES, outputs, ["A note."], engine=ENGINE, worker="w@desk")
    text = target.read_text(encoding="utf-8")
    told = json.loads(text)
    source = {"name": "Bürobrief.pdf", "bytes": 1234, "sha256": "cd" * 32, "media_type": "application/pdf"}
    assert (told["version"], told["job"], told["source"]) == (1, str(JOB.id), source)
    assert told["outputs"] == {"txt": {"key": "results/j/t-1/txt", "bytes": 17, "sha256": "ef" * 32}}
    assert (told["engine"], told["options"]) == (ENGINE, JOB.options.as_dict())
    assert (told["worker"], told["started"], told["notes"]) == ("w@desk", "2026-11-29T12:00:00+00:00", ["A note."])
    assert datetime.fromisoformat(told["assembled"]).tzinfo is not None
    assert (told["seconds"], told["mean_confidence"]) == (3.25, 75.75)
    first, second, third = told["pages"]
    assert (first["state"], first["source"], first["confidence"], first["seconds"]) == ("done", "ocr", 91.5, 1.25)
    assert {"skew", "turned", "tried", "gain", "reused", "error_class"}.isdisjoint(first)
    assert [second[name] for name in ("skew", "turned", "tried", "gain")] == [-1.5, 2, "orientation", 38.25]
    assert (third["state"], third["error_class"], third["words"]) == ("failed", "disk_full", 0)
    for hidden in ("secret", "/home", "/dev/shm", "ada", "results/k", "image_key"):
        assert hidden not in text


def test_a_document_without_pages_is_a_receipt_too(tmp_path: Path) -> None:
    write_receipt(tmp_path / "r", JOB, [], {}, [], engine={}, worker="w")
    told = json.loads((tmp_path / "r").read_text(encoding="utf-8"))
    assert (told["pages"], told["outputs"], told["mean_confidence"], told["seconds"]) == ([], {}, None, 0)
