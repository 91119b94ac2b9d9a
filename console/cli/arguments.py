"""The command line's words: verbs, options, and how they are explained. Imports nothing heavy: `--help` is quick."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from console.cli.reading_arguments import add_reading
from console.cli.worker_arguments import add_worker

PRIORITIES = ("low", "normal", "high", "next")
_SHARED = argparse.SUPPRESS  # an option that stands before the verb is not undone by the verb's default


class Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong, instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Exit with 2."""
        sentence = message[:1].upper() + message[1:].rstrip(".")
        print(f"{sentence}. `{self.prog} --help` explains the options.", file=sys.stderr)
        raise SystemExit(2)


def parser() -> Parser:
    """The whole grammar. `args.verb` is a verb of `console.cli.main.VERBS`."""
    shared = _shared_options()
    top = Parser(
        prog="ocr-console",
        description="Reads scans in batches with Celery workers. Without a verb it opens the window.",
        epilog="Exit codes: 0 all done, 1 some not, 2 wrong words or profile, 3 a service is away, 4 no such job.",
        parents=[shared],
        allow_abbrev=False,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="say which version this is")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", title="verbs", parser_class=Parser)

    def verb(name: str, summary: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=summary, description=summary, parents=[shared], allow_abbrev=False)

    _submit(verb("submit", "Upload files and folders and have them read."))
    _jobs(verb("jobs", "List jobs, the latest change first."))
    verb("job", "Show one job with its attempts and pages.").add_argument("id", metavar="ID")
    verb("why", "Say in one sentence why a job is not running, and what to do.").add_argument("id", metavar="ID")
    _results(verb("results", "Download what was read."))
    _retry(verb("retry", "Put failed or cancelled jobs back into the queue; of done ones the pages that failed."))
    _acts_on(verb("cancel", "Stop jobs that wait, run or are being uploaded."))
    _reprocess(verb("reprocess", "Read jobs anew that have ended; their results stay until the new ones are there."))
    _priority(verb("priority", "Make jobs that have not ended more or less urgent; next: to the front."))
    _acts_on(verb("delete", "Delete jobs that have ended, with their results."))
    _limited(verb("batches", "List batches: how far each is and when it will be done, the latest change first."))
    _limited(verb("activity", "List what was done, by whom, the newest first."))
    _history(verb("history", "Show the last hour, day or week in figures, and what stood out."))
    verb("attention", "List what needs attention, the worst first. Exit code 1 if it is more than notes.")
    _queues(verb("queues", "List the queues: pages, messages, workers; or look into one."))
    _poison(verb("poison", "List the messages that no worker can take, or drop them."))
    _purge(verb("purge", "Cancel all that waits in a queue. What workers have goes on."))
    _pausing(verb("pause", "Hold queues or a batch back: nothing more of them is begun, also after a restart."))
    _pausing(verb("resume", "Let queues or a batch go on."))
    verb(
        "undo",
        "Take back your last act of the last 10 minutes: cancel, purge, retry, priority, pause, resume, mark.",
    )
    _doctor(verb("doctor", "Check services, workers and rows, and say what to do. Exit code 1 if something is wrong."))
    _profiles(verb("profiles", "Profiles: which services there are to work with; the default is to list them."), shared)
    _presets(verb("presets", "Presets: how documents are read, under a name; the default is to list them."), shared)
    _stack(verb("stack", "The embedded PostgreSQL, Valkey and SeaweedFS."), shared)
    _worker(verb("worker", "Workers on this machine, and what any worker is told."), shared)
    workers = verb("workers", "List the workers of the profile.")
    workers.add_argument(
        "--local", action="store_true", help="those started on this machine, with what they take of it"
    )
    _demo(verb("demo", "Start everything, read the sample documents, and show the results."))
    return top


