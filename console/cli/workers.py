"""`workers`, and which file has each `worker …`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from console.cli.session import Session
from console.cli.terminal import table

if TYPE_CHECKING:
    from console.ops.fleet import Worker
    from worker.core.pulse import House, Running

HEADS = ["NAME", "STATE", "HOST", "PID", "SLOTS", "BUSY", "QUEUES", "TOOLS", "LANGUAGES", "MB", "PAGES/MIN", "DOING"]


def run(session: Session) -> int:
    """Any of these verbs."""
    if session.args.verb == "worker" and session.args.act == "run":
        from console.cli import worker_run

        return worker_run.run(session)
    from console.cli import local, steering

    if session.args.verb == "workers":
        return local.listed(session) if session.args.local else _list(session)
    acts = {
        "start": local.start,
        "stop": local.stop,
        "restart": local.restart,
        "recipe": local.recipe,
        "log": local.log,
        "ping": steering.ping,
        "end": steering.end,
        "forget": steering.forget,
    }
    return acts.get(session.args.act, steering.steer)(session)


def _list(session: Session) -> int:
    from console.cli import fleet_shapes
    from console.ops.presence import everybody

    with session.services("postgres") as services:
        house, fleet = services.pulse().house, everybody(services)
    session.terminal.say(_house(house))
    session.terminal.answer([fleet_shapes.worker(one) for one in fleet], _lines(fleet) if fleet else ["No workers."])
    return 0


def _house(house: House | None) -> str:
    if house is None:
        return "Housekeeping: nobody does it yet. A worker does, or the window."
    done = f"{house.reaped} taken back, {house.published} rung again, {house.swept} objects swept"
    return f"Housekeeping: by {house.acted_by}, {house.silent_s:.0f} s ago; {done}, {house.expired} expired."


def _lines(fleet: Sequence[Worker]) -> list[str]:
    rows = [
        (
            one.name,
            one.state.value,
            one.report.host,
            one.report.pid,
            one.report.slots,
            one.report.busy,
            ",".join(one.report.queues),
            ", ".join(f"{name} {version}" for name, version in one.report.tools.items()),
            ",".join(one.report.languages),
            one.report.memory_mb,
            one.pages_per_minute,
            one.cause or ", ".join(map(_doing, one.doing)),
        )
        for one in fleet
    ]
    return table(HEADS, rows, right=("PID", "SLOTS", "BUSY", "MB", "PAGES/MIN"))


def _doing(one: Running) -> str:
    pages = "" if one.first_page is None else f", pages {one.first_page} to {one.last_page}"
    return f"{one.name}{pages}, for {one.for_s:.0f} s"
