"""A real supervisor of a fake worker: `python -m tests.services.fake_supervisor STATE_FILE KIND`."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from console.ops.supervisor import Supervisor, watch
from console.ops.worker_ending import WARM_SIGNAL
from console.ops.worker_state import LocalWorker, Stop

WORKERS = {
    # Ends when it is told to, or with its lifeline.
    "works": "import os, signal, sys; print('ready', flush=True); os.read(0, 1); print('lifeline cut', flush=True)",
    "ends_at_once": "print('no such language', flush=True); raise SystemExit(1)",
    "obeys": "import os, signal; signal.signal(15, lambda *_: os._exit(0)); print('ready', flush=True); os.read(0, 1)",
    "talks": "import os; print('ready', *['.' * 99] * 21_000, sep='\\n', flush=True); os.read(0, 1)",
    "ignores_stop": "import signal, time; signal.signal(15, 1); print('ready', flush=True); time.sleep(99)",
    "takes_its_time": "import os, signal; signal.signal(12, 1); print('ready', flush=True); os.read(0, 1)",
    "has_children": "import subprocess; print('ready', flush=True); subprocess.run(['sleep', '99'])",
}


def main() -> int:
    """Supervise until told to stop."""
    worker = LocalWorker.load(Path(sys.argv[1]))
    assert worker is not None
    supervisor = Supervisor(worker, [sys.executable, "-c", WORKERS[sys.argv[2]]])
    signal.signal(signal.SIGTERM, lambda *_: supervisor.tell(Stop.SOFT))
    signal.signal(WARM_SIGNAL, lambda *_: supervisor.tell(Stop.WARM))
    if worker.stops_with_console:
        watch(0, lambda: supervisor.tell(Stop.SOFT))
    return supervisor.run()


if __name__ == "__main__":
    raise SystemExit(main())
