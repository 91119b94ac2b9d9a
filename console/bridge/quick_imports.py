"""Keeps PySide from reading the source of every module that is imported; has to be imported before the others.

It looks in each for its own name, to see whether features (snake_case, true_property) may be switched on there: a fifth
of the time that an import takes, also on the threads on which the drivers are loaded. Nothing here switches any on.
"""

from __future__ import annotations

from shibokensupport import feature  # type: ignore[import-not-found]


def _never(_module: object) -> bool:
    return False


if hasattr(feature, "_mod_uses_pyside"):
    feature._mod_uses_pyside = _never  # noqa: SLF001 - there is no other way to say so
