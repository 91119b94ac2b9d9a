"""What is a page's own fault, and what is not."""

from __future__ import annotations

import errno
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn, cast

import pytest

from worker.core.errors import DiskFull
from worker.page_reader import PageReader


def test_a_disk_that_is_full_fails_no_page(tmp_path: Path) -> None:
    def full(*, isolated: bool) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    written: list[int] = []
    leases = SimpleNamespace(begin_page=lambda _lease, number: written.append(number))
    attempt = SimpleNamespace(
        desk=SimpleNamespace(tools=full, leases=leases, settings=SimpleNamespace(secrets=frozenset())),
        lease=SimpleNamespace(suspect=None),
        job=SimpleNamespace(options=None, id="x"),
        still_ours=lambda: None,
    )
    reader = PageReader(cast("Any", attempt), cast("Any", None), tmp_path / "work")
    with pytest.raises(DiskFull):
        reader.read([1])
    assert (reader.failures, written) == ([], [1])
