"""What a task has to write waits for its database: what was read is not thrown away because of an outage."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from worker.core.errors import OcrConsoleError, ServiceError

P = ParamSpec("P")
Answer = TypeVar("Answer")
WAIT_AT_MOST_S = 10.0  # between two tries; with the time that a try takes this stays under 15
log = logging.getLogger("worker.ocr")


class Patience:
    """How a task waits. It ends, for the rest of the task, when a wait is interrupted: by the time limit, or a stop."""

    def __init__(self, wait: Callable[[float], object]) -> None:
        self._wait = wait
        self._over = False

    def has_waited(self, error: OcrConsoleError, seconds: float) -> bool:
        """Wait before another try. False: there is to be none."""
        if self._over:
            return False
        log.warning("[OCR] What was read waits to be saved. %s Next try in %.0f s.", error.sentence, seconds)
        try:
            self._wait(seconds)
        except Exception:  # noqa: BLE001 - whatever it is: the document is not to blame, the service is
            self._over = True
        return not self._over


_patience: ContextVar[Patience | None] = ContextVar("patience", default=None)


@contextmanager
def outlasting(wait: Callable[[float], object] = time.sleep) -> Iterator[None]:
    """Within, in this thread, what `outlasts` is tried until it succeeds; `wait` takes seconds."""
    token = _patience.set(Patience(wait))
    try:
        yield
    finally:
        _patience.reset(token)


def outlasts(write: Callable[P, Answer]) -> Callable[P, Answer]:
    """A write that may be repeated: within `outlasting`, one that fails with its service is tried again."""

    @wraps(write)
    def patient(*args: P.args, **kwargs: P.kwargs) -> Answer:
        wait_s = 1.0
        while True:
            try:
                return write(*args, **kwargs)
            except ServiceError as error:
                patience = _patience.get()
                if patience is None or not patience.has_waited(error, wait_s):
                    raise
            wait_s = min(wait_s * 2, WAIT_AT_MOST_S)

    return patient
