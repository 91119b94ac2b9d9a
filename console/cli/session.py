"""One run of the program: where it keeps its things, which services it talks to, and what it may change."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from console.cli.terminal import Terminal
from worker.core.errors import UsageError
from worker.core.said import said

if TYPE_CHECKING:
    from console.ops.commands import Command, Done
    from console.ops.health import Name
    from console.ops.profiles import Profile
    from console.ops.services import Services
    from console.ops.stack import Stack
    from worker.core.document import Limits
    from worker.core.settings import Settings

StartWorker = Callable[[list[str]], int | None]  # given Celery's options; its exit code
T = TypeVar("T")
OpenWindow = Callable[[str | None, Path, str | None], int]


class Session:
    """What every verb is given."""

    def __init__(
        self, args: Namespace, terminal: Terminal, *, start_worker: StartWorker, open_window: OpenWindow
    ) -> None:
        self.args = args
        self.terminal = terminal
        self.start_worker = start_worker
        self.open_window = open_window
        self.seen_settings: list[Settings] = []  # their secrets stay out of the log

    @cached_property
    def home(self) -> Path:
        """The folder of the embedded services, logs and states."""
        from console.ops.home import default_home

        chosen = getattr(self.args, "home", None)
        return Path(chosen).expanduser().absolute() if chosen else default_home().absolute()

    def on(self, profile: str) -> Session:
        """The same run on another profile."""
        args = Namespace(**vars(self.args) | {"profile": profile})
        other = Session(args, self.terminal, start_worker=self.start_worker, open_window=self.open_window)
        other.seen_settings = self.seen_settings
        return other

    @property
    def profile_name(self) -> str | None:
        """As it was asked for."""
        name: str | None = getattr(self.args, "profile", None)
        return name

    @cached_property
    def profile(self) -> Profile:
        """The chosen services: `--profile`, else the environment, else the embedded stack."""
        from console.ops.profiles import load

        profile = load(self.profile_name, os.environ, self.home)
        for warning in profile.warnings:
            self.terminal.say(warning)
        return profile

    @property
    def embedded(self) -> bool:
        """Whether the services are the embedded ones."""
        return self.profile.embedded

    @property
    def limits(self) -> Limits | None:
        """What the profile lets a file ask for; None where it does not say."""
        from worker.core.document import Limits

        return Limits.of(self.profile.settings) if self.profile.settings else None

    def confirm(self) -> None:
        """Refuse to change a production profile without `--confirm` and its name, before anything is begun."""
        if self.profile.production and self._confirmed != self.profile.name:
            name = self.profile.name
            locked = said("{profile} is a production profile, and this would change it.", profile=name)
            raise UsageError(locked, said("Add --confirm {profile}.", profile=name))

    def act(self, command: Command[T], services: Services) -> Done[T]:
        """Carry a command out, under the name that `--confirm` gives, and enter it into the audit."""
        from console.ops.acting import act

        return act(command, services, confirm=self._confirmed)

    @property
    def _confirmed(self) -> str | None:
        name: str | None = getattr(self.args, "confirm", None)
        return name

    @contextmanager
    def settings(self) -> Iterator[Settings]:
        """The services' addresses; embedded servers are up for as long as this lasts."""
        if self.profile.settings is not None:
            self.seen_settings.append(self.profile.settings)
            yield self.profile.settings
            return
        from console.ops.stack import Stack

        stack = Stack(self.home)
        self._start(stack)
        with stack:
            settings = stack.settings()
            self.seen_settings.append(settings)
            yield settings

    @contextmanager
    def services(self, *need: Name) -> Iterator[Services]:
        """The open connections; `need` are the services without which the verb makes no sense, all if none is named."""
        from console.ops.services import ALL, Services

        with self.settings() as settings:
            services = Services.open(self.profile, settings, need=need or ALL)
            try:
                self._look_where(services, ALL if self._confirmed else need or ALL)  # where it is to change something
                yield services
            finally:
                services.close()

    def _look_where(self, services: Services, names: tuple[Name, ...]) -> None:
        """Say it if the profile's name points to other servers than it did."""
        from console.ops.fingerprints import Fingerprints

        if elsewhere := Fingerprints(self.home).differs(services, names):
            name = self.profile.name
            self.terminal.say(f"{elsewhere} If that is right: ocr-console profiles accept {name}")

    def _start(self, stack: Stack) -> None:
        said = False

        def progress(_service: str, state: str, _seconds: float) -> None:
            nonlocal said
            if state == "starting" and not said:
                said = True
                self.terminal.say("Starting the embedded servers …")

        for note in stack.up(progress=progress).notes:
            self.terminal.say(note)
