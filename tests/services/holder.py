"""A program that holds the embedded stack of a home until its input ends: `python -m tests.services.holder HOME`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from console.ops.stack import Stack


def main() -> None:
    """Print the states that were reported, by service, and the processes; leave in order when told so."""
    states: dict[str, list[str]] = {}
    stack = Stack(Path(sys.argv[1]))
    print("begin", flush=True)
    status = stack.up(progress=lambda service, state, _: states.setdefault(service, []).append(state))
    pids = {name: service.pid for name, service in status.services.items()}
    print(json.dumps({"states": states, "pids": pids, "running": status.running}), flush=True)
    sys.stdin.read()
    stack.close()


if __name__ == "__main__":
    main()
