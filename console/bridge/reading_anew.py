"""What changes in jobs that are read anew, out of what was chosen for all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from console.ops.presets import Preset
from console.ops.reading_options import formats_in, settled

_BETWEEN = re.compile(r"[\s,;+]+")  # languages or outputs, as people write them


def change_of(preset: Preset | None, languages: str, formats: str, others: Mapping[str, Any]) -> dict[str, Any]:
    """Options by their names in a job.

    Args:
        preset: By which they are read; None: each as before.
        languages: On top of it, by their codes as people write them; "" for none.
        formats: The outputs, in the same way.
        others: What else is chosen on top of it, by name.

    Raises:
        UsageError: There is no such output.
    """
    spoken = "+".join(_BETWEEN.sub(" ", languages).split())
    texts = {"languages": spoken, "formats": formats_in(_BETWEEN.sub(",", formats))}
    chosen = settled({name: value for name, value in texts.items() if value} | dict(others))
    return preset.change(chosen) if preset else chosen
