"""What a user chose in the window and finds again: columns, filters, sizes. Nothing of the profile, no secrets."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = "preferences.json"
MOST_BYTES = 1_000_000
log = logging.getLogger(__name__)


def load(home: Path) -> dict[str, Any]:
    """What was saved; nothing where it cannot be read: it is convenience, not data."""
    file = home / FILE
    try:
        with file.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
        values = json.loads(raw) if len(raw) <= MOST_BYTES else {}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as problem:
        log.warning("The preferences in %s cannot be read: %s", file, problem)
        return {}
    return values if isinstance(values, dict) else {}


def save(home: Path, values: Mapping[str, Any]) -> None:
    """Write them, all or none; where the disk refuses, the log says so."""
    file = home / FILE
    new = file.with_suffix(f".{os.getpid()}")
    try:
        home.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps(values, ensure_ascii=False, indent=1), "utf-8")
        new.replace(file)
    except OSError as problem:
        log.warning("The preferences cannot be saved in %s: %s", file, problem)
