"""What a worker tells machines: lines in JSON that name their job, and figures for Prometheus."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from console.ops.servers.ports import choose
from tests.services.worker_process import ROOT, Desk, Worker, celery_worker
from tests.waiting import until
from worker.core.jobs import State
from worker.core.settings import Settings
from worker.core.store import Store

PAGE = ROOT / "resources" / "samples" / "born-digital.pdf"


@pytest.fixture
def desk(settings: Settings, store: Store) -> Desk:
    return Desk(settings, store)


@pytest.fixture
def port() -> int:
    return choose(["metrics"])["metrics"]


@pytest.fixture
def worker(settings: Settings, store: Store, tmp_path: Path, port: int) -> Iterator[Worker]:
    with celery_worker(
        settings,
        store,
        tmp_path,
        name="told@desk",
        LOG_FORMAT="json",
        METRICS_PORT=str(port),
        TMPDIR=str(tmp_path),
        OCR_MAX_TASKS_PER_CHILD="1",
    ) as started:
        yield started


def lines(worker: Worker) -> list[dict[str, Any]]:
    return [json.loads(line) for line in worker.log.splitlines() if line.startswith("{")]


def figures(port: int) -> dict[str, float]:
    """Sample and its labels, in the order of their names → figure."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as page:
        families = list(text_string_to_metric_families(page.read().decode()))
    return {
        " ".join([sample.name, *(sample.labels[name] for name in sorted(sample.labels))]): sample.value
        for family in families
        for sample in family.samples
    }


def test_logs_name_their_job_and_prometheus_reads_what_was_done(
    worker: Worker, desk: Desk, port: int, tmp_path: Path
) -> None:
    (tmp_path / "lies.png").write_text("no picture")
    jobs = [desk.ended(desk.add(path)) for path in (tmp_path / "lies.png", PAGE)]
    assert [job.state for job in jobs] == [State.FAILED, State.DONE]

    # One child a task: the second goes on counting where the first one ended.
    until(lambda: figures(port).get("ocr_jobs_total done") == 1, "the second job")
    told = figures(port)
    assert told["ocr_jobs_total failed"] == 1
    assert told["ocr_failures_total unsupported_type attempt"] == 1
    assert told["ocr_pages_total done"] == 1
    assert told["ocr_task_seconds_count read"] == told["ocr_queue_wait_seconds_count"] == 2
    assert told["ocr_page_seconds_count"] == 1
    until(lambda: figures(port).get("ocr_slots") == 1, "what the worker says of itself")
    assert len(list(tmp_path.glob("ocr-console-metrics-*/counter_*.db"))) == 1

    mine = [line for line in lines(worker) if line.get("job") == str(jobs[1].id)]
    said = [line["message"] for line in mine]
    assert f"[OCR] Job started {jobs[1].id}" in said
    assert f"[OCR] ✅ Job completed {jobs[1].id}" in said
    assert any("succeeded" in one for one in said)  # Celery's own line
    assert {line["worker"] for line in lines(worker)} == {"told@desk"}
    assert {line["attempt"] for line in mine if "Job completed" in line["message"]} == {"1"}
    assert len({line["task"] for line in mine if "task" in line}) == 1
