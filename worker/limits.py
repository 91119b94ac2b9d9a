"""Celery's remote `time_limit`, heeded from the next task on and within what the deployment allows.

Celery's own answers that the limits are set, and goes on with those that it had when it last connected to its broker.
"""

from __future__ import annotations

from typing import Any

from celery.worker.control import control_command, nok, ok

from worker.app import settings


@control_command(name="time_limit", args=[("task_name", str), ("soft", float), ("hard", float)])  # type: ignore[untyped-decorator]
def time_limit(
    state: Any,  # noqa: ANN401 - Celery has no types
    task_name: str,
    hard: float | None = None,
    soft: float | None = None,
    **_: object,
) -> dict[str, str]:
    """Bound the tasks of a name; without limits as the worker was started."""
    task = state.app.tasks.get(task_name)
    if task is None:
        return nok("unknown task")  # type: ignore[no-any-return]
    soft, hard = soft or settings.soft_time_limit_s, hard or settings.time_limit_s
    if hard > settings.time_limit_s:  # a lease is renewed no longer
        return nok(f"by OCR_TIME_LIMIT a task may take {settings.time_limit_s} s")  # type: ignore[no-any-return]
    task.soft_time_limit, task.time_limit = soft, hard
    state.consumer.update_strategies()
    return ok("time limits set successfully")  # type: ignore[no-any-return]