def _shared_options() -> Parser:
    shared = Parser(add_help=False, argument_default=_SHARED)
    group = shared.add_argument_group("every verb")
    group.add_argument("--profile", metavar="NAME_OR_FILE", help="the services; default: the embedded ones")
    group.add_argument("--home", metavar="DIR", help="the folder of the embedded services, logs and states")
    group.add_argument("--json", action="store_true", help="print one JSON document on standard output")
    group.add_argument("--confirm", metavar="NAME", help="the profile's name, to change something in production")
    return shared


def _submit(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("paths", nargs="+", metavar="PATH", help="files and folders; folders to the bottom")
    verb.add_argument("--wait", action="store_true", help="show progress until all end")
    verb.add_argument(
        "--out", metavar="DIR", help="with --wait: fetch the results, a/b.pdf as DIR/a/b.pdf.txt and so on"
    )
    verb.add_argument("--priority", choices=PRIORITIES, help="default: the preset's, which is normal")
    verb.add_argument("--batch", metavar="NAME", help="the batch that the jobs belong to")
    verb.add_argument(
        "--same", default="reuse", choices=("reuse", "read", "skip"), help="files that were read before; default: reuse"
    )
    verb.add_argument("--password-file", metavar="FILE", help="its first line opens locked files")
    verb.add_argument("--plan", action="store_true", help="only say what would be done")
    add_reading(verb, _positive, otherwise="default: the preset's, which is balanced; languages eng")


def _jobs(verb: argparse.ArgumentParser) -> None:
    _which(verb)
    verb.add_argument("--sort", metavar="COLUMN", help="such as name, created, pages or batch; default: latest changes")
    verb.add_argument("--descending", action="store_true", help="with --sort: the other way round")
    verb.add_argument("--limit", type=_positive, metavar="N", help="at most N; default: 100, with --csv all")
    verb.add_argument("--csv", action="store_true", help="print all that match as CSV")


def _limited(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--limit", type=_positive, default=100, metavar="N", help="at most N; default: 100")


def _history(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--queue", default="", metavar="QUEUE", help="default: all together")
    verb.add_argument("--span", default="hour", choices=("hour", "day", "week"), help="default: hour")
    verb.add_argument("--csv", action="store_true", help="print the figures as rows for a spreadsheet")
    verb.add_argument("--mark", metavar="TEXT", help="note in it that something happened now, as 'deployed 1.4'")


def _which(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--where",
        metavar="FILTER",
        help="as in the window: 'state:failed -batch:\"Halle 7\" class:corrupt conf:<80 since:2h rechnung'",
    )
    verb.add_argument("--state", type=str.upper, metavar="STATE", help="such as failed, or queued,running")
    verb.add_argument("--batch", metavar="NAME", help="jobs of this batch")
    verb.add_argument("--text", metavar="TEXT", help="jobs whose name or error says it")


def _results(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("ids", nargs="+", metavar="ID")
    verb.add_argument("--to", required=True, metavar="DIR", help="a/b.pdf becomes DIR/a/b.pdf.txt and so on")
    verb.add_argument("--format", metavar="LIST", help="such as txt,pdf,receipt; default: all that there are")


def _acts_on(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("ids", nargs="*", metavar="ID")
    _which(verb)
    verb.add_argument("--class", dest="error_class", metavar="CLASS", help="jobs that failed so, as needs_password")
    verb.add_argument("--yes", action="store_true", help="needed without ids: act on all that match")


def _retry(verb: argparse.ArgumentParser) -> None:
    _acts_on(verb)
    verb.add_argument("--password-file", metavar="FILE", help="its first line opens locked files")


def _reprocess(verb: argparse.ArgumentParser) -> None:
    _retry(verb)
    add_reading(verb, _positive, otherwise="what is not named stays as it was in each job")


def _queues(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--peek", metavar="QUEUE", help="its next messages, and those that workers have; takes none")
    verb.add_argument("--limit", type=_positive, default=50, metavar="N", help="with --peek: at most N; default: 50")


def _priority(verb: argparse.ArgumentParser) -> None:
    _acts_on(verb)
    verb.add_argument("--to", required=True, choices=PRIORITIES)


def _pausing(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("queues", nargs="*", metavar="QUEUE")
    verb.add_argument("--batch", metavar="NAME", help="the newest batch of that name, in place of queues")


def _purge(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("queue", metavar="QUEUE")
    verb.add_argument("--yes", action="store_true", help="needed to do it; without it says what would go")


def _poison(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--drop", action="store_true", help="forget them all")
    verb.add_argument("--limit", type=_positive, default=100, metavar="N", help="at most N; default: 100")


def _stack(verb: argparse.ArgumentParser, shared: Parser) -> None:
    acts = verb.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=Parser)
    for name, summary in (
        ("up", "Start the servers and leave them up."),
        ("down", "Stop the servers. What they hold is kept."),
        ("status", "Say what runs."),
    ):
        acts.add_parser(name, help=summary, description=summary, parents=[shared], allow_abbrev=False)


def _profiles(verb: argparse.ArgumentParser, shared: Parser) -> None:
    acts = verb.add_subparsers(dest="act", metavar="ACT", parser_class=Parser)
    for name, words, summary in (
        ("list", (), "List the profiles, by name."),
        ("show", ("name",), "Show what a profile says, without its secrets, and what is to be said of it."),
        ("new", ("name",), "Make a profile out of the template, which explains every variable."),
        ("copy", ("name", "new"), "Make a profile that says the same as another."),
        ("import", ("file", "name"), "Make a profile out of a file of variables, a shell's or that of docker compose."),
        ("test", ("name",), "Try each service of a profile; changes nothing there. Exit code 3 if one is wrong."),
        ("keyring", ("name",), "Move the secrets of a profile from its file into the system's keyring."),
        ("remove", ("name",), "Remove a profile; its file is kept for ten minutes."),
        ("accept", ("name",), "Say that the servers are right to which a profile points now."),
    ):
        act = acts.add_parser(name, help=summary, description=summary, parents=[shared], allow_abbrev=False)
        for word in words:
            act.add_argument(word, metavar=word.upper())
        if name == "keyring":
            act.add_argument("--off", action="store_true", help="the other way: from the keyring into the file")


def _presets(verb: argparse.ArgumentParser, shared: Parser) -> None:
    acts = verb.add_subparsers(dest="act", metavar="ACT", parser_class=Parser)
    for name, summary in (
        ("list", "List the presets: those that everybody has, and your own."),
        ("show", "Show what a preset says."),
        ("save", "Keep values under a name of your own; languages and pages that are not named stay open."),
        ("remove", "Remove a preset of your own."),
    ):
        act = acts.add_parser(name, help=summary, description=summary, parents=[shared], allow_abbrev=False)
        if name != "list":
            act.add_argument("name", metavar="NAME")
        if name == "save":
            act.add_argument("--replace", action="store_true", help="in place of the one that has this name")
            act.add_argument("--priority", choices=PRIORITIES, help="default: that of --preset")
            add_reading(act, _positive, otherwise="default: those of --preset, which is balanced")


def _worker(verb: argparse.ArgumentParser, shared: Parser) -> None:
    acts = verb.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=Parser)

    def act(name: str, summary: str) -> argparse.ArgumentParser:
        return acts.add_parser(name, help=summary, description=summary, parents=[shared], allow_abbrev=False)

    add_worker(act, _positive)


def _doctor(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--quick", action="store_true", help="for probes: do the services answer, does a worker live")
    verb.add_argument("--save", metavar="FILE", help="write a report without secrets there")


def _demo(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--out", default="demo-results", metavar="DIR", help="for texts and PDFs; default: demo-results")
    verb.add_argument("--no-window", action="store_true", help="do not open the window at the end")


class _Version(argparse.Action):
    def __call__(self, *_: object, **__: object) -> NoReturn:
        from importlib.metadata import version

        print(f"ocr-console {version('ocr-console')}")
        raise SystemExit(0)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 on")
    return int(text)
