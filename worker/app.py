"""The Celery app: `celery -A worker.app:celery_app worker -l info` starts a worker with nothing of ours in front."""

from __future__ import annotations

import gc
import os
import sys

os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # before any engine is loaded: its threads cost 2.5 to 4 times the CPU

from celery import Celery
from celery.signals import celeryd_after_setup
from kombu.transport import TRANSPORT_ALIASES

from worker.core.broker import celery_settings
from worker.core.errors import SettingsError
from worker.core.settings import Settings


def _settings() -> Settings:
    """The settings of this process; one line for each fault, and no traceback, where they cannot be used."""
    try:
        return Settings.from_mapping(os.environ, "the environment")
    except SettingsError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


settings = _settings()
TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "worker.poison:Transport"))
celery_app = Celery("ocr")
celery_app.conf.update(
    celery_settings(settings),
    imports=("worker.tasks", "worker.presence", "worker.stopping", "worker.bounded", "worker.limits"),
    worker_consumer="worker.consumer:PatientConsumer",
)


@celeryd_after_setup.connect  # type: ignore[untyped-decorator] # Celery has no types
def _spare_the_children(**_: object) -> None:
    """Celery collects garbage before it makes each child, 0.2 s over all that is loaded; none of that is garbage."""
    gc.freeze()
    gc.enable()


def main(argv: list[str]) -> int:
    """Run a worker in this process until it is told to stop. Celery's exit code: 0 for one that was told.

    Celery's own `worker_main` forgets that code, and loads a shell that no worker needs.

    Args:
        argv: what would follow `celery -A worker.app:celery_app worker` on the command line.
    """
    gc.disable()  # until all is loaded: it would be gone over again and again
    from celery.bin.base import CLIContext
    from celery.bin.worker import worker

    no_banner = settings.log_format == "json"  # of its log each line is an entry
    context = CLIContext(app=celery_app, no_color=None, workdir=None, quiet=no_banner)
    return worker.main(args=argv, prog_name="worker", standalone_mode=False, obj=context) or 0
