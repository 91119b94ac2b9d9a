"""A database that is away is waited for: what was read is not thrown away, and no doorbell is used up in vain.

Its task's lease may run out meanwhile; then another has the work, and what is written here at last is refused.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from worker.core.errors import DatabaseError
from worker.core.leases import Leases

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 4.0
P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("worker.patience")


def patiently(call: Callable[[], T]) -> T:
    """Make a call that may be repeated, again until the database answers. The time limit of the task bounds it."""
    wait = FIRST_WAIT_S
    while True:
        try:
            return call()
        except DatabaseError as error:
            if not error.retryable:
                raise
            log.warning("Waiting for the database: %s Next try in %.1f s.", error.sentence, wait)
        time.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT_S)


def _patient(method: Callable[P, T]) -> Callable[P, T]:
    @wraps(method)
    def wait_for_it(*args: P.args, **kwargs: P.kwargs) -> T:
        return patiently(lambda: method(*args, **kwargs))

    return wait_for_it


class PatientLeases(Leases):
    """The protocol as those speak it who work on a task; each of these calls may be repeated."""

    begin_page = _patient(Leases.begin_page)
    progress = _patient(Leases.progress)
    finish = _patient(Leases.finish)
    fail = _patient(Leases.fail)
    give_back = _patient(Leases.give_back)
    free_slots = _patient(Leases.free_slots)
    spread = _patient(Leases.spread)
    finish_pages = _patient(Leases.finish_pages)
