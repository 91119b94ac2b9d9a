"""Whether a service answers: asked on a thread of its own, so that one which hangs holds nobody up."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, Literal, TypeVar

from worker.core.errors import OcrConsoleError, ServiceError
from worker.core.said import said

Name = Literal["redis", "postgres", "s3"]
State = Literal["ok", "starting", "down"]
Answer = TypeVar("Answer")
PATIENCE_S = 5.0  # for the answer of a service; its own limits are shorter where it is reached at all
TITLES: dict[Name, str] = {"redis": "Redis", "postgres": "PostgreSQL", "s3": "The S3 server"}
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Health:
    """One lamp: a service, whether it answers, and if not, why and what to do."""

    service: Name
    state: State
    sentence: str
    advice: str = ""
    latency_s: float | None = None
    since: datetime | None = None  # when it began to answer, or ceased to
    error: OcrConsoleError | None = field(default=None, compare=False, repr=False)

    @property
    def ok(self) -> bool:
        """Whether it answers."""
        return self.state == "ok"


class Question(Generic[Answer]):
    """A call that may hang. One at a time: while it hangs, no other is begun."""

    def __init__(self, ask: Callable[[], Answer], name: str) -> None:
        self._ask = ask
        self._name = name
        self._thread: threading.Thread | None = None
        self._outcome: list[Answer | Exception] = []

    def begin(self) -> None:
        """Start asking, unless the last time is not over yet."""
        if self._thread is not None and self._thread.is_alive():
            return
        outcome: list[Answer | Exception] = []
        self._outcome = outcome
        self._thread = threading.Thread(target=self._run, args=(outcome,), name=self._name, daemon=True)
        self._thread.start()

    def answer(self, until: float) -> Answer:
        """The answer, by this moment of `time.monotonic`. Raises TimeoutError, or what the call raised."""
        assert self._thread is not None, "begin() comes first"
        self._thread.join(max(0.0, until - time.monotonic()))
        if not self._outcome:
            raise TimeoutError
        found = self._outcome[0]
        if isinstance(found, Exception):
            raise found
        return found

    def _run(self, outcome: list[Answer | Exception]) -> None:
        try:
            outcome.append(self._ask())
        except Exception as problem:  # noqa: BLE001 - it is raised again where it is asked for
            outcome.append(problem)


def examined(service: Name, place: str, question: Question[float], until: float) -> Health:
    """The lamp of a service whose question was begun: its answer is the latency in seconds."""
    who = said("{service} at {place}", service=said(TITLES[service]), place=place)
    now = datetime.now(UTC)
    try:
        return Health(service, "ok", said("{who} answers.", who=who), latency_s=question.answer(until), since=now)
    except OcrConsoleError as problem:
        return dark(service, problem)
    except TimeoutError:
        silent = said("{who} does not answer.", who=who)
        return dark(service, ServiceError(silent, "Look whether it hangs, or the network does."))
    except Exception as problem:
        logger.exception("%s could not be asked", who)
        unasked = said("{who} cannot be asked ({kind}).", who=who, kind=type(problem).__name__)
        return dark(service, ServiceError(unasked, "See the log."))


def dark(service: Name, problem: OcrConsoleError) -> Health:
    """The lamp of a service with this problem."""
    starting = " is starting" in problem.sentence
    return Health(
        service,
        "starting" if starting else "down",
        problem.sentence,
        problem.advice,
        since=datetime.now(UTC),
        error=problem,
    )
