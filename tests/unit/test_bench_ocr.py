"""What the comparison with OCRmyPDF makes of its runs: ratios are ours over theirs, and half a run is none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.ocr.documents import Leaf, born_digital
from tests.bench.ocr.figures import Round, figures, table
from tests.bench.ocr.sides import Run, check

TRUTH = "the cat sat on the mat"
LEAVES = [Leaf("print", TRUTH), Leaf("print", TRUTH), Leaf("scans", None), Leaf("scans", TRUTH)]
READ = Run(seconds=2.0, cpu_s=4.0, peak_mb=200, texts=[TRUTH] * 4, pdf_bytes=10_000, servers_cpu_s=0.4)


def one_round() -> Round:
    worse = [TRUTH, TRUTH.replace("cat", "rat"), "", TRUTH]
    theirs = replace(READ, seconds=6.0, cpu_s=8.0, texts=worse, pdf_bytes=20_000)
    return Round(
        LEAVES,
        source_bytes=10_000,
        runs={
            "ours": READ,
            "usual": theirs,
            "same engine": replace(theirs, seconds=4.0),
            "recognition alone": replace(READ, seconds=3.0, cpu_s=3.2),
            "alone, two processes": replace(READ, seconds=1.5),
            "ours, one process": replace(READ, seconds=3.8, peak_mb=250),
        },
    )


def test_ratios_are_ours_over_theirs() -> None:
    found = figures([one_round()], ["usual", "same engine"])
    assert (found["pages_per_minute_ratio"], found["pages_per_minute_ratio_same_engine"]) == (3, 2)
    assert (found["cpu_ratio"], found["cpu_over_limit"], found["size_ratio"]) == (0.5, 1.25, 0.5)
    assert (found["gain_1_to_2"], found["gain_1_to_2_alone"], found["scaling_1_to_2"]) == (1.9, 2, 0.95)
    assert (found["peak_mb"], found["servers_cpu_s_per_page"]) == (250, 0.1)
    assert found["cer"] == {"print": 0, "scans": 0}
    assert found["peer_cer"] == {"print": round(1 / 45, 4), "scans": 0}
    assert json.loads(json.dumps(found)) == found


def test_without_the_peer_the_rest_is_measured() -> None:
    found = figures([one_round()], [])
    assert "cpu_ratio" not in found
    assert found["scaling_1_to_2"] == 0.95


def test_every_side_has_a_line_and_every_set_of_known_text_a_column() -> None:
    head, *lines = table([one_round()])
    assert head.split()[-2:] == ["print", "scans"]
    assert [line.split()[-2] for line in lines] == ["0.0000", "0.0222", "0.0222", "0.0000", "0.0000", "0.0000"]


def test_a_run_that_did_not_do_all_of_it_is_refused(tmp_path: Path) -> None:
    pdf = born_digital(tmp_path / "a.pdf", 2)
    check("It", ["Page 1", "Page 2"], pdf, 2)
    with pytest.raises(SystemExit, match="2 pages and 1 texts of 2"):
        check("It", ["Page 1"], pdf, 2)
    with pytest.raises(SystemExit, match="page 2 has 9000 words"):
        check("It", ["Page 1", "word " * 9000], pdf, 2)
