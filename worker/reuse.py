"""Pages whose image was read before, in the same way and by whichever machine: what came of it is taken over."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from worker.core.blobs import Blobs
from worker.core.errors import ServiceError
from worker.core.jobs import Page
from worker.core.store import Store


class ReadBefore:
    """What was read of an image, by its key. Nothing is shared: who takes it over stores it under a key of its own."""

    def __init__(self, store: Store, blobs: Blobs) -> None:
        self._store = store
        self._blobs = blobs

    def __call__(self, key: bytes, base: Path) -> Page | None:
        """The page that it was, its layout in `base`.hocr and `base`.pdf; None where nothing can be had of any."""
        with suppress(ServiceError):  # away, or deleted meanwhile: then it is read
            page = self._store.page_alike(key)
            for form, stored in (("hocr", page.hocr_key), ("pdf", page.pdf_key)) if page else ():
                self._blobs.get_file(str(stored), base.with_name(f"{base.name}.{form}"))
            return page
        return None
