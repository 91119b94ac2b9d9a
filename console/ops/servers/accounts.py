"""The account under which PostgreSQL runs when we are root, and which folders that account can reach."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from worker.core.errors import DatabaseError
from worker.core.said import said

if sys.platform != "win32":
    import pwd

CANDIDATES = ("postgres", "nobody", "daemon")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine that is not root."""

    name: str
    uid: int
    gid: int


def we_are_root() -> bool:
    """Whether programs that refuse root need another account."""
    return sys.platform != "win32" and os.geteuid() == 0


def unprivileged(data: Path) -> Account | None:
    """The account for PostgreSQL; None when we are not root, and it runs as ourselves.

    Args:
        data: Its data folder. The owner of one that exists stays what it is.

    Raises:
        DatabaseError: If this machine has no such account.
    """
    if sys.platform == "win32" or not we_are_root():
        return None
    if data.exists() and (uid := data.stat().st_uid) != 0:
        return Account(_name_of(uid), uid, data.stat().st_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise DatabaseError(
        said(
            "PostgreSQL refuses to run as root, and this machine has none of the accounts {accounts}.",
            accounts=", ".join(CANDIDATES),
        ),
        "Start OCR Console as an ordinary user, or make an account: useradd --system postgres",
    )


def _name_of(uid: int) -> str:
    if sys.platform == "win32":
        return str(uid)
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def reaches(account: Account, folder: Path) -> bool:
    """Whether the account may pass through this folder and all above it."""
    resolved = folder.resolve()
    return all(_may(account, step, 0o1) for step in (resolved, *resolved.parents))


def reads(account: Account, file: Path) -> bool:
    """Whether the account may read and execute this program."""
    return reaches(account, file.parent) and _may(account, file, 0o5)


def _may(account: Account, path: Path, bits: int) -> bool:
    try:
        entry = path.stat()
    except OSError:
        return False
    mode = stat.S_IMODE(entry.st_mode)
    if entry.st_uid == account.uid:
        mode >>= 6
    elif entry.st_gid == account.gid:
        mode >>= 3
    return mode & bits == bits
