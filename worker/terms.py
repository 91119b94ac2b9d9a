"""On which terms a worker takes messages: what a doctor compares with what the deployment is meant to do."""

from __future__ import annotations

from typing import Any

from worker.app import settings
from worker.consumer import PatientConsumer
from worker.core.addresses import Address
from worker.core.jobs import TASK_NAME


def terms_of(consumer: PatientConsumer) -> dict[str, Any]:
    """As it works, whatever its command line changed. Limits and times are seconds; None: no limit.

    Returns:
        fetches: It looks for what others set aside for their want of a language.
        broker: Where it takes messages from, without user and password.
        prefetch: Messages that each of its processes may have; 0: as many as there are.
        acks_late: Whether a message is given up only when its task has ended.
        visibility_timeout: After which Redis hands a held message out again.
        time_limit, soft_time_limit: Of a task.
    """
    conf, controller, task = consumer.app.conf, consumer.controller, consumer.app.tasks[TASK_NAME]
    return {
        "fetches": True,
        "broker": Address.parse(settings.broker_url).place,
        "prefetch": consumer.prefetch_multiplier,
        "acks_late": bool(task.acks_late),
        "visibility_timeout": conf.broker_transport_options["visibility_timeout"],
        "time_limit": controller.time_limit,
        "soft_time_limit": controller.soft_time_limit,
    }
