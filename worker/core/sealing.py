"""Passwords of files, sealed on their way to the worker with a key that both sides derive from MINIO_SECRET_KEY."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from worker.core.errors import NeedsPassword
from worker.core.settings import Settings

_PURPOSE = b"ocr-console: password of a file"


def seal(password: str, settings: Settings) -> bytes:
    """The password as it may stand in a task's row."""
    return _box(settings).encrypt(password.encode())


def unseal(sealed: bytes, settings: Settings) -> str:
    """The password out of a task's row.

    Raises:
        NeedsPassword: it was sealed under another MINIO_SECRET_KEY, so the file is as good as without one.
    """
    try:
        return _box(settings).decrypt(sealed).decode()
    except InvalidToken:
        raise NeedsPassword(
            "The password that came with the file cannot be opened: MINIO_SECRET_KEY has changed since.",
            "Retry it with its password.",
        ) from None


def _box(settings: Settings) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(settings.s3_secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(key))
