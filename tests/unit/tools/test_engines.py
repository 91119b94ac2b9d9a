"""The contract of every engine: one pass, all outputs, bounded time, and never another language in silence."""

from __future__ import annotations

import time
from pathlib import Path

import pikepdf
import pytest

from tests.unit import engines
from tests.unit.documents import SENTENCE, drawn
from tests.unit.errors_in_text import character_error_rate
from worker.core.errors import EngineCrashed, NoLanguage, PageTimedOut
from worker.pipeline.words import words
from worker.tools.engine import Engine


@pytest.fixture(scope="module", params=engines.ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    return engines.engine(request.param)


def page(folder: Path, text: str = SENTENCE, size: tuple[int, int] = (1300, 200)) -> Path:
    image = folder / "page.pgm"
    drawn(text, size).save(image)
    return image


def read(engine: Engine, image: Path, *, languages: str = "eng", timeout: float = 60) -> Path:
    base = image.with_suffix("")
    engine.read(image, languages=languages, dpi=300, base=base, timeout=timeout)
    return base


def test_it_reads_print(engine: Engine, tmp_path: Path) -> None:
    base = read(engine, page(tmp_path))
    assert character_error_rate(base.with_suffix(".txt").read_text(), SENTENCE) < 0.02


def test_one_pass_writes_words_with_boxes_and_confidence(engine: Engine, tmp_path: Path) -> None:
    found = list(words(read(engine, page(tmp_path)).with_suffix(".hocr")))
    assert [word.text for word in found] == SENTENCE.split()
    assert all(word.conf > 60 for word in found)
    assert all(word.x > 55 and word.x + word.w < 1000 and word.y > 55 and word.y + word.h < 120 for word in found)
    assert [word.x for word in found] == sorted(word.x for word in found)


def test_the_text_layer_is_one_page_of_nothing_but_text(engine: Engine, tmp_path: Path) -> None:
    with pikepdf.open(read(engine, page(tmp_path)).with_suffix(".pdf")) as pdf:
        assert len(pdf.pages) == 1
        assert not pdf.pages[0].get_images()
        assert b"3 Tr" in pdf.pages[0].Contents.read_bytes()


def test_pages_one_after_the_other_do_not_mix(engine: Engine, tmp_path: Path) -> None:
    first = read(engine, page(tmp_path, "Cats sleep all day")).with_suffix(".txt").read_text()
    second = read(engine, page(tmp_path, "Ships sail all night")).with_suffix(".txt").read_text()
    assert (first.strip(), second.strip()) == ("Cats sleep all day", "Ships sail all night")


def test_nothing_is_added_between_or_after_pages(engine: Engine, tmp_path: Path) -> None:
    assert "\f" not in read(engine, page(tmp_path)).with_suffix(".txt").read_text()


def test_a_blank_page_has_no_words(engine: Engine, tmp_path: Path) -> None:
    assert list(words(read(engine, page(tmp_path, "")).with_suffix(".hocr"))) == []


@pytest.mark.parametrize("languages", ["xyz", "eng+xyz", "xyz+eng"])
def test_a_missing_language_is_never_left_out_in_silence(engine: Engine, tmp_path: Path, languages: str) -> None:
    with pytest.raises(NoLanguage, match="xyz"):
        read(engine, page(tmp_path), languages=languages)


@pytest.mark.parametrize("languages", ["", "eng+", "../eng", "eng -c x=y", "e;ls", "/etc/passwd"])
def test_what_cannot_be_a_language_reaches_no_engine(engine: Engine, tmp_path: Path, languages: str) -> None:
    with pytest.raises(NoLanguage, match="not the name of a language"):
        read(engine, page(tmp_path), languages=languages)


def test_it_knows_its_languages(engine: Engine) -> None:
    assert "eng" in engine.languages()
    assert not {"osd", "equ"} & engine.languages()


def test_time_runs_out_and_the_next_page_is_read(engine: Engine, tmp_path: Path) -> None:
    much = page(tmp_path, "\n".join([f"{number} {SENTENCE}" for number in range(60)]), (1300, 3000))
    started = time.perf_counter()
    with pytest.raises(PageTimedOut, match=r"0\.3 s"):
        read(engine, much, timeout=0.3)
    assert time.perf_counter() - started < 5
    assert SENTENCE in read(engine, page(tmp_path)).with_suffix(".txt").read_text()


@pytest.mark.parametrize("content", [b"", b"P5\n1000 1000\n255\n", b"/etc/hostname\n"])
def test_what_is_no_image_is_an_error(engine: Engine, tmp_path: Path, content: bytes) -> None:
    image = tmp_path / "page.pgm"
    image.write_bytes(content)
    with pytest.raises(EngineCrashed):
        read(engine, image)
    assert SENTENCE in read(engine, page(tmp_path)).with_suffix(".txt").read_text()


def test_a_folder_with_a_difficult_name(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / 'two words; "$(touch x)" ü'
    folder.mkdir()
    assert SENTENCE in read(engine, page(folder)).with_suffix(".txt").read_text()


@pytest.mark.parametrize("quarters", range(4))
def test_it_tells_how_print_lies(engine: Engine, tmp_path: Path, quarters: int) -> None:
    path = tmp_path / "page.pgm"
    upright = drawn("\n".join([SENTENCE] * 8), (1300, 600))
    upright.rotate(90 * quarters, expand=True).save(path)
    told = engine.orientation(path, 60)
    assert told is not None
    assert told[0] == quarters, "clockwise, after which it is upright"
    assert told[1] > 1
    assert SENTENCE in read(engine, page(tmp_path)).with_suffix(".txt").read_text()


def test_too_little_print_tells_nothing(engine: Engine, tmp_path: Path) -> None:
    assert engine.orientation(page(tmp_path, "No"), 60) is None


def test_what_makes_two_readings_the_same(engine: Engine) -> None:
    assert engine.version in engine.identity("eng")
    assert engine.identity("eng") == engine.identity("eng")
    assert engine.identity("deu+eng") != engine.identity("eng+deu")


def test_what_is_recorded_with_a_job(engine: Engine) -> None:
    recorded = engine.describe("eng")
    assert recorded["engine"] in {"tesserocr", "tesseract"}
    assert recorded["version"][0].isdigit()
    model = recorded["model"]["eng"]
    assert (model["file"], len(model["sha256"])) == ("eng.traineddata", 64)
    assert model["bytes"] > 1_000_000
    assert recorded["variables"]["textonly_pdf"] == "1"
