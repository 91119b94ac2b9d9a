"""Takes back what dead workers held, rings for what no message speaks of, clears away what nobody needs, keeps history.

Every worker's main process runs one, and a console does while no worker is there; an advisory lock makes one of them
act. It is safe if two did: each duty skips what is locked or finds nothing left to do.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from sqlalchemy import Engine

from worker.core.errors import OcrConsoleError
from worker.core.leases import Leases
from worker.core.office import Office
from worker.core.outbox import Bells, Outbox

TICK_S = 1.0
WAIT_AT_MOST_S = 5.0  # while the database is away: whoever was interrupted by that waits for us
GOODBYE_S = 2.0  # for what is done aside

log = logging.getLogger("worker.housekeeper")


@dataclass(frozen=True, slots=True)
class Tick:
    """What one round did."""

    reaped: int = 0  # tasks taken back from workers that fell silent, or made for jobs that had none
    published: int = 0  # doorbells rung again
    swept: int = 0  # objects deleted that no row names
    expired: int = 0  # rows, and what belongs to them, that were kept for long enough


class Duty:
    """Something done now and then; while it fails it waits longer, up to a bound, and the others go on."""

    def __init__(self, what: str, act: Callable[[], int], *, every_s: float, wait_at_most_s: float) -> None:
        self._what = what
        self._act = act
        self._every_s = every_s
        self._wait_at_most_s = wait_at_most_s
        self._wait_s = every_s
        self._due_at = 0.0  # of the monotonic clock
        self._trouble = ""

    @property
    def due(self) -> bool:
        """Whether it is time."""
        return time.monotonic() >= self._due_at

    def act(self) -> int:
        """How much was done; nothing before its time."""
        if not self.due:
            return 0
        done = 0
        try:
            done = self._act()
            self._wait_s, self._trouble = self._every_s, ""
        except OcrConsoleError as error:
            self._wait_s = min(max(2 * self._wait_s, TICK_S), self._wait_at_most_s)
            if error.sentence != self._trouble:
                log.warning("%s waits: %s", self._what, error.sentence)
            self._trouble = error.sentence
        self._due_at = time.monotonic() + self._wait_s
        return done


class Aside:
    """A duty on a thread of its own: what may take long, or hang with a service, holds the tick up for no moment."""

    def __init__(self, duty: Duty) -> None:
        self._duty = duty
        self._thread: threading.Thread | None = None
        self._done = 0

    def act(self) -> int:
        """How much was done since it was asked last; begins anew when it is time."""
        if self._thread is not None and self._thread.is_alive():
            return 0
        done, self._done = self._done, 0
        if not self._duty.due:
            return done
        self._thread = threading.Thread(target=self._run, name="housework", daemon=True)
        self._thread.start()
        return done

    def close(self, within_s: float) -> None:
        """Wait for its end, for so long."""
        if self._thread is not None:
            self._thread.join(within_s)

    def _run(self) -> None:
        try:
            self._done = self._duty.act()
        except Exception:
            log.exception("A fault in housekeeping")


class Housekeeper:
    """One candidate for the office. `run` is the body of its thread.

    Args:
        engine: The deployment's database.
        leases: What is taken back.
        broker: Where doorbells are rung.
        name: Who acts, for people.
        substitute: Acts only while no worker is there.
        sweep: Deletes objects that no row names; how many.
        expire: Ends what was kept for long enough; how many rows.
        languages: Looks after what waits for a worker that has its languages; how many jobs were given up.
        sample: Keeps the history of figures, when it is time.
    """

    def __init__(
        self,
        engine: Engine,
        leases: Leases,
        broker: Bells,
        *,
        name: str = "",
        substitute: bool = False,
        sweep: Callable[[], int] | None = None,
        expire: Callable[[], int] | None = None,
        languages: Callable[[], int] | None = None,
        sample: Callable[[], int] | None = None,
    ) -> None:
        self.acting = threading.Event()
        self._office = Office(engine, name, substitute=substitute)
        self._reap = Duty("Taking back", lambda: len(leases.reap()), every_s=0.0, wait_at_most_s=2.0)
        self._adopt = Duty("Adopting", lambda: len(leases.adopt()), every_s=30.0, wait_at_most_s=60.0)
        self._languages = Duty("Waiting for languages", languages or (lambda: 0), every_s=0.0, wait_at_most_s=2.0)
        self._publish = Duty("Ringing again", Outbox(engine, broker).deliver, every_s=0.0, wait_at_most_s=2.0)
        self._aside: dict[str, Aside] = {}
        if sweep:
            self._aside["swept"] = Aside(Duty("Sweeping", sweep, every_s=5.0, wait_at_most_s=60.0))
        if expire:
            self._aside["expired"] = Aside(Duty("Retention", expire, every_s=60.0, wait_at_most_s=300.0))
        self._sample = Aside(Duty("The history", sample, every_s=0.0, wait_at_most_s=10.0)) if sample else None

    def run(self, stop: threading.Event, every: float = TICK_S) -> None:
        """Keep house until `stop` is set, whenever no other does; services that are away are waited for."""
        wait = every
        while not stop.is_set():
            try:
                self._serve(stop, every)
                wait = every
            except OcrConsoleError as error:
                log.warning("Housekeeping waits %.0f s: %s %s", wait, error.sentence, error.advice)
            except Exception:
                log.exception("A fault in housekeeping")
            self.acting.clear()
            stop.wait(wait)
            wait = min(wait * 2, WAIT_AT_MOST_S)
        for aside in (*self._aside.values(), self._sample):
            if aside is not None:
                aside.close(GOODBYE_S)

    def tick(self) -> Tick:
        """One round, whoever holds the office."""
        if self._sample is not None:
            self._sample.act()
        aside = {what: duty.act() for what, duty in self._aside.items()}
        self._languages.act()
        return Tick(self._reap.act() + self._adopt.act(), self._publish.act(), **aside)

    def _serve(self, stop: threading.Event, every: float) -> None:
        """Act for as long as the office is ours; come back when another has it, or raise when the database is away."""
        with self._office.term() as term:
            if term is None:
                return
            self.acting.set()
            while not stop.is_set() and term.goes_on():
                done = self.tick()
                term.did(asdict(done))
                if done != Tick():
                    log.info(
                        "Taken back from lost workers: %d; rung for again: %d; objects swept: %d; expired: %d",
                        *asdict(done).values(),
                    )
                stop.wait(every)
