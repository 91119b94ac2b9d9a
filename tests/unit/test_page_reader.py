"""What is a page's own fault, and what is not; and what else is tried before a page has failed."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from worker.core.errors import DiskFull, EngineCrashed, NoLanguage, PageTimedOut, StorageError
from worker.core.jobs import Page
from worker.page_reader import PageReader
from worker.pipeline import read
from worker.pipeline.read import PageReading

SECRET = "a-long-secret"


class Desk:
    """What a reader works with. `engine` reads page `number` in process or, `isolated`, where a crash costs nothing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, engine: Callable[[int, bool], None]) -> None:
        self.begun: list[int] = []
        self.saved: list[Page] = []
        self.following: list[int | None] = []
        self.tries: list[tuple[int, bool]] = []
        self.settings = SimpleNamespace(secrets=frozenset({SECRET}))
        self.leases = SimpleNamespace(begin_page=lambda _lease, number: self.begun.append(number))
        self.store = self.blobs = None
        self._engine = engine
        monkeypatch.setattr(read, "read_page", self._read)

    def tools(self, *, isolated: bool) -> bool:
        return isolated

    def reader(self, folder: Path, suspect: int | None = None) -> PageReader:
        lease, job = SimpleNamespace(suspect=suspect), SimpleNamespace(options=None, id="x")
        about = {"desk": self, "lease": lease, "job": job, "page": None}
        attempt = SimpleNamespace(**about, still_ours=lambda: None, settle=self._settle)
        return PageReader(cast("Any", attempt), cast("Any", None), folder / "work")

    def _read(
        self, _document: object, number: int, _options: object, _work: Path, isolated: bool, _: object
    ) -> PageReading:
        self.tries.append((number, isolated))
        self._engine(number, isolated)
        return PageReading(Page(number, "done"))

    def _settle(self, pages: Sequence[Page], following: int | None) -> None:
        self.saved.extend(pages)
        self.following.append(following)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int, bool], None]], Desk]:
    return lambda engine: Desk(monkeypatch, engine)


def crashes(*pages: int, always: bool = False) -> Callable[[int, bool], None]:
    """An engine that crashes on these pages in process, or wherever it runs."""

    def engine(number: int, isolated: bool) -> None:
        if number in pages and (always or not isolated):
            raise EngineCrashed(f"It crashed over {SECRET}.")

    return engine


def test_each_page_is_named_while_it_is_read(desk, tmp_path: Path) -> None:
    made = desk(crashes())
    made.reader(tmp_path).read([2, 5, 9])
    assert (made.begun, made.following) == ([2], [5, 9, None])
    assert made.tries == [(2, False), (5, False), (9, False)]


def test_a_crash_is_tried_once_more_where_it_costs_nothing(desk, tmp_path: Path) -> None:
    made = desk(crashes(2))
    made.reader(tmp_path).read([1, 2, 3])
    assert made.tries == [(1, False), (2, False), (2, True), (3, False)]
    assert [page.state for page in made.saved] == ["done", "done", "done"]


def test_a_page_that_crashes_everywhere_fails_alone_and_leaves_its_trace(desk, tmp_path: Path) -> None:
    made = desk(crashes(2, always=True))
    reader = made.reader(tmp_path)
    reader.read([1, 2, 3])
    assert [(page.state, page.error_class) for page in made.saved] == [
        ("done", None),
        ("failed", "engine_crashed"),
        ("done", None),
    ]
    assert len(reader.failures) == 1
    assert "page 2\nTraceback" in reader.trace
    assert SECRET not in reader.trace


def test_a_page_that_ended_a_process_is_never_read_in_process_again(desk, tmp_path: Path) -> None:
    made = desk(crashes(2, always=True))
    made.reader(tmp_path, suspect=2).read([1, 2, 3])
    assert made.tries == [(1, False), (2, True), (3, False)]
    assert made.saved[1].state == "failed"


@pytest.mark.parametrize("fault", [MemoryError(), ValueError("odd")])
def test_faults_of_libraries_cost_that_page_only(desk, tmp_path: Path, fault: Exception) -> None:
    def engine(number: int, _isolated: bool) -> None:
        if number == 1:
            raise fault

    made = desk(engine)
    made.reader(tmp_path).read([1, 2])
    assert [page.state for page in made.saved] == ["failed", "done"]
    assert made.tries == [(1, False), (1, True), (2, False)]


def test_a_page_that_takes_too_long_is_not_tried_again(desk, tmp_path: Path) -> None:
    def engine(_number: int, _isolated: bool) -> None:
        raise PageTimedOut("Too long.")

    made = desk(engine)
    made.reader(tmp_path).read([1])
    assert (made.tries, made.saved[0].error_class) == ([(1, False)], "timed_out")


@pytest.mark.parametrize(
    ("problem", "raised"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), DiskFull),
        (StorageError("Away."), StorageError),
        (NoLanguage("No xyz."), NoLanguage),
    ],
)
def test_what_is_no_fault_of_the_page_fails_none(
    desk, tmp_path: Path, problem: Exception, raised: type[Exception]
) -> None:
    def engine(_number: int, _isolated: bool) -> None:
        raise problem

    made = desk(engine)
    reader = made.reader(tmp_path)
    with pytest.raises(raised):
        reader.read([1])
    assert (reader.failures, made.saved, made.begun) == ([], [], [1])


def test_a_language_that_goes_before_the_second_try_fails_no_page(desk, tmp_path: Path) -> None:
    def engine(_number: int, isolated: bool) -> None:
        raise NoLanguage("No xyz any more.") if isolated else EngineCrashed("It crashed.")

    made = desk(engine)
    with pytest.raises(NoLanguage):
        made.reader(tmp_path).read([1])
    assert made.saved == []
