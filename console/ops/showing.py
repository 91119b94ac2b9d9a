"""What a job's page shows: its row and pages, their pictures, its PDF; fetched when first asked for."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from console.ops.previews import Picture, Previews
from worker.core.jobs import Job, Page

if TYPE_CHECKING:
    from console.ops.services import Services


class Showing:
    """Answers from one profile's services. Every method blocks; call `close` at the end.

    Args:
        services: Gives them, and may wait until they are open.
    """

    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services
        self._folder = Path(tempfile.mkdtemp(prefix="ocr-console-"))

    def load(self, job_id: UUID) -> tuple[Job, Sequence[Page]]:
        """The job and the pages that are read or have failed. Raises NotFoundError or DatabaseError."""
        store = self._services().store
        return store.job(job_id), store.pages(job_id)

    def render(self, job: Job, number: int, width: int, height: int) -> Picture:
        """A page, from 1, as large as fits into these pixels; see Previews."""
        return self._previews.page(job, number, width, height)

    def pdf(self, job: Job) -> Path:
        """The searchable PDF on this disk; see Previews."""
        return self._previews.pdf(job)

    def close(self) -> None:
        """Remove what was fetched."""
        if "_previews" in self.__dict__:
            self._previews.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @cached_property
    def _previews(self) -> Previews:
        return Previews(self._services().blobs.get_file, self._folder)
