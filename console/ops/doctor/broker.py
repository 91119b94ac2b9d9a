"""Whether Redis keeps what it is given: its disk, its memory, the right database of it, and what others left there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.ops.doctor.patient import Look, Patient, look
from console.ops.doctor.reachable import broker_state
from console.ops.doctor.verdicts import Remedy, Seen, failed, good, unknown, warned
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from worker.core.addresses import Address
from worker.core.said import said, said_counted

if TYPE_CHECKING:
    from console.ops.services import Services
    from worker.core.broker_checkup import BrokerState, Dwellers, Leftovers

LEAST_VERSION = (6, 0)  # the first with users and passwords of their own
NEAR, FULL = 0.8, 0.95  # of the memory that it may take
MANY = 100  # answers that were left; a few are always on their way
_DROPS_ALL = "allkeys"  # the other policies drop nothing, or only what has an end: queues have none
_ASK = "printf 'Password: ' && read -rs REDISCLI_AUTH && export REDISCLI_AUTH && "
_RUNG_AGAIN = "Jobs are rung again from PostgreSQL, which takes up to 10 s. What other programs sent is gone."


def command_line(url: str, command: str, *, asks: bool = True) -> str:
    """A line for a shell that gives Redis a command, in our database; it asks for the password if `asks`."""
    address = Address.parse(url)
    parts = ["redis-cli", "-h", address.host, "-p", str(address.port or 6379)]
    parts += ["-n", address.path] if address.path not in {"", "0"} else []
    parts += ["--tls"] if address.scheme == "rediss" else []
    parts += ["--user", address.user] if address.user else []
    parts += ["--askpass"] if address.password and asks else []
    return " ".join([*parts, command])


@look("redis-persistence", "Whether Redis keeps what is queued", needs=("redis",))
def persistence(patient: Patient) -> Seen:
    """After a crash it knows what it wrote down."""
    state = patient.known(broker_state)
    if not state.writes:
        cause = "Redis could not write to its disk the last time. If it takes no changes for that, nothing is queued."
        free = Remedy("Free some space on the Redis server, and look into its log.")
        return failed("Redis cannot write down what is queued", _kept(state), cause, free)
    if state.appends:
        return good("Redis keeps what is queued", _kept(state))
    remedy = Remedy("Have it write every change down.", copy=_command(patient, "CONFIG SET appendonly yes"))
    if state.saves is None:
        why = said("appendonly no; Redis does not let us ask for its {setting}", setting="save")
        return unknown("Whether Redis keeps what is queued", why, "", remedy)
    if not state.saves:
        cause = said("After a crash of Redis its queue is empty. {then}", then=said(_RUNG_AGAIN))
        return failed("Redis may lose what is queued", _kept(state), cause, remedy)
    cause = said("A crash of Redis loses what came since it last wrote all down. {then}", then=said(_RUNG_AGAIN))
    return warned("Redis may lose what was queued last", _kept(state), cause, remedy)


@look("redis-eviction", "What Redis does when its memory is full", needs=("redis",))
def eviction(patient: Patient) -> Seen:
    """Dropping what was used least means dropping messages."""
    state = patient.known(broker_state)
    fact = state.policy if state.most_bytes else said("{policy}, no limit", policy=state.policy)
    if not state.policy.startswith(_DROPS_ALL):
        return good("Redis drops no messages", fact)
    remedy = Remedy(
        "Have it refuse what is new instead.", copy=_command(patient, "CONFIG SET maxmemory-policy noeviction")
    )
    if not state.most_bytes:
        cause = "With a limit on its memory Redis would drop messages when it is full. It has none now."
        return warned("Redis would drop messages if it had a limit", fact, cause, remedy)
    cause = said("When its memory is full, Redis drops queues as they are. {then}", then=said(_RUNG_AGAIN))
    return failed("Redis drops messages when it is full", fact, cause, remedy)


@look("redis-memory", "How full Redis is", needs=("redis",))
def memory(patient: Patient) -> Seen:
    """It has a limit, or takes what the machine has."""
    state = patient.known(broker_state)
    used, most = state.bytes / 1e6, state.most_bytes / 1e6
    if not state.most_bytes:
        return good("Redis has memory left", said("{used} MB, no limit", used=used))
    fact = said("{used} of {most} MB", used=used, most=most)
    if state.bytes < NEAR * state.most_bytes:
        return good("Redis has memory left", fact)
    remedy = Remedy(
        "Give it more memory, or purge a queue that nobody needs.",
        copy=_command(patient, f"CONFIG SET maxmemory {2 * state.most_bytes}"),
        button=Button(Way.SHOW_QUEUE),
    )
    cause = "When its memory is full, it takes no new messages or drops old ones."
    if state.bytes < FULL * state.most_bytes:
        return warned("Redis is nearly full", fact, cause, remedy)
    return failed("Redis is full", fact, cause, remedy)


@look("redis-version", "The version of Redis", needs=("redis",))
def version(patient: Patient) -> Seen:
    """Old ones were never tried."""
    state = patient.known(broker_state)
    if _numbers(state.version) >= LEAST_VERSION:
        return good("Redis is new enough", state.version)
    least = ".".join(map(str, LEAST_VERSION))
    cause = said("OCR Console was never tried with what came before Redis {least}.", least=least)
    return warned("Redis is old", state.version, cause, Remedy(said("Update it to {least} or later.", least=least)))


def _dwellers(services: Services) -> list[Dwellers]:
    state = services.broker.checkup.state()
    return services.broker.checkup.dwellers([state.database, *state.others])


@look("redis-database", "The database of Redis", needs=("redis",))
def database(patient: Patient) -> Seen:
    """Each number is a world of its own: in the wrong one there is silence and no error."""
    ours, *others = patient.known(_dwellers)
    lived_in = [one.database for one in others if one.known and (one.workers or one.messages)]
    if ours.workers or ours.messages or not lived_in:
        fact = said_counted(ours.workers, "database {db}, {n} worker", "database {db}, {n} workers", db=ours.database)
        return good("Redis is looked at where the queue is", fact)
    there = lived_in[0]
    fact = said("database {ours}; queue and workers in {there}", ours=ours.database, there=there)
    cause = said(
        "Nobody listens in database {ours}, while database {there} of the same Redis has our queue.",
        ours=ours.database,
        there=there,
    )
    text = said("If those are the workers meant, write {there} at the end of CELERY_BROKER_URL.", there=there)
    remedy = Remedy(text, button=Button(Way.EDIT_PROFILE, "CELERY_BROKER_URL"))
    return warned("The queue is in another database of Redis", fact, cause, remedy)


def _leftovers(services: Services) -> Leftovers:
    return services.broker.checkup.leftovers()


@look("redis-reply-keys", "Answers that nobody fetched", needs=("redis",))
def reply_keys(patient: Patient) -> Seen:
    """Who asks workers something and does not wait for it leaves the answers behind."""
    found = patient.known(_leftovers)
    most = "" if found.complete else "≥ "
    fact = said("{most}{answers} answers, {notes} notes", most=most, answers=found.answers, notes=found.notes)
    if found.answers + found.notes < MANY:
        return good("No answers to commands are left behind", fact)
    scan, notes = "--scan --pattern '*.reply.celery.pidbox'", "_kombu.binding.reply.celery.pidbox"
    url = patient.settings.broker_url
    drop = f"{command_line(url, scan, asks=False)} | xargs -r {command_line(url, 'DEL', asks=False)} {notes}"
    line = f"{_ASK if Address.parse(url).password else ''}{drop}"  # a pipe leaves nobody to be asked
    remedy = Remedy("Delete them. A command that waits for its answer just now goes without.", copy=line)
    cause = "They take memory and slow commands to workers down. Work is not touched by it."
    return warned("Answers to commands are left behind", fact, cause, remedy)


def _kept(state: BrokerState) -> str:
    """As its configuration has it."""
    saves = f', save "{state.saves}"' if state.saves is not None else ""
    return f"appendonly {'yes' if state.appends else 'no'}{saves}"


def _command(patient: Patient, command: str) -> str:
    return command_line(patient.settings.broker_url, command)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())


BROKER: tuple[Look, ...] = (persistence, eviction, memory, database, version, reply_keys)
