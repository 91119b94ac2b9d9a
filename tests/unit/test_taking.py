"""Which pages are taken in passing, in how many transactions, and what is left to those who read with care."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pikepdf
import pytest
from billiard.exceptions import SoftTimeLimitExceeded

from tests.unit.documents import page_pdf, scan_pdf, text_pdf
from worker import taking
from worker.core.errors import NoLanguage
from worker.core.examine import examine
from worker.core.jobs import Options, Page
from worker.pipeline import read
from worker.pipeline.read import PageReading
from worker.taking import take_pages
from worker.tools.toolbox import Toolbox

KINDS: dict[str, Callable[[Path], Path]] = {
    "t": lambda path: text_pdf(path, ["Text of its own, written by a program."]),
    "s": scan_pdf,
    "e": lambda path: page_pdf(path, b""),
}


class Taker:
    """An attempt that only notes what is saved."""

    def __init__(self, folder: Path, kinds: str, options: Options | None = None, suspect: int | None = None) -> None:
        self.begun: list[int] = []
        self.saved: list[list[int]] = []
        self.page: int | None = None
        self._folder = folder
        self._source = folder / f"{kinds}.pdf"
        with pikepdf.new() as pdf:
            for kind in kinds:
                with pikepdf.open(KINDS[kind](folder / "one.pdf")) as one:
                    pdf.pages.extend(one.pages)
            pdf.save(self._source)
        engine = SimpleNamespace(languages=lambda: {"eng"})
        tools = Toolbox(cast("Any", engine), cast("Any", None))
        leases = SimpleNamespace(begin_page=lambda _lease, number: self.begun.append(number))
        self.desk = SimpleNamespace(tools=lambda: tools, leases=leases)
        self.lease = SimpleNamespace(suspect=suspect)
        self.job = SimpleNamespace(options=options or Options(), id="x")

    def still_ours(self) -> None:
        """It is."""

    def settle(self, pages: Sequence[Page]) -> None:
        self.saved.append([page.number for page in pages])

    def take(self) -> dict[int, PageReading]:
        document = examine(self._source)
        work = self._folder / "work"
        work.mkdir(exist_ok=True)
        return take_pages(cast("Any", self), document, work, [page.number for page in document.pages])


def test_pages_with_text_are_taken_in_a_few_transactions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "TOGETHER", 3)
    taker = Taker(tmp_path, "tstssste")
    found = taker.take()
    assert list(found) == [1, 3, 7, 8]
    assert taker.saved == [[1, 3], [7, 8]]
    assert taker.begun == [1, 4, 7]
    assert taker.page is None
    assert [found[number].page.state for number in (7, 8)] == ["done", "blank"]
    assert found[7].words[0].text == "Text"


@pytest.mark.parametrize(("options", "suspect"), [(Options(mode="force"), None), (Options(), 2)])
def test_none_is_taken_where_all_are_to_be_read_or_a_process_ended(
    tmp_path: Path, options: Options, suspect: int | None
) -> None:
    taker = Taker(tmp_path, "tt", options, suspect)
    assert taker.take() == {}
    assert taker.begun == []


def test_a_page_that_makes_trouble_is_left_to_those_who_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look_at = read.look_at

    def looks(document: Any, number: int, *rest: Any) -> Any:
        if number == 2:
            raise ValueError("odd")
        return look_at(document, number, *rest)

    monkeypatch.setattr(read, "look_at", looks)
    taker = Taker(tmp_path, "ttt")
    assert list(taker.take()) == [1, 3]
    assert taker.saved == [[1, 3]]


def test_pages_that_take_long_to_look_at_are_left_to_be_shared_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, look_at = [0.0], read.look_at

    def looks(document: Any, number: int, *rest: Any) -> Any:
        now[0] += taking.LONGEST_S / 2
        return look_at(document, number, *rest)

    monkeypatch.setattr(read, "look_at", looks)
    monkeypatch.setattr(taking, "TOGETHER", 3)
    monkeypatch.setattr(taking, "time", SimpleNamespace(monotonic=lambda: now[0], perf_counter=lambda: now[0]))
    taker = Taker(tmp_path, "ttttt")
    assert list(taker.take()) == [1, 2]
    assert (taker.saved, taker.begun, taker.page) == ([[1, 2]], [1], None)


def test_the_page_at_which_the_time_ran_out_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def looks(_document: Any, number: int, *_rest: Any) -> Any:
        raise SoftTimeLimitExceeded(number)

    monkeypatch.setattr(read, "look_at", looks)
    taker = Taker(tmp_path, "tt")
    with pytest.raises(SoftTimeLimitExceeded):
        taker.take()
    assert (taker.page, taker.saved) == (1, [])


def test_a_language_that_is_missing_is_told_before_any_page_is_taken(tmp_path: Path) -> None:
    with pytest.raises(NoLanguage):
        Taker(tmp_path, "tt", Options(languages="xyz")).take()
