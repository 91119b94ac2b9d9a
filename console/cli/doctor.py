"""`doctor`: every check with its verdict and what to do. It only looks; it starts and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli import shapes
from console.cli.session import Session

if TYPE_CHECKING:
    from console.ops.doctor.verdicts import Report
    from worker.core.settings import Settings

QUICK_S = 4.0  # a service that does not answer has had its say by then
WIDTH = 12


def run(session: Session) -> int:
    """0 if nothing is wrong, else 1, also where no service answers."""
    from console.ops.doctor.written import save, summary

    found = _examined(session)
    if session.args.save:
        save(found, Path(session.args.save).expanduser())
    session.terminal.answer(_shape(found), _lines(found))
    session.terminal.say(f"{'Healthy' if found.healthy else 'Not healthy'}: {summary(found)}.")
    return int(not found.healthy)


def _examined(session: Session) -> Report:
    settings = _settings(session)
    if settings is None:
        from console.ops.doctor.not_started import not_started

        return not_started(session.profile, session.home)
    from console.ops.doctor.examination import examine
    from console.ops.health import PATIENCE_S
    from console.ops.services import Services

    session.seen_settings.append(settings)
    with Services(session.profile, settings) as services:
        quick = session.args.quick
        return examine(services, quick=quick, patience_s=QUICK_S if quick else PATIENCE_S, home=session.home)


def _settings(session: Session) -> Settings | None:
    """Where the services are; None: the embedded ones are not started."""
    if session.profile.settings is not None:
        return session.profile.settings
    from console.ops.stack import Stack

    stack = Stack(session.home)
    return stack.settings() if stack.is_started() else None


def _shape(found: Report) -> shapes.Shape:
    return {
        "healthy": found.healthy,
        "checks": [shapes.check(check) for check in found.checks],
        "profile": found.profile,
        "at": shapes.moment(found.at),
        "took_s": shapes.rounded(found.took_s),
    }


def _lines(found: Report) -> Iterator[str]:
    """The worst first; what is good in a line each."""
    from console.ops.doctor.written import WORDS, ordered

    for check in ordered(found):
        fact = f": {check.fact}" if check.fact else ""
        yield f"{WORDS[check.verdict]:<{WIDTH}}{check.title}{fact}"
        for text in (check.cause, *((check.remedy.text, check.remedy.copy) if check.remedy else ())):
            if text:
                yield " " * WIDTH + text
