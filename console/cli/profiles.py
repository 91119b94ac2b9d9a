"""`profiles …`: which services there are to work with. No secret is printed, whatever is asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli import shapes
from console.cli.session import Session
from console.cli.terminal import table

if TYPE_CHECKING:
    from console.ops.profile_checks import FieldCheck
    from console.ops.profile_list import Listed
    from console.ops.profile_trial import Tried

DONE, USAGE, UNREACHABLE = 0, 2, 3


def run(session: Session) -> int:
    """0; of `test` 2 if the profile cannot be used, 3 if a service of it cannot."""
    from console.ops.profile_files import forget_removed

    forget_removed()
    return _ACTS[session.args.act or "list"](session)


def _list(session: Session) -> int:
    from console.ops.profile_list import listed
    from console.ops.profiles import EMBEDDED, Profile

    profiles = listed(Profile(EMBEDDED, ""), os.environ)
    rows = [(one.name, one.path, "production" if one.production else "", one.colour, one.problem) for one in profiles]
    lines = table(["NAME", "FILE", "KIND", "COLOUR", "PROBLEM"], rows)
    session.terminal.answer([_listed_shape(one) for one in profiles], lines)
    return DONE


def _listed_shape(one: Listed) -> shapes.Shape:
    return {
        "name": one.name,
        "path": str(one.path) if one.path else None,
        "production": one.production,
        "colour": one.colour or None,
        "problem": one.problem or None,
    }


def _show(session: Session) -> int:
    from console.ops.profile_checks import check
    from console.ops.profiles import OURS
    from console.ops.secret_store import covered, named

    name, path, values = _named(session)
    looked_at = covered(values)
    checks = check(looked_at, os.environ)
    shown, others = _masked(looked_at), sorted(set(values) - OURS)
    told = [one for one in checks if one.sentence]
    document = {
        "name": name,
        "path": str(path) if path else None,
        "values": shown,
        "keyring": list(named(values)),
        "others": others,
        "checks": [_check_shape(one) for one in told],
    }
    lines = [f"{name}={value}" for name, value in shown.items()]
    lines += [f"In the system's keyring: {', '.join(named(values))}"] * bool(named(values))
    lines += [f"For workers, not ours: {', '.join(others)}"] * bool(others)
    lines += [f"{one.verdict.upper():<5}{one.variable}: {one.sentence}" for one in told]
    session.terminal.answer(document, lines)
    return DONE


def _named(session: Session) -> tuple[str, Path | None, dict[str, str]]:
    """The profile's name, its file, and what it says; two have no file."""
    from console.ops.profiles import EMBEDDED, ENVIRONMENT, OURS, find, name_of, values_in

    name: str = session.args.name
    if name == EMBEDDED:
        from console.ops.stack import Stack

        return name, None, Stack(session.home).environment()
    if name == ENVIRONMENT:
        return name, None, {one: os.environ[one] for one in sorted(OURS & set(os.environ))}
    path = find(name)
    return name_of(path), path, values_in(path, os.environ)


def _masked(values: Mapping[str, str]) -> dict[str, str]:
    """Our variables that have a value, in the order of the contract."""
    from worker.core.settings import VARIABLES

    given = ((one, one.given(values)) for one in VARIABLES)
    return {found[0]: one.show(found[1]) for one, found in given if found}


def _check_shape(one: FieldCheck) -> shapes.Shape:
    return {"variable": one.variable, "verdict": one.verdict, "sentence": one.sentence, "missing": one.missing}


def _new(session: Session) -> int:
    from console.ops.profile_files import create

    return _made(session, create(session.args.name), "Set its variables in that file; `profiles test` tries them.")


def _copy(session: Session) -> int:
    from console.ops.profile_files import duplicate
    from console.ops.profiles import find

    return _made(session, duplicate(find(session.args.name), session.args.new))


