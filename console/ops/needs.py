"""Which languages the work needs that is next in each queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.ops.doctor.fleet_seen import next_work

if TYPE_CHECKING:
    from console.ops.services import Services


def needs(services: Services) -> dict[str, frozenset[str]]:
    """By queue, as tesseract calls them. Raises DatabaseError."""
    found: dict[str, set[str]] = {}
    for one in next_work(services):
        found.setdefault(one.queue, set()).update(filter(None, one.languages.split("+")))
    return {queue: frozenset(languages) for queue, languages in found.items()}
