"""The same worker without this console: a command line, a systemd unit, a compose file, a Kubernetes manifest.

Each is a file of `resources/deploy` with the options filled in. Secrets stay in the profile's file, in `worker.env`
or in a Secret, which the texts name.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from console.ops import secret_store
from console.ops.profiles import ENVIRONMENT, Profile
from console.ops.worker_options import WorkerOptions, words
from worker.core.errors import InternalError, UsageError
from worker.core.settings import MASK, VARIABLES, Settings, Variable

PACKAGE, FOLDER = "resources", "deploy"
CELERY = ("celery", "-A", "worker.app:celery_app", "worker")
MARGIN_S = 30  # a stop takes ten seconds beyond OCR_SOFT_SHUTDOWN
BESIDE_MB = 500  # the main process and the tools
NODE = "ocr"  # the name of a worker that has none; the machine's is added
WIDE = 80  # a longer command line is broken
LOGGING = ("LOG_LEVEL", "LOG_FORMAT")


def command(options: WorkerOptions, profile: Profile, settings: Settings, *, file: Path | None = None) -> str:
    """The command line for a POSIX shell, as a start here runs it.

    Args:
        options: how the worker is to be.
        profile: whose services.
        settings: the profile's, or those of the embedded stack.
        file: where the addresses of the embedded stack are written, for that profile.
    """
    options.applied_to(settings)
    source = profile.path or file
    variables = [f"{name}={shlex.quote(value)}" for name, value in options.variables(settings).items()]
    start = _folded([*variables, *map(shlex.quote, _here(options))])
    if source is None:  # the environment has all of it
        return start
    lines = [f"set -a && . {shlex.quote(str(source))} && set +a", start]
    if kept := secret_store.named(profile.values):
        file_again = f"ocr-console profiles keyring {shlex.quote(profile.name)} --off"
        lines.insert(0, f"# The keyring here has what the file lacks of {', '.join(kept)}; back into it: {file_again}")
    return "\n".join(lines)


def environment_file(profile: Profile, settings: Settings) -> str:
    """What `worker.env` says, secrets masked: one KEY=value a line, nothing quoted, as systemd and compose read it."""
    told = settings.masked()
    known = {one.name: told[one.name] for one in VARIABLES if one.name in told and _is_worth_saying(one, settings)}
    beside = dict.fromkeys(profile.others, MASK)
    head = f"# Put in what is masked ({MASK}), and let nobody else read this file: chmod 600 worker.env"
    return "\n".join([head, *(f"{name}={value}" for name, value in (known | beside).items()), ""])


def systemd_unit(options: WorkerOptions, profile: Profile, settings: Settings) -> str:
    """A unit file; `worker.env` is where it says. Raises UsageError for the embedded stack, as the next two do."""
    own = _for_elsewhere(options, profile, settings)
    text = _read("ocr-worker.service")
    line = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    program = line.removeprefix("ExecStart=").split()[0]
    variables = [f"{name}={value}" for name, value in options.variables(settings).items()]
    start = [*(["/usr/bin/env", *variables] if variables else []), program, *_celery(options, own, "%H")[1:]]
    text = _put(text, line, "ExecStart=" + " ".join(map(_unit_word, start)).replace("@%%H", "@%H"))
    text = _put(text, "TimeoutStopSec=60", f"TimeoutStopSec={own.soft_shutdown_s + MARGIN_S}")
    text = _put(text, "MemoryMax=4G", f"MemoryMax={_memory_mb(options, own)}M")
    return _put(text, "Type=exec\n", f"Type=exec\nNice={options.nice}\n") if options.nice else text


def compose_file(options: WorkerOptions, profile: Profile, settings: Settings) -> str:
    """A compose file; `worker.env` lies beside it."""
    own = _for_elsewhere(options, profile, settings)
    start = [word.replace("$", "$$") for word in (*_nice(options), *_celery(options, own, "%h"))]
    added = [f"    command: {json.dumps(start, ensure_ascii=False)}"]
    if variables := options.variables(settings):
        added += ["    environment:", *(f"      {name}: {json.dumps(value)}" for name, value in variables.items())]
    text = _put(
        _read("compose.yaml"), "    env_file: worker.env\n", "\n".join(["    env_file: worker.env", *added, ""])
    )
    text = _put(
        text, "stop_grace_period: 60s # longer", f"stop_grace_period: {own.soft_shutdown_s + MARGIN_S}s # longer"
    )
    return _put(text, "mem_limit: 4g", f"mem_limit: {_memory_mb(options, own)}m")


def kubernetes_manifest(options: WorkerOptions, profile: Profile, settings: Settings, *, replicas: int = 1) -> str:
    """A Deployment; the Secret that it refers to is made of `worker.env`."""
    own = _for_elsewhere(options, profile, settings)
    text = _read("kubernetes.yaml")
    start = [word.replace("$(", "$$(") for word in (*_nice(options), *_celery(options, own, "%h"))]
    line = next(line for line in text.splitlines() if line.lstrip().startswith("command: [celery"))
    indent = line[: len(line) - len(line.lstrip())]
    added = [f"{indent}command: {json.dumps(start, ensure_ascii=False)}"]
    if variables := options.variables(settings):
        entries = [f"{indent}  - {{name: {name}, value: {json.dumps(value)}}}" for name, value in variables.items()]
        added += [f"{indent}env:", *entries]
    text = _put(text, line, "\n".join(added))
    text = _put(text, "replicas: 1\n", f"replicas: {replicas}\n")
    text = _put(text, "PeriodSeconds: 60 # longer", f"PeriodSeconds: {own.soft_shutdown_s + MARGIN_S} # longer")
    text = _put(text, 'requests: {cpu: "1", memory: 1Gi}', f'requests: {{cpu: "{options.slots}", memory: 1Gi}}')
    return _put(text, "limits: {memory: 4Gi}", f"limits: {{memory: {_memory_mb(options, own)}M}}")


def _is_worth_saying(variable: Variable, settings: Settings) -> bool:
    """What a worker must know, or is not as usual; how a console shows the profile is nothing to it."""
    if variable.name.startswith("OCR_CONSOLE_"):
        return False
    usual = variable.name not in LOGGING and getattr(settings, variable.field) == variable.default
    return variable.required or not usual


def _for_elsewhere(options: WorkerOptions, profile: Profile, settings: Settings) -> Settings:
    if profile.embedded:
        raise UsageError("The embedded stack is for this machine alone.", "Open a profile whose services are servers.")
    return options.applied_to(settings)


def _here(options: WorkerOptions) -> list[str]:
    """Celery itself, which whoever installs this from a registry has; else this program, which is a worker too."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "worker", "run", *words(options), "--confirm", ENVIRONMENT]
    return [*_nice(options), *CELERY, *options.celery()]


