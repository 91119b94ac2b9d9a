"""A password out of a file: on a command line everybody on the machine could read it."""

from __future__ import annotations

from pathlib import Path

from worker.core.errors import UsageError
from worker.core.said import said

LONGEST = 1024


def password_in(file: str | None) -> str | None:
    """The first line of the file, without its end; None without a file.

    Raises:
        UsageError: it cannot be read, or there is no password in it.
    """
    if file is None:
        return None
    try:
        with Path(file).expanduser().open(encoding="utf-8") as stream:
            password = stream.readline(LONGEST + 1).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise UsageError(
            said("The password file {file} cannot be read: {why}.", file=file, why=reason or str(error))
        ) from error
    if not password or len(password) > LONGEST:
        none = said("The first line of {file} is no password.", file=file)
        raise UsageError(none, "Put the password there, alone on its line.")
    return password
