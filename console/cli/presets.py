"""`presets …`: how documents are to be read, under a name; those that everybody has, and the user's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from console.cli import shapes
from console.cli.reading import named, options_of, preset_of
from console.cli.session import Session
from console.cli.terminal import table
from console.ops import preset_files
from console.ops.presets import Preset
from worker.core.jobs import Priority
from worker.core.said import said


def run(session: Session) -> int:
    """0."""
    _ACTS[session.args.act or "list"](session)
    return 0


def _list(session: Session) -> None:
    found = preset_files.shelf()
    for _, why in found.damaged:
        session.terminal.say(why)
    rows = [(one.name, _what(one), one.sentence or "your own") for one in found.presets]
    session.terminal.answer([_shape(one) for one in found.presets], table(["NAME", "VALUES", "WHAT FOR"], rows))


def _show(session: Session) -> None:
    _answer(session, preset_files.shelf().named(session.args.name))


def _save(session: Session) -> None:
    args = session.args
    base, given = preset_of(args), named(args)
    options = options_of(args, base)
    name = preset_files.expect_name(args.name)
    values = replace(
        options,
        languages=given.get("languages", base.values.languages),
        pages=given.get("pages", base.values.pages),
        preset=name,
        changed=False,
    )
    priority = base.priority if args.priority is None else Priority[args.priority.upper()]
    preset = preset_files.save(Preset(name, values, priority), replace=args.replace)
    session.terminal.say(said("The preset {name} is saved.", name=preset.name))
    _answer(session, preset)


def _remove(session: Session) -> None:
    removed = preset_files.remove(session.args.name)
    session.terminal.answer({"name": removed.name}, [f"{removed.name} is removed."])


def _answer(session: Session, preset: Preset) -> None:
    facts = [("name", preset.name), ("title", preset.title), ("what for", preset.sentence), *_values(preset)]
    session.terminal.answer(_shape(preset), [f"{what:<13}{value}" for what, value in facts if value])


def _shape(preset: Preset) -> shapes.Shape:
    words = {
        "name": preset.name,
        "title": preset.shown,
        "built_in": preset.built_in,
        "sentence": preset.sentence or None,
    }
    return words | preset.as_dict()


def _values(preset: Preset) -> list[tuple[str, str]]:
    return [(name, _told(value) or "left open") for name, value in preset.as_dict().items()]


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(value) if isinstance(value, list) else str(value or "")


def _what(preset: Preset) -> str:
    """The values that are not Balanced's, in short."""
    usual = Preset("").as_dict() | {"languages": None}
    told = {name: value for name, value in preset.as_dict().items() if value != usual[name]}
    return " ".join(f"{name}={_told(value)}" for name, value in told.items())


_ACTS: dict[str, Callable[[Session], None]] = {"list": _list, "show": _show, "save": _save, "remove": _remove}
