"""What the window's buttons do: each makes a command and has it run; before the services are open they do nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background

if TYPE_CHECKING:
    from console.bridge.runner import Act, Runner
    from console.ops.commands import Command
    from console.ops.services import Services


class Acts(QObject):
    """Connect `acted` and `failed` as those of the runner. It loads the commands when one is wanted first."""

    acted = Signal(object)  # Act
    failed = Signal(object)  # OcrConsoleError

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._runner: Runner | None = None

    def open(self, services: Services) -> None:
        """Act on these from now on."""
        from console.bridge.runner import Runner

        self._runner = Runner(self._background, services, self)
        self._runner.acted.connect(self.acted)
        self._runner.failed.connect(self.failed)

    def retry(self, ids: Sequence[UUID], password: str = "") -> None:
        """Queue jobs again, with a password for those that are locked."""
        from console.ops.acts import Retry

        self._run(Retry(tuple(ids), password or None))

    def cancel(self, ids: Sequence[UUID]) -> None:
        """Stop jobs."""
        from console.ops.acts import Cancel

        self._run(Cancel(tuple(ids)))

    def delete(self, ids: Sequence[UUID], confirm: str = "") -> None:
        """Delete jobs; `confirm` is the name of a production profile."""
        from console.ops.acts import Delete

        self._run(Delete(tuple(ids)), confirm or None)

    def save(self, ids: Sequence[UUID], folder: Path) -> None:
        """Fetch what was read into a folder."""
        from console.ops.commands import FetchResults

        self._run(FetchResults(tuple(ids), folder))

    def unlock(self, name: str, reason: str) -> None:
        """Let changes through on a production profile."""
        from console.ops.acting import Unlock

        self._run(Unlock(name, reason))

    def lock(self) -> None:
        """Make a production profile read-only."""
        from console.ops.acting import Lock

        self._run(Lock())

    def undo(self, act: Act) -> None:
        """Take an act back."""
        if self._runner is not None:
            self._runner.undo(act)

    def undo_last(self) -> None:
        """Take back the last act that can be."""
        if self._runner is not None:
            self._runner.undo_last()

    def _run(self, command: Command[Any], confirm: str | None = None) -> None:
        if self._runner is not None:
            self._runner.run(command, confirm=confirm)
