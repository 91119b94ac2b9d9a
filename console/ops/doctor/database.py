"""Whether PostgreSQL has our tables, a version that we can use, and connections left; and how long tasks took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.ops.doctor.lines import ocr_console
from console.ops.doctor.patient import Look, Patient, look, schema_version
from console.ops.doctor.reachable import database_state
from console.ops.doctor.verdicts import Remedy, Seen, failed, good, warned
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from worker.core.errors import SchemaNewer
from worker.core.said import said

if TYPE_CHECKING:
    from console.ops.services import Services

LEAST_VERSION = 14  # date_bin() came with it
NEAR, FULL = 0.8, 0.95  # of the connections
ROOM = 2  # the visibility timeout is to be so many times as long as the longest task
VISIBILITY_S = 21_600


@look("schema", "The tables in PostgreSQL", needs=("postgres",), quick=True)
def schema(patient: Patient) -> Seen:
    """Looking changes nothing: whoever works with them brings them up to date."""
    from worker.core.schema import HEAD

    found = patient.known(schema_version)
    if found == HEAD:
        return good("The tables are up to date", said("schema {found}", found=found))
    if found is None:
        return failed(
            "The database has no tables of ours",
            said("schema {head} is wanted", head=HEAD),
            "No worker was ever here: it makes them when it starts. If there should be jobs, this is the wrong one.",
            _first_worker(patient),
        )
    if found > HEAD:
        fact = said("schema {found}, known up to {head}", found=found, head=HEAD)
        cause = "A newer OCR Console was here. This one and workers of its age do not work with these tables."
        return failed("The tables are newer than this program", fact, cause, Remedy(SchemaNewer.default_advice))
    return warned(
        "The tables are older than this program",
        said("schema {found} of {head}", found=found, head=HEAD),
        "The next window, worker or command of this version brings them up to date. Older workers do not start again.",
        Remedy("Update the workers too, then start one of them."),
    )


def _first_worker(patient: Patient) -> Remedy:
    """Of the embedded servers no address can be wrong."""
    line = ocr_console(patient.profile, "worker", "start")
    if patient.profile.embedded:
        return Remedy("Start a worker.", line, Button(Way.START_WORKER))
    return Remedy("Start a worker, or correct DATABASE_URL.", line, Button(Way.EDIT_PROFILE, "DATABASE_URL"))


@look("postgres-version", "The version of PostgreSQL", needs=("postgres",))
def version(patient: Patient) -> Seen:
    """Older ones lack what our questions are made of."""
    state = patient.known(database_state)
    if state.number // 10_000 >= LEAST_VERSION:
        return good("PostgreSQL is new enough", state.version)
    cause = said("Questions of ours need what came with PostgreSQL {least}.", least=LEAST_VERSION)
    remedy = Remedy(said("Update it to {least} or later.", least=LEAST_VERSION))
    return failed("PostgreSQL is too old", state.version, cause, remedy)


@look("postgres-connections", "Connections to PostgreSQL", needs=("postgres",))
def connections(patient: Patient) -> Seen:
    """Each process of a worker has one or two."""
    state = patient.known(database_state)
    fact = said("{n} of {most}", n=state.connections, most=state.most_connections)
    if state.connections < NEAR * state.most_connections:
        return good("PostgreSQL has connections left", fact)
    remedy = Remedy(
        "Allow more of them and restart PostgreSQL, or run fewer worker processes.",
        copy=f"ALTER SYSTEM SET max_connections = {2 * state.most_connections};",
    )
    cause = "When none is left, workers cannot finish what they have read, and wait."
    if state.connections < FULL * state.most_connections:
        return warned("PostgreSQL has few connections left", fact, cause, remedy)
    return failed("PostgreSQL has no connections left", fact, cause, remedy)


def _longest(services: Services) -> float | None:
    from worker.core.database_checkup import longest_task_s

    return longest_task_s(services.engine)


@look("visibility-timeout", "The visibility timeout", needs=("postgres",))
def visibility(patient: Patient) -> Seen:
    """A message that is held for longer than it is handed out again."""
    limit_s, longest_s = patient.settings.visibility_timeout_s, patient.known(_longest)
    if longest_s is None:
        return good("No task is longer than the visibility timeout", said("{limit} s, no task yet", limit=limit_s))
    fact = said("{limit} s; longest task of a day {longest} s", limit=limit_s, longest=round(longest_s))
    if longest_s < limit_s:
        return good("No task is longer than the visibility timeout", fact)
    better = max(VISIBILITY_S, ROOM * round(longest_s))
    text = said("Set OCR_VISIBILITY_TIMEOUT to {better} on every worker of this broker.", better=str(better))
    button = Button(Way.EDIT_PROFILE, "OCR_VISIBILITY_TIMEOUT", change={"OCR_VISIBILITY_TIMEOUT": str(better)})
    cause = "Such a task is handed to a second worker while the first one works at it. One of them works for nothing."
    remedy = Remedy(text, copy=f"OCR_VISIBILITY_TIMEOUT={better}", button=button)
    return warned("The visibility timeout is shorter than your longest task", fact, cause, remedy)


DATABASE: tuple[Look, ...] = (schema, visibility, version, connections)
