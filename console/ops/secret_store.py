"""The system's keyring: where a profile's secrets may lie instead of its file, which names them in a variable.

Of an address it keeps the password; the file says the rest: DATABASE_URL=postgresql://ocr@db:5432/ocr.
"""

from __future__ import annotations

VARIABLE = "OCR_CONSOLE_KEYRING"  # names, with commas between them


def absent() -> str:
    """Why no keyring can be used here, in a sentence; "" if one can. Blocks."""
    raise NotImplementedError
