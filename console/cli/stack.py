"""`stack up|down|status`: the embedded servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.session import Session

if TYPE_CHECKING:
    from console.ops.stack import StackStatus

TITLES = {"postgres": "PostgreSQL", "redis": "Valkey", "s3": "SeaweedFS"}


def run(session: Session) -> int:
    """0, whatever `status` finds; a server that does not start is an error."""
    from console.ops.stack import Stack

    stack = Stack(session.home)
    if session.args.act == "up":
        _answer(session, stack.up(keep=True, progress=lambda *report: _report(session, *report)))
        stack.close()
        return 0
    if session.args.act == "down":
        stack.down(progress=lambda *report: _report(session, *report))
    _answer(session, stack.status())
    return 0


def _report(session: Session, service: str, state: str, seconds: float) -> None:
    session.terminal.say(f"{TITLES.get(service, service):<11}{state:<9}{seconds:6.2f} s")


def _answer(session: Session, status: StackStatus) -> None:
    services = {
        name: {"pid": service.pid, "port": service.port, "state": service.state}
        for name, service in status.services.items()
    }
    document = {"running": status.running, "services": services, "profile_file": str(status.profile_file)}
    lines = [
        f"{TITLES.get(name, name):<11}{service.state:<9}port {service.port or '-'}, process {service.pid or '-'}"
        for name, service in status.services.items()
    ]
    for note in status.notes:
        session.terminal.say(note)
    session.terminal.answer(document, [*lines, f"profile    {status.profile_file}"])
