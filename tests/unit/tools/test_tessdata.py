"""Languages are found wherever they lie, read together wherever they lie, and named when they are missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit import engines
from tests.unit.documents import SENTENCE, drawn
from worker.core.errors import NoLanguage
from worker.tools.tessdata import Tessdata, split_languages, wheel_folder
from worker.tools.tesserocr_engine import Tesserocr


def folder(path: Path, *languages: str) -> Path:
    for language in languages:
        file = path / f"{language}.traineddata"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(language)
    return path


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_the_folder_that_is_named_goes_first(tmp_path: Path) -> None:
    named = folder(tmp_path / "own", "eng", "zzz", "osd", "script/Latin")
    tessdata = Tessdata.find(str(named))
    assert tessdata.files["eng"] == named / "eng.traineddata"
    assert {"eng", "zzz", "script/Latin"} <= tessdata.languages
    assert "osd" not in tessdata.languages
    assert tessdata.folder("eng+zzz") == named
    assert tessdata.folder("script/Latin") == named


def test_its_parent_may_be_named_too(tmp_path: Path) -> None:
    named = folder(tmp_path / "own" / "tessdata", "zzz")
    assert Tessdata.find(str(tmp_path / "own")).files["zzz"] == named / "zzz.traineddata"


def test_languages_that_lie_apart_come_together(tmp_path: Path) -> None:
    one, other = folder(tmp_path / "one", "aaa"), folder(tmp_path / "other", "bbb", "script/Ccc")
    tessdata = Tessdata(
        {
            "aaa": one / "aaa.traineddata",
            "bbb": other / "bbb.traineddata",
            "script/Ccc": other / "script" / "Ccc.traineddata",
        }
    )
    together = tessdata.folder("aaa+script/Ccc+bbb")
    assert together not in {one, other}
    assert (together / "aaa.traineddata").read_text() == "aaa"
    assert (together / "script" / "Ccc.traineddata").read_text() == "script/Ccc"
    assert tessdata.folder("aaa+script/Ccc+bbb") == together


def test_they_come_together_where_the_user_has_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As users of services have none."""
    one, other = folder(tmp_path / "one", "aaa"), folder(tmp_path / "other", "bbb")
    (tmp_path / "nobody").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "nobody"))
    together = Tessdata({"aaa": one / "aaa.traineddata", "bbb": other / "bbb.traineddata"}).folder("aaa+bbb")
    assert [(together / f"{language}.traineddata").read_text() for language in ("aaa", "bbb")] == ["aaa", "bbb"]
    assert together.parent.parent.stat().st_mode & 0o077 == 0
    shutil.rmtree(together)


def test_a_file_that_moved_is_found_again(tmp_path: Path) -> None:
    one, other = folder(tmp_path / "one", "aaa"), folder(tmp_path / "other", "bbb")
    tessdata = Tessdata({"aaa": one / "aaa.traineddata", "bbb": other / "bbb.traineddata"})
    together = tessdata.folder("aaa+bbb")
    (together / "aaa.traineddata").unlink()
    assert tessdata.folder("aaa+bbb") == together
    assert sorted(path.name for path in together.iterdir()) == ["aaa.traineddata", "bbb.traineddata"]


def test_an_engine_reads_with_languages_that_lie_apart(tmp_path: Path) -> None:
    engines.engine("tesserocr")
    wheel = wheel_folder()
    if wheel is None:
        raise engines.missing("tesseract-wheel", "its languages are needed")
    apart = tmp_path / "apart"
    apart.mkdir()
    (apart / "eng.traineddata").symlink_to(wheel / "eng.traineddata")
    files = {"eng": apart / "eng.traineddata", "deu": wheel / "deu.traineddata"}
    image = tmp_path / "page.pgm"
    drawn().save(image)
    Tesserocr(Tessdata(files)).read(image, languages="deu+eng", dpi=300, base=tmp_path / "page", timeout=60)
    assert SENTENCE in (tmp_path / "page.txt").read_text()


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    tessdata = Tessdata.find(str(folder(tmp_path, "eng")))
    with pytest.raises(NoLanguage, match="“xxx”, “yyy”"):
        tessdata.folder("eng+xxx+yyy")


def test_languages_keep_their_order_each_once() -> None:
    assert split_languages("vie + eng+vie") == ("vie", "eng")
