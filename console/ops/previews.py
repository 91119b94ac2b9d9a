"""Pictures of a job's pages, rendered from its searchable PDF, which is fetched once and kept while it is looked at."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.ops.results import safe_name
from worker.core.errors import CorruptFile, NotFoundError
from worker.core.jobs import Job
from worker.core.said import said

KEPT = 4  # documents that stay open
LARGEST = 6000  # pixels of a side
Fetch = Callable[[str, Path], None]


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as pixels: three bytes each, red, green, blue."""

    width: int
    height: int
    stride: int
    data: bytes
    scale: float  # pixels to a point: 1/72 inch


class Previews:
    """Renders pages; safe to call from several threads. Close it to remove what it fetched.

    Args:
        fetch: Downloads an object to a path: `blobs.get_file`.
        folder: A folder of its own.
    """

    def __init__(self, fetch: Fetch, folder: Path) -> None:
        self._fetch = fetch
        self._folder = folder
        self._lock = threading.Lock()  # pdfium is not safe for threads, whatever the document
        self._open: OrderedDict[str, Any] = OrderedDict()

    def pdf(self, job: Job) -> Path:
        """The job's searchable PDF on this disk, under a name that people know it by.

        Raises:
            NotFoundError: the job has none.
            StorageError: it cannot be fetched.
        """
        output = job.outputs.get("pdf")
        if output is None:
            raise NotFoundError(said("{name} has no searchable PDF.", name=job.name), "Read it again with that output.")
        mark = hashlib.sha256(f"{output.key} {output.sha256}".encode()).hexdigest()[:24]  # others' outputs have no hash
        path = self._folder / mark / f"{safe_name(job.name).removesuffix('.pdf')}.pdf"
        with self._lock:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                partial = path.with_suffix(".part")
                self._fetch(output.key, partial)
                partial.replace(path)
        return path

    def page(self, job: Job, number: int, width: int, height: int) -> Picture:
        """A page, from 1, as large as fits into these pixels.

        Raises:
            NotFoundError: the job has no PDF, or no such page.
            CorruptFile: the PDF cannot be drawn.
            StorageError: it cannot be fetched.
        """
        path = self.pdf(job)
        with self._lock:
            document = self._document(path, job)
            if not 1 <= number <= len(document):
                raise NotFoundError(said("{name} has no page {number}.", name=job.name, number=number))
            try:
                return _render(document[number - 1], min(width, LARGEST), min(height, LARGEST))
            except Exception as error:
                raise CorruptFile(
                    said("Page {number} of {name} cannot be drawn.", number=number, name=job.name)
                ) from error

    def close(self) -> None:
        """Close all documents and remove the files."""
        with self._lock:
            for document in self._open.values():
                document.close()
            self._open.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _document(self, path: Path, job: Job) -> Any:  # noqa: ANN401 - pypdfium2 has no types
        import pypdfium2

        key = str(path)
        if key not in self._open:
            try:
                self._open[key] = pypdfium2.PdfDocument(path)
            except pypdfium2.PdfiumError as error:
                raise CorruptFile(said("The PDF of {name} cannot be opened.", name=job.name)) from error
        self._open.move_to_end(key)
        while len(self._open) > KEPT:
            old, document = self._open.popitem(last=False)
            document.close()
            with suppress(OSError):
                Path(old).unlink()
        return self._open[key]


def _render(page: Any, width: int, height: int) -> Picture:  # noqa: ANN401 - pypdfium2 has no types
    across, down = page.get_size()
    scale = max(min(width / across, height / down), 0.01)
    bitmap = page.render(scale=scale, rev_byteorder=True)
    try:
        return Picture(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer), scale)
    finally:
        bitmap.close()
        page.close()
