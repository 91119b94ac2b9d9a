"""`results`: download what was read."""

from __future__ import annotations

from pathlib import Path

from console.cli import shapes
from console.cli.progress import progress
from console.cli.session import Session
from console.ops.commands import FetchResults, known_ids
from console.ops.reading_options import formats_in
from worker.core.jobs import FORMATS, RECEIPT

OUTPUTS = (*FORMATS, RECEIPT)


def run(session: Session) -> int:
    """0 if all that was asked for is there, 1 if something is missing."""
    ids = known_ids(session.args.ids)
    formats = formats_in(session.args.format or "", OUTPUTS)
    with session.services("postgres", "s3") as services, progress(session.terminal) as shown:
        command = FetchResults(
            ids, Path(session.args.to), formats, lambda done, total: shown.set("Fetching", done, total, "jobs")
        )
        done = session.act(command, services)
    for refused in done.data.refused:
        session.terminal.say(refused.why)
    session.terminal.say(done.message)
    session.terminal.answer(shapes.fetched(done.data), [str(file.path) for file in done.data.files])
    return 1 if done.data.refused else 0
