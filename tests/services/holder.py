"""A program that holds the embedded stack of a home until its input ends: `python -m tests.services.holder HOME`.

With a second argument, the name of an account, root becomes that user first; all that is needed is loaded before,
because the Python of the tests may lie where that user cannot read it.
"""

from __future__ import annotations

import encodings.idna  # noqa: F401 - see above
import json
import os
import pwd
import signal
import sys
from pathlib import Path

import minio  # noqa: F401
import psycopg2.sql  # noqa: F401
import redis  # noqa: F401

from console.ops.stack import Stack


def become(account: str) -> None:
    """Give up root for good."""
    entry = pwd.getpwnam(account)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def main() -> None:
    """Print the states that were reported, by service, and the processes; leave in order when told so."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it from birth
    if len(sys.argv) > 2:
        become(sys.argv[2])
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
