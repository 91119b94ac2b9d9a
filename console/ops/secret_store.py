"""The system's keyring: where a profile's secrets may lie instead of its file, which names them in a variable.

Of an address it keeps the password, and the file says the rest, so that it stays a file for a shell:

    DATABASE_URL=postgresql://ocr@db:5432/ocr
    OCR_CONSOLE_KEYRING=DATABASE_URL,MINIO_SECRET_KEY
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from console.ops.health import Question
from worker.core.addresses import MASK, Address, NotAnAddress
from worker.core.errors import SettingsError
from worker.core.said import said
from worker.core.settings import VARIABLES

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

VARIABLE = "OCR_CONSOLE_KEYRING"  # names, with commas between them
SERVICE = "ocr-console"  # by which the keyring lists what is ours
PATIENCE_S = 30.0  # it may ask its owner for a password first
_ADDRESSES = frozenset({"DATABASE_URL", "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND", "REDIS_URL"})
_KEYS = frozenset(name for one in VARIABLES if one.secret for name in (one.name, *one.aliases))
SECRET = _ADDRESSES | _KEYS  # what may lie there
_IN_FILE = "Keep the secrets in the profile's file, which only you can read."
T = TypeVar("T")


class NoKeyring(SettingsError):
    """The keyring cannot be used, or does not have what it should."""


def named(values: Mapping[str, str]) -> tuple[str, ...]:
    """The variables whose secrets lie in the keyring."""
    names = (name.strip() for name in values.get(VARIABLE, "").split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def absent() -> str:
    """Why no keyring can be used here, in a sentence; "" if one can. Blocks, for its owner may be asked."""
    try:
        _asked(lambda ring: ring.get_password(SERVICE, "nothing"))
    except NoKeyring as problem:
        return problem.sentence
    return ""


def keep(owner: str, name: str, secret: str) -> None:
    """Put a secret of an owner, a profile, into the keyring. Blocks. Raises NoKeyring."""

    def kept(ring: KeyringBackend) -> bool:
        ring.set_password(SERVICE, _entry(owner, name), secret)
        return ring.get_password(SERVICE, _entry(owner, name)) == secret

    if not _asked(kept):
        raise NoKeyring("The system keyring does not keep what it is given.", _IN_FILE)


def fetch(owner: str, names: Iterable[str]) -> dict[str, str]:
    """The secrets of these names that are there. Blocks. Raises NoKeyring."""

    def found(ring: KeyringBackend) -> dict[str, str]:
        secrets = {name: ring.get_password(SERVICE, _entry(owner, name)) for name in names}
        return {name: secret for name, secret in secrets.items() if secret is not None}

    return _asked(found)


def forget(owner: str, names: Iterable[str]) -> None:
    """Take secrets out of the keyring; those that are not there do not matter. Blocks. Raises NoKeyring."""

    def forgotten(ring: KeyringBackend) -> None:
        for entry in (_entry(owner, name) for name in names):
            if ring.get_password(SERVICE, entry) is not None:
                ring.delete_password(SERVICE, entry)

    _asked(forgotten)


def filled(values: Mapping[str, str], owner: str, source: str) -> dict[str, str]:
    """The values with what lies in the keyring. Blocks where something does.

    Raises:
        NoKeyring: It is not there, is locked, or lacks a secret.
    """
    names = named(values)
    whole = dict(values)
    if not names:
        return whole
    unfit = [name for name in names if name not in SECRET]
    if unfit:
        sentence = said("{variable} in {source} names {name}.", variable=VARIABLE, source=source, name=unfit[0])
        raise NoKeyring(sentence, said("It can name: {names}.", names=", ".join(sorted(SECRET))))
    found = fetch(owner, names)
    for name in names:
        if name not in found:
            sentence = said("The system keyring has no secret for {name} in {source}.", name=name, source=source)
            raise NoKeyring(sentence, "Give the profile its value again.")
        whole[name] = joined(name, values.get(name, ""), found[name])
    return whole


def covered(values: Mapping[str, str]) -> dict[str, str]:
    """The values with ••• for each secret in the keyring: to look at them without asking it."""
    hidden = (name for name in named(values) if name in SECRET)
    return {**values, **{name: joined(name, values.get(name, ""), MASK) for name in hidden}}


def apart(name: str, value: str) -> tuple[str | None, str]:
    """What the file says of a value, None for nothing, and its secret; "" where there is none in it."""
    if name not in _ADDRESSES:
        return None, value
    try:
        address = Address.parse(value)
    except NotAnAddress:
        return value, ""
    return replace(address, password=None).url, address.password or ""


def joined(name: str, value: str, secret: str) -> str:
    """The value that `apart` took apart; an address is percent-encoded."""
    if name not in _ADDRESSES:
        return secret
    try:
        return replace(Address.parse(value), password=secret).url
    except NotAnAddress:
        return value


def _entry(owner: str, name: str) -> str:
    return f"{owner} {name}"


def _asked(ask: Callable[[KeyringBackend], T]) -> T:
    """What the keyring says, on a thread of its own: it may hang, or wait for its owner."""
    from keyring import get_keyring
    from keyring.errors import InitError, KeyringLocked, NoKeyringError

    question = Question(lambda: ask(get_keyring()), "ask-keyring")
    question.begin()
    try:
        return question.answer(time.monotonic() + PATIENCE_S)
    except NoKeyringError:
        raise NoKeyring("This system has no keyring that can be used.", _IN_FILE) from None
    except (KeyringLocked, InitError):
        raise NoKeyring("The system keyring is locked.", "Unlock it, then do it again.") from None
    except TimeoutError:
        raise NoKeyring("The system keyring does not answer.", "Unlock it, then do it again.") from None
    except Exception as problem:  # noqa: BLE001 - each system's keyring has errors of its own
        sentence = said("The system keyring cannot be used ({kind}).", kind=type(problem).__name__)
        raise NoKeyring(sentence, _IN_FILE) from None
