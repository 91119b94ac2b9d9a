"""What is examined: a profile's services, and what several checks ask of them, asked once and never for long."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from console.ops.doctor.verdicts import Check, Seen, unknown
from console.ops.health import TITLES, Health, Name, Question, examined
from worker.core.errors import DatabaseError, OcrConsoleError
from worker.core.said import said

if TYPE_CHECKING:
    from pathlib import Path

    from console.ops.profiles import Profile
    from console.ops.services import Services
    from worker.core.settings import Settings

Answer = TypeVar("Answer")
GREETING_S = 0.3  # all answer within it where nothing is wrong
_NO_TABLES = "The database has no tables of ours."
Found = Seen | tuple[Seen, ...] | None  # None: there is nothing to say here
logger = logging.getLogger(__name__)


def schema_version(services: Services) -> str | None:
    """For every check that asks for it; None: there are no tables of ours."""
    from worker.core.schema import version

    return version(services.engine)


class Patient:
    """One profile's services for one examination. Its questions may be asked from any thread."""

    def __init__(self, services: Services, until: float, home: Path) -> None:
        """`until`: by `time.monotonic`; later nobody waits for an answer. `home`: where this machine's workers are."""
        self.services, self.until, self.home = services, until, home
        self._lock = threading.Lock()
        self._asked: dict[object, Question[Any]] = {}

    @property
    def settings(self) -> Settings:
        """Where the services are, and what is set for workers."""
        return self.services.settings

    @property
    def profile(self) -> Profile:
        """Whose services."""
        return self.services.profile

    @property
    def left_s(self) -> float:
        """Until the end of the examination."""
        return self.until - time.monotonic()

    def known(self, ask: Callable[[Services], Answer], *, within_s: float | None = None) -> Answer:
        """What this function of the services returns; it is called once, on a thread of its own.

        Args:
            ask: A function of a module: two checks that pass the same one share its answer.
            within_s: Wait so long at most; never beyond the end of the examination.

        Raises:
            TimeoutError: It takes longer.
            Exception: What the function raised, for every check that asks.
        """
        return cast("Answer", self._question(ask, partial(ask, self.services)).answer(self._end(within_s)))

    def lamp(self, service: Name, *, within_s: float | None = None) -> Health:
        """Whether the service answers, or has within so many seconds. Never raises."""
        question = self._question(service, partial(self.services.reach, service))
        return examined(service, self.services.place(service), question, self._end(within_s))

    def is_bare(self) -> bool:
        """Whether the database has no tables of ours. Never raises; what cannot be asked has some."""
        try:
            return self.known(schema_version) is None
        except (OcrConsoleError, TimeoutError):
            return False

    def greet(self) -> None:
        """Ask all services whether they answer, before anything else keeps them busy; waits a moment at most."""
        for service in TITLES:
            self._question(service, partial(self.services.reach, service))
        for service in TITLES:
            self.lamp(service, within_s=GREETING_S / len(TITLES))

    def _end(self, within_s: float | None) -> float:
        return self.until if within_s is None else min(self.until, time.monotonic() + within_s)

    def _question(self, key: object, ask: Callable[[], Any]) -> Question[Any]:
        with self._lock:
            question = self._asked.get(key)
            if question is None:
                question = self._asked[key] = Question(ask, "doctor-asks")
                question.begin()
            return question


@dataclass(frozen=True, slots=True)
class Look:
    """A check before it is made. Make one with `look`."""

    name: str
    subject: str  # the headline where it cannot be looked at
    see: Callable[[Patient], Found]
    needs: tuple[Name, ...] = ()  # the services without which it is unknown
    quick: bool = False  # among those for probes

    def __call__(self, patient: Patient) -> tuple[Check, ...]:
        """What it finds. Never raises."""
        try:
            dark = [lamp for name in self.needs if not (lamp := patient.lamp(name)).ok]
            found = self._unasked(dark[0]) if dark else self.see(patient)
        except TimeoutError:
            found = self.late()
        except OcrConsoleError as problem:
            found = self._unseen(patient, problem)
        except Exception as problem:
            logger.exception("The check %s failed", self.name)
            found = unknown(self.subject, said("The check itself failed ({kind}).", kind=type(problem).__name__))
        several = found if isinstance(found, tuple) else (found,)
        return tuple(one.named(self.name) for one in several if one is not None)

    def late(self) -> Seen:
        """What is said of it when nobody waits for it any longer."""
        return unknown(self.subject, "There was no answer in time.")

    def _unseen(self, patient: Patient, problem: OcrConsoleError) -> Found:
        """That there are no tables yet is told once, by the check of the schema, and to probes."""
        if isinstance(problem, DatabaseError) and patient.is_bare():
            return unknown(self.subject, _NO_TABLES) if self.quick else None
        return unknown(self.subject, problem.sentence, problem.advice)

    def _unasked(self, lamp: Health) -> Seen:
        return unknown(self.subject, said("{service} does not answer.", service=said(TITLES[lamp.service])))


def look(
    name: str, subject: str, *, needs: tuple[Name, ...] = (), quick: bool = False
) -> Callable[[Callable[[Patient], Found]], Look]:
    """Make a check of a function.

    Args:
        name: For scripts; it stays.
        subject: What is looked at, in a few words: "Persistence of Redis".
        needs: The services without which it is unknown.
        quick: Whether probes want to know.
    """
    return lambda see: Look(name, subject, see, needs, quick)
