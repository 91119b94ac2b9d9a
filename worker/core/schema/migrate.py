"""Runs Alembic over the modules of `versions`: no files are looked up, so a frozen program migrates too."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from typing import Any, cast

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import Script
from alembic.script.revision import RevisionMap
from sqlalchemy import Connection

from worker.core.schema import versions


def migrate(connection: Connection, version_table: str) -> None:
    """Apply what the database lacks, within the connection's transaction."""
    revisions = RevisionMap(scripts)

    def steps(current: Any, _: MigrationContext) -> Iterable[MigrationStep]:  # noqa: ANN401 - Alembic's own union
        missing = revisions.iterate_revisions("head", current, implicit_base=True)
        return [MigrationStep.upgrade_from_script(revisions, cast("Script", one)) for one in reversed(list(missing))]

    context = MigrationContext.configure(connection, opts={"version_table": version_table, "fn": steps})
    with Operations.context(context):
        context.run_migrations()


def scripts() -> Iterator[Script]:
    """Every change of the schema that this program knows."""
    for found in pkgutil.iter_modules(versions.__path__, f"{versions.__name__}."):
        module = importlib.import_module(found.name)
        yield Script(module, module.revision, module.__file__ or found.name)
