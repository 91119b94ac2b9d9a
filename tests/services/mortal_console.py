"""A console that uploads a folder and is killed behind its Nth step: a program that tests talk to, a line each way.

It says "ready". Each number that it reads makes it fork a console that dies by SIGKILL when so many calls have been
made to the servers, and say the name of the last one, or "ended" if the console came to its end; then "gone".
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from minio import Minio

from console.ops.intake import plan
from console.ops.profiles import EMBEDDED, Profile
from console.ops.services import Services
from console.ops.submission import Order
from console.ops.uploads import Uploader
from worker.core.broker import Broker
from worker.core.settings import Settings
from worker.core.store import Store

STEPS: tuple[tuple[type, str], ...] = (
    (Store, "add_jobs"),
    (Store, "done_like"),
    (Store, "upload_in_parts"),
    (Store, "remember_upload"),
    (Store, "queue_jobs"),
    (Store, "mark_published"),
    (Minio, "_list_multipart_uploads"),
    (Minio, "_create_multipart_upload"),
    (Minio, "_put_object"),
    (Minio, "_complete_multipart_upload"),
    (Broker, "ring_all"),
)


def make_mortal(after: int) -> None:
    """Die when `after` steps have been made; 0: before the first."""
    count, lock = itertools.count(1), threading.Lock()

    def mortal(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **more: Any) -> Any:
            if after == 0:
                die("nothing")
            answer = real(*args, **more)
            if name == "ring_all":  # it rings as it is gone through
                answer = list(answer)
            with lock:
                if next(count) == after:
                    die(name)
            return answer

        return step

    for owner, name in STEPS:
        setattr(owner, name, mortal(name, getattr(owner, name)))


def die(last: str) -> None:
    print(last, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path) -> None:
    settings = Settings.from_mapping(os.environ, "the environment")
    files = plan([folder]).files
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            print("gone", flush=True)
            continue
        with Services.open(Profile(EMBEDDED, "the embedded stack"), settings) as services:
            make_mortal(int(line))
            Uploader(services, parallel=1).upload(files, Order())
        print("ended", flush=True)
        os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