def _made(session: Session, path: Path, advice: str = "") -> int:
    from console.ops.profiles import name_of

    if advice:
        session.terminal.say(advice)
    session.terminal.answer({"name": name_of(path), "path": str(path)}, [str(path)])
    return DONE


def _import(session: Session) -> int:
    from console.ops.profile_files import import_env

    done = import_env(Path(session.args.file).expanduser(), session.args.name)
    document = {
        "name": session.args.name,
        "path": str(done.path),
        "compose": done.compose,
        "taken": list(done.taken),
        "kept": list(done.kept),
        "missing": list(done.missing),
        "left_out": list(done.left_out),
    }
    lists = (
        ("Taken", done.taken),
        ("For workers, not ours", done.kept),
        ("Missing", done.missing),
        ("Left out: a profile cannot hold them", done.left_out),
    )
    lines = [f"{title}: {', '.join(names)}" for title, names in lists if names]
    how = "docker compose" if done.compose else "a shell"
    session.terminal.say(f"Read as {how} reads it.")
    session.terminal.answer(document, [str(done.path), *lines])
    return DONE


def _test(session: Session) -> int:
    from console.ops import secret_store
    from console.ops.doctor.verdicts import Verdict
    from console.ops.profile_checks import check
    from console.ops.profile_trial import trial
    from console.ops.profiles import owner_of, source_of

    _, path, values = _named(session)
    if path is not None:
        values = secret_store.filled(values, owner_of(path), source_of(path))
    unfit = [one for one in check(values, os.environ) if one.verdict is Verdict.FAIL]
    found = trial(values)
    failed = any(one.verdict is Verdict.FAIL for one in found)
    rows = [(one.variable, one.verdict, " ".join(filter(None, (one.sentence, one.advice)))) for one in found]
    document = {
        "ok": not failed and not unfit,
        "services": [_tried_shape(one) for one in found],
        "unfit": [_check_shape(one) for one in unfit],
    }
    tried = {one.variable for one in found}
    rows += [(one.variable, one.verdict, one.sentence) for one in unfit if one.variable not in tried]
    session.terminal.answer(document, table(["VARIABLE", "VERDICT", "WHAT"], rows))
    return USAGE if unfit else UNREACHABLE if failed else DONE


def _tried_shape(one: Tried) -> shapes.Shape:
    return {
        "variable": one.variable,
        "verdict": one.verdict,
        "sentence": one.sentence,
        "advice": one.advice or None,
        "seconds": one.latency_s,
    }


def _keyring(session: Session) -> int:
    from console.ops.profile_secrets import from_keyring, still_in_file, to_keyring
    from console.ops.profiles import find

    path, off = find(session.args.name), session.args.off
    names = (from_keyring if off else to_keyring)(path)
    if not off and still_in_file(path):
        session.terminal.say(f"One of them stands in {path} a second time: in a comment, or in another variable.")
    where = "file" if off else "keyring"
    session.terminal.answer({"where": where, "secrets": list(names)}, [f"In the {where}: {', '.join(names) or '-'}"])
    return DONE


def _remove(session: Session) -> int:
    from console.ops.profile_files import remove
    from console.ops.profiles import find

    removed = remove(find(session.args.name))
    session.terminal.say(f"For ten minutes `profiles import '{removed.kept}' NAME` brings it back.")
    session.terminal.answer({"name": removed.name, "kept": str(removed.kept)}, [f"{removed.name} is removed."])
    return DONE


def _accept(session: Session) -> int:
    from console.ops.profile_commands import AcceptServers

    session.args.profile = session.args.name
    session.confirm()
    with session.services() as services:
        done = session.act(AcceptServers(services.profile.name, session.home), services)
    session.terminal.answer({"profile": session.profile.name, "accepted": True}, [done.message])
    return DONE


_ACTS: dict[str, Callable[[Session], int]] = {
    "list": _list,
    "show": _show,
    "new": _new,
    "copy": _copy,
    "import": _import,
    "test": _test,
    "keyring": _keyring,
    "remove": _remove,
    "accept": _accept,
}
