"""The words of `worker …`: the workers of this machine, and what any worker is told."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

Act = Callable[[str, str], argparse.ArgumentParser]
Number = Callable[[str], int]
_NUMBERS = frozenset({"by", "most", "fewest", "soft", "hard"})
LEVELS = ("debug", "info", "warning", "error", "critical")


def add_worker(act: Act, positive: Number) -> None:
    """All of them; `act` makes one."""
    start = act("start", "Start workers that go on until they are stopped.")
    run = act("run", "Be a worker until told to stop.")
    recipe = act("recipe", "Print how such a worker is started without this program, for this machine or a server.")
    for one in (start, run, recipe):
        _options(one, positive)
    for one in (start, recipe):
        one.add_argument("--count", type=positive, metavar="N", help="so many of them: NAME-1, NAME-2 …")
    start.add_argument("--no-restart", action="store_true", help="do not start it again if it dies")
    kinds = ("command", "env", "systemd", "compose", "kubernetes")
    recipe.add_argument("--for", dest="kind", default="command", choices=kinds, help="default: command")
    run.add_argument("--lifeline", action="store_true", help=argparse.SUPPRESS)
    stop = act("stop", "Stop workers that were started here.")
    restart = act("restart", "Put a new worker in the place of each that was started here; it is ready before.")
    for one in (stop, restart):
        one.add_argument("names", nargs="*", metavar="NAME")
        one.add_argument("--all", action="store_true", help="all that were started here; with --profile all of that")
        ways = "warm: end what is begun; soft (default): for OCR_SOFT_SHUTDOWN seconds; now: kill. Nothing is lost"
        one.add_argument("--how", default="soft", choices=("warm", "soft", "now"), help=ways)
    log = act("log", "Print the end of the log of a worker that was started here.")
    log.add_argument("name", metavar="NAME")
    log.add_argument("-f", "--follow", action="store_true", help="go on with what is written, until Ctrl-C")
    log.add_argument("--level", choices=LEVELS, default="debug", help="only lines of this level or worse")
    _steering(act)


def _options(verb: argparse.ArgumentParser, positive: Number) -> None:
    def number(*names: str, text: str, kind: Callable[[str], Any] = positive) -> None:
        verb.add_argument(*names, type=kind, metavar="N", help=text)

    verb.add_argument("--name", metavar="NAME", help="default: a new one")
    number("-c", "--concurrency", text="processes that read; default: cores")
    verb.add_argument("--queues", metavar="LIST", help="default: ocr,celery")
    verb.add_argument("--pool", choices=("prefork", "solo"), help="solo: reads in its main process; default: prefork")
    number("--nice", text="0 to 19: how much it gives way to other programs", kind=int)
    number("--time-limit", text="seconds after which a task is killed; default: as the profile says")
    number("--soft-time-limit", text="seconds after which it is told to end")
    number("--memory", text="MB above which one of its processes is replaced")
    number("--tasks-per-child", text="tasks after which one of its processes is replaced")
    verb.add_argument("--log-level", type=str.upper, metavar="LEVEL", help="DEBUG, INFO, WARNING, ERROR or CRITICAL")
    verb.add_argument("--log-format", metavar="FORMAT", help="text or json")


def _steering(act: Act) -> None:
    """What any worker is told, until it restarts."""
    for name, summary, words in (
        ("pool", "Give a worker more or fewer processes.", (("by", "+N|-N"),)),
        (
            "autoscale",
            "Set between which numbers of processes a worker scales itself.",
            (("most", "MAX"), ("fewest", "MIN")),
        ),
        ("consume", "Have a worker take from a queue, too.", (("queue", "QUEUE"),)),
        ("leave", "Have a worker leave a queue.", (("queue", "QUEUE"),)),
        (
            "rate",
            "Bound how many tasks of a name a worker begins: 10/m, 2/s; 0: no limit.",
            (("task", "TASK"), ("rate", "RATE")),
        ),
        (
            "limit",
            "Bound how many seconds a task of a name may take: told to end, and ended; 0 0: as the worker was started.",
            (("task", "TASK"), ("soft", "SOFT"), ("hard", "HARD")),
        ),
        ("renew", "Give a worker new processes.", ()),
    ):
        one = act(name, summary)
        one.add_argument("name", metavar="NAME")
        for word, shown in words:
            one.add_argument(word, metavar=shown, type=int if word in _NUMBERS else str)
    for name, summary in (
        ("ping", "Ask workers whether they are there. Exit code 1 if one does not answer."),
        ("end", "Tell workers anywhere to end what they have, and to go."),
        ("forget", "List workers no more that are lost, or that stopped."),
    ):
        act(name, summary).add_argument("names", nargs="+", metavar="NAME")
