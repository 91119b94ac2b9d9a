"""The folder of an embedded stack: its secrets, and what is remembered between starts."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from console.ops.servers.accounts import Account, reaches
from console.ops.servers.files import make_private_folder, write_private
from console.ops.servers.processes import Mark
from worker.core.errors import ServiceError
from worker.core.said import said
from worker.core.settings import MASK

FOR_ROOT = Path("/var/lib/ocr-console")  # reachable by every account, unlike root's own home


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """The passwords and keys of the three servers; made once, by chance."""

    postgres_admin: str = field(default_factory=lambda: secrets.token_hex(24))
    postgres: str = field(default_factory=lambda: secrets.token_hex(24))
    redis: str = field(default_factory=lambda: secrets.token_hex(24))
    s3_access: str = field(default_factory=lambda: "ocr" + secrets.token_hex(8))
    s3_secret: str = field(default_factory=lambda: secrets.token_hex(24))
    s3_inner: str = field(default_factory=lambda: secrets.token_hex(32))  # SeaweedFS's parts among themselves

    def hide(self, text: str) -> str:
        """The text with every secret masked."""
        for value in asdict(self).values():
            text = text.replace(value, MASK)
        return text


@dataclass(slots=True)
class Memory:
    """What the last start left: the ports, the processes, whether they are to stay up, where PostgreSQL lies."""

    ports: dict[str, dict[str, int]] = field(default_factory=dict)  # by server, then by what listens there
    servers: dict[str, Mark] = field(default_factory=dict)
    keep: bool = False
    postgres: str = ""

    def as_text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_text(cls, text: str) -> Memory:
        """From JSON; nothing from what is damaged: then ports are chosen anew and processes found by their names."""
        try:
            values = json.loads(text)
            return cls(
                {name: {key: int(port) for key, port in ports.items()} for name, ports in values["ports"].items()},
                {name: Mark(int(m["pid"]), float(m["created"])) for name, m in values["servers"].items()},
                bool(values["keep"]),
                str(values["postgres"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls()


class Folder:
    """`stack` below the program's data folder. Nothing is made before `prepare`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.root = home / "stack"
        self.logs = self.root / "logs"
        self.profile = self.root / "embedded.env"
        self._secrets = self.root / "secrets.json"
        self._memory = self.root / "state.json"

    @property
    def exists(self) -> bool:
        """Whether a stack was ever started here."""
        return self.root.is_dir()

    def prepare(self) -> None:
        """Make what is missing, for ourselves only."""
        make_private_folder(self.home)
        make_private_folder(self.logs)
        if self.root.stat().st_uid != os.geteuid():  # also as root: what root writes there its owner cannot open
            raise ServiceError(
                said("The folder {path} belongs to another user of this machine.", path=str(self.root)),
                "Start OCR Console as that user, or choose another folder with --home.",
            )

    def open_to(self, account: Account) -> bool:
        """Let the account pass through our folders to its own one, if nothing above them keeps it out.

        A home that holds more than our servers is not touched.
        """
        ours = [self.root] if any(entry != self.root for entry in self.home.iterdir()) else [self.home, self.root]
        if not reaches(account, ours[0].parent):
            return False
        for folder in ours:
            os.chown(folder, -1, account.gid)
            folder.chmod(0o710)
        return True

    @property
    def outside(self) -> Path:
        """Where PostgreSQL lies when its account cannot reach the home."""
        return FOR_ROOT / hashlib.sha256(str(self.home).encode()).hexdigest()[:16]

    def secrets(self) -> Secrets | None:
        """The secrets; None before the first start.

        Raises:
            ServiceError: If the file is there and damaged.
        """
        if not self._secrets.exists():
            return None
        try:
            values = json.loads(self._secrets.read_text(encoding="utf-8"))
            return Secrets(**{entry.name: str(values[entry.name]) for entry in fields(Secrets)})
        except (ValueError, KeyError, TypeError) as error:
            raise ServiceError(
                said("The file with the servers' passwords is damaged: {path}", path=str(self._secrets)),
                said("Put it back from a backup, or move {path} away to begin anew.", path=str(self.root)),
            ) from error

    def keep_secrets(self, made: Secrets) -> None:
        """Write them, once."""
        write_private(self._secrets, json.dumps(asdict(made), indent=1))

    def remembered(self) -> Memory:
        """What the last start left."""
        if not self._memory.exists():
            return Memory()
        return Memory.from_text(self._memory.read_text(encoding="utf-8"))

    def remember(self, memory: Memory) -> None:
        """Keep it for the next start."""
        write_private(self._memory, memory.as_text())
