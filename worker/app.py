"""The Celery app: `celery -A worker.app:celery_app worker -l info` starts a worker with nothing of ours in front."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # before any engine is loaded: its threads cost 2.5 to 4 times the CPU

from celery import Celery
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


def main(argv: list[str]) -> None:
    """Run a worker in this process until it is told to stop.

    Args:
        argv: what would follow `celery -A worker.app:celery_app worker` on the command line.
    """
    celery_app.worker_main(["worker", *argv])
