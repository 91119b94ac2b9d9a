"""What becomes of the servers where a console dies while it starts a worker."""

from __future__ import annotations

from pathlib import Path

from console.ops.supervisor import Supervisor
from console.ops.worker_options import WorkerOptions
from console.ops.worker_state import LocalWorker, Stop


def test_one_that_is_told_to_stop_before_it_began_leaves_no_servers_to_nobody(tmp_path: Path):
    worker = LocalWorker("early@desk", "a test", tmp_path, tmp_path / "log", WorkerOptions(), True, 1.0)
    held: list[bool] = []
    supervisor = Supervisor(worker, [], begun=lambda: held.append(True))
    supervisor.tell(Stop.SOFT)
    assert supervisor.run() == 0
    assert held == [True]
    assert not worker.file.exists()
