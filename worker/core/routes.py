"""The queues that one worker alone takes from: it is rung there for what others cannot read. People see none of it."""

from __future__ import annotations

ROUTES = "ocr.routes"  # the exchange of all of them


def route_to(worker: str) -> str:
    """The queue that this worker alone takes from."""
    return f"{ROUTES}.{worker}"


def is_route(queue: str) -> bool:
    """Whether a queue is one worker's own."""
    return queue.startswith(f"{ROUTES}.")
