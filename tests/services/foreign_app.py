"""Another program's Celery on the same broker, which knows nothing of ours."""

import os
import time

from celery import Celery

app = Celery("foreign", broker=os.environ.get("FOREIGN_BROKER_URL", "memory://"))
app.conf.update(
    task_default_queue="foreign",
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "global_keyprefix": os.environ.get("FOREIGN_PREFIX", ""),
        "visibility_timeout": int(os.environ.get("FOREIGN_VISIBILITY", "3600")),
    },
    worker_prefetch_multiplier=int(os.environ.get("FOREIGN_PREFETCH", "4")),
)


@app.task(name="foreign.sleep")  # type: ignore[untyped-decorator]
def sleep(seconds: float) -> None:
    """Works for so long."""
    time.sleep(seconds)


@app.task(name=os.environ.get("FOREIGN_TASK", "foreign.nothing"))  # type: ignore[untyped-decorator]
def nothing(*_: object) -> None:
    """Does nothing with what it is given."""
