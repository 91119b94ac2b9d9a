"""What the three servers have in common."""

from __future__ import annotations

import re
import signal
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from console.ops.servers.files import lines_since, put_aside_if_long
from console.ops.servers.folder import Folder, Secrets
from console.ops.servers.processes import Command
from worker.core.errors import ServiceError
from worker.core.said import Value, said, sentences


class Server(ABC):
    """One server of the stack: how it starts, how it is known, when it serves."""

    name: ClassVar[str]  # as in CONTRACT's JSON: postgres, redis, s3
    title: ClassVar[str]  # for people
    program: ClassVar[str]
    listens: ClassVar[tuple[str, ...]]  # a name for each of its ports, the one for clients first
    error: ClassVar[type[ServiceError]]
    how_to_stop: ClassVar[signal.Signals] = signal.SIGTERM
    complaint: ClassVar[re.Pattern[str]]  # a line of its log that says why it gave up

    def __init__(self, folder: Folder, secrets: Secrets) -> None:
        self.folder = folder
        self.secrets = secrets
        self.ports: Mapping[str, int] = {}
        self.log = folder.logs / f"{self.name}.log"
        self._logged = 0  # bytes, before this start

    @property
    def port(self) -> int:
        """The port for clients."""
        return self.ports[self.listens[0]]

    @property
    @abstractmethod
    def marker(self) -> str:
        """An argument that this server has on its command line, and no other program on this machine."""

    @abstractmethod
    def check(self) -> None:
        """Find the programs, and look whether the data can be opened at all; nothing is started or changed.

        Raises:
            ServiceError: With the reason why it cannot start here.
        """

    @abstractmethod
    def command(self) -> Command:
        """Write the configuration, make what a first start needs, and say how to start."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it accepts our password now. Takes 5 seconds at most."""

    def ready(self) -> bool:
        """Whether it does real work, after making what clients expect to find in it."""
        return self.answers()

    def begin_log(self) -> None:
        """Note where the lines of this start begin."""
        self._logged = put_aside_if_long(self.log)

    def sweep(self) -> None:  # noqa: B027 - most leave nothing
        """Remove what it leaves behind outside our folder; it does not run now."""

    def failure(self, template: str, **values: Value) -> ServiceError:
        """The error to raise, of a sentence about `{server}`, with the line of the log that matters."""
        lines = lines_since(self.log, self._logged)
        # The first complaint is the cause, later ones its consequences.
        line = next((line for line in lines if self.complaint.search(line)), lines[-1] if lines else "")
        reason = said("Its log says: {line}", line=self.secrets.hide(line)[:300]) if line else ""
        return self.error(sentences(said(template, server=self.title, **values), reason), self.advice(line))

    def advice(self, line: str) -> str:
        """What to do after this line of its log."""
        if re.search("no space left", line, re.IGNORECASE):
            return said("Free some space on the disk of {path}, then start again.", path=str(self.folder.root))
        return said("The whole log is {path}. Mend what it names and start again.", path=str(self.log))

    @property
    def data(self) -> Path:
        """Where it keeps what it holds."""
        return self.folder.root / self.name
