"""What the page that starts workers is told in tests."""

from __future__ import annotations

from dataclasses import replace

from console.ops.profiles import Profile
from console.ops.worker_options import WorkerOptions
from console.ops.worker_start import Machine, Recipes
from tests.unit.test_settings import PLAIN
from worker.core.settings import Settings

COMMAND = """\
$ set -a && . ~/.config/ocr-console/production.env && set +a
$ nice -n 5 celery -A worker.app:celery_app worker \\
    --hostname {name} --concurrency {slots} --queues {queues}
"""
ENVIRONMENT = """\
DATABASE_URL=postgresql://ocr:•••@db.prod:5432/ocr
CELERY_BROKER_URL=rediss://default:•••@redis.prod:6379/0
CELERY_RESULT_BACKEND=rediss://default:•••@redis.prod:6379/1
MINIO_ENDPOINT=s3.prod.example:9000
MINIO_ACCESS_KEY=OCRCONSOLE7
MINIO_SECRET_KEY=•••
MINIO_SECURE=true
MINIO_OCR_BUCKET=ocr
"""


class Source:
    """A machine and recipes as a test says."""

    def __init__(self, *names: str, slots: int = 0) -> None:
        self.profile = Profile("production", "a test", replace(Settings.from_mapping(PLAIN, "a test"), production=True))
        self.settings = Settings.from_mapping(PLAIN, "a test")
        self.known = Machine(32 * 10**9, 22 * 10**9, 86 * 10**9, frozenset(names), slots)

    def machine(self) -> Machine:
        return self.known

    def recipes(self, options: WorkerOptions) -> Recipes:
        command = COMMAND.format(name=options.name, slots=options.slots, queues=",".join(options.queues))
        return Recipes(command, ENVIRONMENT, "[Unit]\n", "services:\n", "kind: Deployment\n")
