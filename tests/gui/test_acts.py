"""Every button's act makes its command, once the services are open and not before."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from console.bridge.acts import Acts
from console.bridge.background import Background
from console.ops.acts import Cancel, Delete, Reprocess, Retry, SetPriority
from console.ops.commands import FetchResults
from console.ops.marking import Mark
from console.ops.on_batches import SaveBatches, cancel_batches
from console.ops.pausing import PauseBatch, PauseQueues, ResumeBatch, ResumeQueues
from console.ops.poison import DropPoison
from console.ops.purge import Purge, Waiting
from console.ops.steering import AddConsumer, Autoscale, CancelConsumer, Grow, RateLimit, RestartPool, Shrink, TimeLimit
from console.ops.worker_ends import ForgetWorkers, Ping, WarmStop
from worker.core.jobs import Priority

ONE, NAME = UUID(int=1), "ocr@desk"
CASES: list[tuple[str, tuple[Any, ...], object]] = [
    ("retry", ([ONE], "sesame"), Retry((ONE,), "sesame")),
    ("cancel", ([ONE],), Cancel((ONE,))),
    ("delete", ([ONE],), Delete((ONE,))),
    ("reprocess", ([ONE], {"dpi": 200}), Reprocess((ONE,), {"dpi": 200})),
    ("set_priority", ([ONE], Priority.NEXT), SetPriority((ONE,), Priority.NEXT)),
    ("purge", ("ocr", Waiting(1, 1, 0)), Purge("ocr", Waiting(1, 1, 0))),
    ("pause_queues", (["ocr"],), PauseQueues(("ocr",))),
    ("resume_queues", (["ocr"],), ResumeQueues(("ocr",))),
    ("pause_batches", ([ONE],), PauseBatch((ONE,))),
    ("resume_batches", ([ONE],), ResumeBatch((ONE,))),
    ("cancel_batches", ([ONE],), cancel_batches((ONE,))),
    ("grow", (NAME, 2), Grow(NAME, 2)),
    ("shrink", (NAME,), Shrink(NAME, 1)),
    ("autoscale", (NAME, 4, 1), Autoscale(NAME, 4, 1)),
    ("add_consumer", (NAME, "ocr"), AddConsumer(NAME, "ocr")),
    ("cancel_consumer", (NAME, "ocr"), CancelConsumer(NAME, "ocr")),
    ("limit_time", (NAME, "ocr.run_job", 60, 90), TimeLimit(NAME, "ocr.run_job", 60, 90)),
    ("rate_limit", (NAME, "ocr.run_job", "1/m"), RateLimit(NAME, "ocr.run_job", "1/m")),
    ("restart_pool", (NAME,), RestartPool(NAME)),
    ("ping", ([NAME],), Ping((NAME,))),
    ("warm_stop", ([NAME],), WarmStop((NAME,))),
    ("mark", ("deployed 1.4",), Mark("deployed 1.4")),
    ("forget_workers", ([NAME],), ForgetWorkers((NAME,))),
    ("drop_poison", (), DropPoison()),
]


class Runs:
    """A runner that remembers."""

    def __init__(self) -> None:
        self.commands: list[object] = []

    def run(self, command: object, **_: object) -> None:
        self.commands.append(command)


def test_saving_stops_when_the_program_ends_and_not_when_another_window_comes(
    background: Background, tmp_path: Path
) -> None:
    ending = threading.Event()
    acts, runs = Acts(background, ending=ending), Runs()
    acts._made = runs  # type: ignore[assignment]
    acts.save([ONE], tmp_path, ["txt"])
    acts.save_batches([ONE], tmp_path)
    told = [command.cancel for command in runs.commands if isinstance(command, FetchResults | SaveBatches)]
    assert [cancel is not None and cancel.is_set() for cancel in told] == [False, False]
    background.stop()  # of this window: another one comes in its place
    assert [cancel is not None and cancel.is_set() for cancel in told] == [False, False]
    ending.set()
    assert [cancel is not None and cancel.is_set() for cancel in told] == [True, True]


@pytest.mark.parametrize(("method", "given", "command"), CASES, ids=[case[0] for case in CASES])
def test_it_makes_its_command(background: Background, method: str, given: tuple[Any, ...], command: object) -> None:
    acts, runs = Acts(background), Runs()
    getattr(acts, method)(*given)  # nothing is open yet
    acts._made = runs  # type: ignore[assignment]
    getattr(acts, method)(*given)
    assert runs.commands == [command]
