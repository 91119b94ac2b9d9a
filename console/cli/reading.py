"""How documents are to be read, out of the words of a command line: a preset, and what is named on top of it."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from typing import Any

from console.ops.preset_files import shelf
from console.ops.presets import BALANCED, Preset
from console.ops.reading_options import check_options, formats_in, settled
from worker.core.jobs import Options


def preset_of(args: Namespace) -> Preset:
    """The one that is named, else Balanced. Raises UsageError if there is none of that name."""
    return shelf().named(args.preset or BALANCED)


def options_of(args: Namespace, preset: Preset) -> Options:
    """The preset's, with what is named on top of it. Raises UsageError for what cannot be meant."""
    options = preset.chosen(replace(preset.options(), **named(args)))
    check_options(options)
    return options


def change_of(args: Namespace) -> dict[str, Any]:
    """The options that jobs get which are read anew, by their names in a row. Raises UsageError as `options_of`.

    Without a preset that is what holds for every job; what does not fit one's own options, its row refuses.
    """
    given, preset = named(args), preset_of(args)
    options_of(args, preset)
    return given if args.preset is None else preset.change(given)


def named(args: Namespace) -> dict[str, Any]:
    """The options that the words name, by their names in a row."""
    values = {
        "languages": args.lang,
        "mode": args.mode,
        "pages": "" if args.pages == "all" else args.pages,
        "dpi": args.dpi,
        "formats": None if args.format is None else formats_in(args.format),
        "deskew": args.deskew,
        "pdfa": args.pdfa,
        "keep_scripts": args.keep_scripts,
    }
    return settled({name: value for name, value in values.items() if value is not None})
