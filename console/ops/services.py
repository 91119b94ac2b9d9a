"""One profile's open connections: open, check, close."""

from __future__ import annotations

import time
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from sqlalchemy import Engine, text

from console.ops.guard import Guard
from console.ops.health import PATIENCE_S, Health, Name, Question, examined
from console.ops.profiles import Profile
from console.ops.submission import submitter
from worker.core.addresses import Address
from worker.core.audit_trail import AuditTrail, Reader
from worker.core.batches import Batches
from worker.core.connections import Connected, connected
from worker.core.database import open_engine, single
from worker.core.errors import ServiceError, SettingsError
from worker.core.flow import Flow, FlowMeter
from worker.core.leases import Leases
from worker.core.pulse import Pulse, pulse
from worker.core.schema import upgrade
from worker.core.settings import Settings
from worker.core.store import Store

if TYPE_CHECKING:
    from console.ops.neighbours import Neighbours
    from worker.core.blobs import Blobs
    from worker.core.broker import Broker

Part = TypeVar("Part")
TRY_OUT_EVERY_S = 30.0  # a server whose disk is full answers all the same
ALL: tuple[Name, ...] = ("redis", "postgres", "s3")


class Services:
    """The database, the broker and the bucket of one profile.

    Making one connects to nothing: every service is reached when it is first used, so one that is away does not hide
    the others. The schema is brought up to date and the bucket is made at the first question that finds them there.
    """

    def __init__(self, profile: Profile, settings: Settings | None = None) -> None:
        chosen = settings or profile.settings
        if chosen is None:
            raise SettingsError("The addresses of the embedded stack are known when it runs.", "Start it: stack up")
        self.profile = profile
        self.guard = Guard(profile)
        self.settings: Settings = chosen
        self.engine: Engine = open_engine(chosen, application="ocr-console")
        self.store = Store(self.engine)
        self.batches = Batches(self.engine)
        self.trail = AuditTrail(self.engine, Reader(submitter(), profile.name))
        self.leases = Leases(self.engine, lease_s=chosen.lease_s, task_limit_s=chosen.time_limit_s)
        self._meter = FlowMeter(self.engine)
        self._prepared: set[Name] = set()
        self._s3_is_due = 0.0
        self._places: dict[Name, str] = {
            "redis": Address.parse(chosen.broker_url).place,
            "postgres": Address.parse(chosen.database_url).place,
            "s3": chosen.s3_endpoint,
        }
        self._questions: dict[Name, Question[float]] = {
            "redis": Question(self._ask_redis, "ask-redis"),
            "postgres": Question(self._ask_postgres, "ask-postgres"),
            "s3": Question(self._ask_s3, "ask-s3"),
        }

    @cached_property
    def broker(self) -> Broker:
        """The broker; its driver is loaded when it is wanted first."""
        from worker.core.broker import Broker

        return self._only("broker", Broker(self.settings))

    @cached_property
    def neighbours(self) -> Neighbours:
        """The workers that are not ours, on the same broker."""
        from console.ops.neighbours import Neighbours

        return self._only("neighbours", Neighbours(self.broker))

    @cached_property
    def blobs(self) -> Blobs:
        """The bucket; its driver is loaded when it is wanted first."""
        from worker.core.blobs import Blobs

        return self._only("blobs", Blobs(self.settings))

    @classmethod
    def open(cls, profile: Profile, settings: Settings | None = None, *, need: tuple[Name, ...] = ALL) -> Services:
        """Connect, bring the schema up to date, make the bucket.

        Args:
            profile: Whose services.
            settings: Those of the embedded stack, where the profile has none.
            need: The services without which it makes no sense to go on.

        Raises:
            ServiceError: One of them is unreachable, refuses us or is too new; a line for each, in `sentence`.
        """
        services = cls(profile, settings)
        try:
            services.require(*need)
        except BaseException:
            services.close()
            raise
        return services

    def require(self, *need: Name) -> None:
        """Make sure that these services can be used. Raises the error of the first that cannot, naming them all."""
        errors = [health.error for health in self.check(need) if health.error]
        if not errors:
            return
        if len(errors) == 1:
            raise errors[0]
        kind = type(errors[0]) if isinstance(errors[0], ServiceError) else ServiceError
        sentences, advices = ([e.sentence for e in errors], dict.fromkeys(e.advice for e in errors if e.advice))
        raise kind("\n".join(sentences), "\n".join(advices))

    def check(self, names: tuple[Name, ...] = ALL, *, patience_s: float = PATIENCE_S) -> tuple[Health, ...]:
        """Ask the services, all at once; takes as long as the slowest, and no longer than the patience."""
        until = time.monotonic() + patience_s
        for name in names:
            self._questions[name].begin()
        return tuple(examined(name, self._places[name], self._questions[name], until) for name in names)

    def reach(self, name: Name) -> float:
        """Ask one service in this thread, and prepare nothing there. Raises ServiceError.

        Returns:
            Seconds until an answer on a connection that is there: asked twice, the first makes it.
        """
        ask = {"redis": self.broker.check, "postgres": self._select}.get(name) or self.blobs.check
        ask()
        return ask()

    def place(self, name: Name) -> str:
        """Where the service is, as sentences name it: host:port."""
        return self._places[name]

    def pulse(self) -> Pulse:
        """What the database says of the work as a whole."""
        return pulse(self.engine)

    def flow(self) -> Flow:
        """Pages by queue and by worker: to be read, and of the last minute. Raises DatabaseError."""
        return self._meter.flow()

    def connected(self) -> Connected:
        """Which workers have connections to the database open. Raises DatabaseError."""
        return connected(self.engine)

    def close(self) -> None:
        """Close the connections."""
        for name in ("neighbours", "blobs", "broker"):
            if name in self.__dict__:
                getattr(self, name).close()
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _only(self, name: str, made: Part) -> Part:
        """The one of two that two threads made at the same time; they have connected to nothing yet."""
        kept: Part = self.__dict__.setdefault(name, made)
        return kept

    def _ask_redis(self) -> float:
        return self.broker.check()

    def _ask_postgres(self) -> float:
        if "postgres" not in self._prepared:
            upgrade(self.engine)
            self._prepared.add("postgres")
        return self._select()

    def _select(self) -> float:
        began = time.perf_counter()
        with single(self.engine) as connection:
            connection.execute(text("select 1"))
        return time.perf_counter() - began

    def _ask_s3(self) -> float:
        if "s3" not in self._prepared:
            self.blobs.ensure_bucket()
            self._prepared.add("s3")
        if self._s3_is_due < time.monotonic():
            self.blobs.try_out()  # until it succeeds, every time
            self._s3_is_due = time.monotonic() + TRY_OUT_EVERY_S
        return self.blobs.check()
