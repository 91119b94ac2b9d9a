"""From words to a verb, and from an error to a sentence and an exit code."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from types import FrameType

from console.cli.arguments import parser
from console.cli.session import OpenWindow, Session, StartWorker
from console.cli.terminal import Terminal
from console.ops.logfile import LogFile
from worker.core.errors import NotFoundError, OcrConsoleError, ServiceError, SettingsError, UsageError

DONE, NOT_ALL, USAGE, UNREACHABLE, NOT_FOUND, INTERRUPTED = 0, 1, 2, 3, 4, 130
EXIT_CODES: tuple[tuple[type[OcrConsoleError], int], ...] = (
    (UsageError, USAGE),
    (SettingsError, USAGE),
    (NotFoundError, NOT_FOUND),
    (ServiceError, UNREACHABLE),
    (OcrConsoleError, NOT_ALL),
)
VERBS = {
    "submit": "submit",
    "jobs": "jobs",
    "job": "jobs",
    "why": "why",
    "results": "results",
    "retry": "acts",
    "cancel": "acts",
    "reprocess": "acts",
    "delete": "acts",
    "priority": "acts",
    "pause": "pausing",
    "resume": "pausing",
    "batches": "batches",
    "activity": "activity",
    "history": "history",
    "attention": "attention",
    "queues": "queues",
    "poison": "poison",
    "purge": "queues",
    "undo": "queues",
    "doctor": "doctor",
    "profiles": "profiles",
    "presets": "presets",
    "stack": "stack",
    "worker": "workers",
    "workers": "workers",
    "demo": "demo",
}
log = logging.getLogger("console")


def run(argv: Sequence[str], *, start_worker: StartWorker, open_window: OpenWindow) -> int:
    """Run one verb. Returns the exit code; nothing but SystemExit of `--help` and wrong words is raised.

    Args:
        argv: the words after the program's name.
        start_worker: becomes a worker in this process, given Celery's options; returns its exit code.
        open_window: opens the window on a profile, a home and a batch; returns its exit code.
    """
    args = parser().parse_args(argv)
    terminal = Terminal(as_json=getattr(args, "json", False))
    if args.verb is None and terminal.as_json:
        parser().error("a verb is missing")
    session = Session(args, terminal, start_worker=start_worker, open_window=open_window)
    if args.verb is None:
        return open_window(session.profile_name, session.home, None)
    log_file = LogFile(session.home, session.seen_settings)
    logging.basicConfig(level=logging.WARNING, handlers=[log_file], force=True)
    signal.signal(signal.SIGTERM, _terminated)
    try:
        code: int = import_module(f"console.cli.{VERBS[args.verb]}").run(session)
    except OcrConsoleError as error:
        return _explain(error, terminal)
    except KeyboardInterrupt as stopped:
        terminal.say(str(stopped) or "Stopped.")
        return INTERRUPTED
    except BrokenPipeError:  # `ocr-console jobs | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception:
        log.exception("A fault in the verb %s", args.verb)
        terminal.say(f"A fault in this program stopped it. The details are in {log_file.path}.")
        return NOT_ALL
    return code


def _explain(error: OcrConsoleError, terminal: Terminal) -> int:
    terminal.tell(error)
    if not isinstance(error, UsageError | SettingsError | NotFoundError):
        log.error("%s", error, exc_info=error)
    return next(code for kind, code in EXIT_CODES if isinstance(error, kind))


def _terminated(_number: int, _frame: FrameType | None) -> None:
    """Let what is open be closed, as on any other way out."""
    raise SystemExit(128 + signal.SIGTERM)
