"""A table as a file: what a spreadsheet and a program read back, whatever stands in the cells."""

from __future__ import annotations

import csv
import io
import json
import threading
import tracemalloc
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from console.ops.exporting import Form, Head, Stopped, export, write
from worker.core.errors import UsageError
from worker.core.jobs import Priority, State

HEADS = [Head("name", "Name"), Head("value", "Value")]
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=2)))
VALUES = [
    (None, "", None),
    (NOON, "2026-11-23T10:00:00.000Z", "2026-11-23T10:00:00.000Z"),
    (State.FAILED, "FAILED", "FAILED"),
    (Priority.NEXT, "next", "next"),
    (91.23456, "91.23", 91.23),
    (-5, "-5", -5),
    (float("nan"), "", None),
    (True, "true", True),
    (("txt", "pdf"), "txt; pdf", ["txt", "pdf"]),
    (UUID(int=1), "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000001"),
    ("Hồ sơ 合同\n“x”,y", "Hồ sơ 合同\n“x”,y", "Hồ sơ 合同\n“x”,y"),
    ("\ud800", "?", "?"),
]


@pytest.mark.parametrize(("value", "in_csv", "in_json"), VALUES)
def test_a_value_is_written_so_that_it_is_read_back(tmp_path: Path, value, in_csv, in_json):
    for form in Form:
        assert export(tmp_path / f"a.{form}", form, HEADS, [("x", value)]) == 1
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfName,Value\r\n")
    assert list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))[1] == ["x", in_csv]
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == [{"name": "x", "value": in_json}]


@settings(max_examples=50, deadline=None)
@given(some.sampled_from("=+-@\t\r"), some.text())
def test_nothing_is_a_formula_in_a_spreadsheet(sign: str, rest: str):
    stream = io.StringIO(newline="")
    write(stream, Form.CSV, [Head("x", f"{sign}title")], [[f"{sign}{rest}"]])
    for (cell,) in csv.reader(io.StringIO(stream.getvalue(), newline="")):
        assert cell.startswith(f"'{sign}")


def test_no_rows_are_a_file_too(tmp_path: Path):
    assert export(tmp_path / "a.json", Form.JSON, HEADS, []) == 0
    assert json.loads((tmp_path / "a.json").read_text()) == []


def test_what_is_there_stays_until_the_new_file_is_whole(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("earlier")

    def rows() -> Iterator[tuple[str, int]]:
        yield "x", 1
        assert path.read_text() == "earlier"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        export(path, Form.CSV, HEADS, rows())
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_it_tells_how_far_it_is_and_stops(tmp_path: Path):
    cancel, told = threading.Event(), []

    def watch(count: int) -> None:
        told.append(count)
        if count >= 400:
            cancel.set()

    rows = ((str(place), place) for place in range(10_000))
    with pytest.raises(Stopped):
        export(tmp_path / "a.csv", Form.CSV, HEADS, rows, watch=watch, cancel=cancel)
    assert told == [0, 200, 400]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(UsageError, match="cannot be written"):
        export(tmp_path / "none" / "a.csv", Form.CSV, HEADS, [])


@pytest.mark.parametrize("form", list(Form))
def test_many_rows_take_no_more_memory_than_few(tmp_path: Path, form: Form):
    rows = ((f"{place:0100}", place) for place in range(6_000))
    tracemalloc.start()
    try:
        export(tmp_path / "a", form, HEADS, rows)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (tmp_path / "a").stat().st_size > 600_000
    assert most < 200_000