def _celery(options: WorkerOptions, own: Settings, host: str) -> list[str]:
    """With the name of whatever machine it runs on."""
    node = (options.name or NODE).partition("@")[0]
    rest = replace(options, name=None).celery()
    return [*CELERY, "--loglevel", own.log_level, "--hostname", f"{node}@{host}", *rest]


def _nice(options: WorkerOptions) -> list[str]:
    return ["nice", "-n", str(options.nice)] if options.nice else []


def _memory_mb(options: WorkerOptions, own: Settings) -> int:
    return options.slots * own.max_memory_mb + BESIDE_MB


def _folded(words: Sequence[str]) -> str:
    """Over several lines, as a shell takes them."""
    lines, line = [], ""
    for word in words:
        option = word.startswith("--")
        if line and (len(line) + len(word) > WIDE or (option and len(line) > WIDE // 2)):
            lines.append(line)
            line = f"    {word}"
        else:
            line = f"{line} {word}" if line else word
    return " \\\n".join([*lines, line])


def _unit_word(word: str) -> str:
    """As systemd reads it: nothing expanded."""
    plain = word.replace("\\", "\\\\").replace("%", "%%").replace("$", "$$").replace('"', '\\"')
    return f'"{plain}"' if plain != word.replace("%", "%%") or "'" in word or ";" in word else plain


def _read(name: str) -> str:
    return (files(PACKAGE) / FOLDER / name).read_text("utf-8")


def _put(text: str, old: str, new: str) -> str:
    """Where a file of `resources/deploy` says this, once."""
    if text.count(old) != 1:
        raise InternalError(f"resources/deploy does not say once: {old}", "")
    return text.replace(old, new)


Recipe = Callable[[WorkerOptions, Profile, Settings], str]
RECIPES: dict[str, Recipe] = {"systemd": systemd_unit, "compose": compose_file, "kubernetes": kubernetes_manifest}
