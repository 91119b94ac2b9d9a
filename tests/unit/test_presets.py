"""Presets: what they say, and the user's own as files that two consoles share."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import platformdirs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.ops import preset_files
from console.ops.preset_files import remove, rename, restore, save, shelf
from console.ops.presets import BUILT_IN, Preset
from console.ops.reading_options import check_options
from tests.unit.test_cli_acts import ONE, Deployment, Verb, there, verb
from tests.unit.test_cli_main import as_it_was
from worker.core.errors import NotFoundError, OcrConsoleError, SettingsError, UsageError
from worker.core.jobs import DPI, FORMATS, MODES, Options, Priority

__all__ = ["as_it_was", "there", "verb"]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
VALUES = st.builds(
    Options,
    languages=st.sampled_from(["", "eng", "deu+vie"]),
    mode=st.sampled_from(MODES),
    formats=st.sets(st.sampled_from(FORMATS), min_size=1).map(lambda some: tuple(f for f in FORMATS if f in some)),
    pages=st.sampled_from(["", "3-7,9", "12-"]),
    dpi=st.sampled_from(DPI),
    deskew=st.booleans(),
    pdfa=st.booleans(),
    keep_scripts=st.booleans(),
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *_, **__: tmp_path / "config")
    return preset_files.folder()


def own() -> dict[str, Preset]:
    return {preset.name: preset for preset in shelf().presets if not preset.built_in}


def refusal(act: Callable[..., object], *args: object) -> str:
    with pytest.raises(OcrConsoleError) as refused:
        act(*args)
    return f"{refused.value.sentence} {refused.value.advice}".strip()


def test_those_that_everybody_has_can_be_used_and_are_told_apart() -> None:
    for preset in BUILT_IN:
        check_options(preset.options())
        assert preset.sentence
        assert preset.values.languages == ""  # a choice of outputs is to change no languages
        assert shelf().named(preset.shown.upper()) == shelf().named(preset.name) == preset
    assert len({preset.options() for preset in BUILT_IN}) == len(BUILT_IN)
    assert BUILT_IN[0].options() == Options()


@given(VALUES, st.sampled_from(Priority))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_was_saved_is_found_again(values: Options, priority: Priority) -> None:
    preset = Preset("Grundbuch", replace(values, pdfa=values.pdfa and "pdf" in values.formats), priority)
    save(preset, replace=True)
    found = own()["Grundbuch"]
    assert (found.values, found.priority, found.built_in) == (preset.values, priority, False)


@given(JSON | st.dictionaries(st.sampled_from(list(Preset("").as_dict())), JSON))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_file_of_anything_is_a_preset_or_one_sentence(folder: Path, given_values: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "any.json").write_text(json.dumps(given_values), "utf-8")
    save(Preset("other"), replace=True)
    found = shelf()
    assert "other" in {preset.name for preset in found.presets}
    if found.damaged:
        assert found.damaged[0][1].startswith("The preset any cannot be used. ")
        assert refusal(found.named, "ANY").endswith("Mend its file, or remove it and save it anew.")
    else:
        check_options(found.named("any").options())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "is damaged."),
        ("\xff", "is damaged."),
        ("[]", "It is not a list of values by their names."),
        ('{"dpi": 5}', "Pages cannot be drawn at 5 dpi."),
        ('{"dpi": "400"}', "“400” cannot be its dpi."),
        ('{"formats": []}', "No output is chosen."),
        ('{"formats": ["doc"]}', "There is no format doc."),
        ('{"formats": ["txt"], "pdfa": true}', "PDF/A is chosen without the searchable PDF."),
        ('{"mode": "twice"}', "There is no mode twice."),
        ('{"languages": "a b"}', "“a b” names no languages."),
        ('{"pages": "9-3"}', "The page range “9-3” runs backwards"),
        ('{"deskew": "no"}', "“no” cannot be its deskew."),
        ('{"priority": "urgent"}', "“urgent” cannot be its priority."),
    ],
)
def test_a_damaged_file_costs_one_sentence_and_its_own_preset(folder: Path, content: str, why: str) -> None:
    save(Preset("whole"))
    (folder / "broken.json").write_text(content, "latin-1")
    assert why in shelf().damaged[0][1]
    assert list(own()) == ["whole"]
    remove("broken")
    assert shelf().damaged == ()


@pytest.mark.parametrize("content", ["{", "{}"])
def test_a_file_with_a_name_that_everybody_has_hides_nothing_and_can_be_removed(
    folder: Path, content: str, verb: Verb
) -> None:
    folder.mkdir(parents=True)
    (folder / "balanced.json").write_text(content, "utf-8")
    found = shelf()
    assert (found.presets, found.named("balanced")) == (BUILT_IN, BUILT_IN[0])
    assert found.damaged[0][1].endswith("“balanced” is the name of a preset that is always there.")
    assert verb("reprocess", ONE, "--lang", "deu")[0] == 0  # which asks for Balanced
    assert verb("presets", "remove", "balanced")[:2] == (0, {"name": "balanced"})
    assert verb("presets", "remove", "balanced")[0] == 2


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"formats": ()}, "No output is chosen."),
        ({"dpi": 5}, "Pages cannot be drawn at 5 dpi."),
        ({"pages": "9-3"}, "The page range “9-3” runs backwards"),
    ],
)
def test_what_nothing_can_be_read_with_is_not_kept(values: dict[str, Any], why: str) -> None:
    kept = save(Preset("one"))
    assert refusal(save, replace(kept, values=replace(kept.values, **values))).startswith(why)
    with pytest.raises(UsageError):
        save(replace(kept, values=replace(kept.values, **values)), replace=True)
    assert own()["one"].values == replace(kept.values, preset="one")


def test_what_a_file_does_not_say_takes_its_default_and_what_is_new_in_it_is_passed_over(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "short.json").write_text('{"dpi": 400, "of a later version": 1}', "utf-8")
    assert own()["short"].options() == replace(Options(), dpi=400)


@pytest.mark.parametrize("name", ["", "..", "a/b", "x.json", "nul", "Balanced", "small print", "é" * 61])
def test_names_that_cannot_be(name: str) -> None:
    assert refusal(save, Preset(name)).startswith(f"“{name}” ")
    assert own() == {}


def test_names_of_the_user_are_kept_as_they_were_given() -> None:
    save(Preset("Hồ sơ 2026"))
    assert shelf().named("hồ SƠ-2026").name == "Hồ sơ 2026"
    assert refusal(save, Preset("Hồ-sơ 2026")) == "There is a preset Hồ-sơ 2026 already. Choose another name."
    assert rename("Hồ sơ 2026", "HỒ SƠ 2026") == "HỒ SƠ 2026"
    assert list(own()) == ["HỒ SƠ 2026"]


def test_renamed_removed_and_brought_back() -> None:
    kept = save(Preset("one", replace(Options(), dpi=400)))
    save(Preset("two"))
    assert refusal(rename, "one", "Two").startswith("There is a preset Two already.")
    rename("one", "three")
    assert own()["three"].values.dpi == kept.values.dpi
    gone = remove("three")
    assert list(own()) == ["two"]
    restore(gone)
    assert own()["three"].values.dpi == 400
    assert refusal(restore, gone).startswith("There is a preset three already.")
    assert refusal(remove, "archive") == "The preset archive is always there. Only your own can be removed."
    with pytest.raises(NotFoundError):
        rename("one", "four")


def test_two_consoles_at_once_lose_none_of_each_other_s(folder: Path) -> None:
    together, refused = Barrier(8), []

    def console(number: int) -> None:
        together.wait()
        save(Preset(f"of {number}", replace(Options(), dpi=100 + number)))
        try:
            save(Preset("of all", replace(Options(), dpi=100 + number)))
        except UsageError as error:
            refused.append(error.sentence)

    threads = [Thread(target=console, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(own()) == {"of all", *(f"of {number}" for number in range(8))}
    assert refused == ["There is a preset of all already."] * 7
    assert all(path.suffix == ".json" for path in folder.iterdir())


def test_a_folder_that_cannot_be_written_is_one_sentence(folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_text("a file in its place", "utf-8")
    assert shelf().presets == BUILT_IN
    with pytest.raises(SettingsError):
        save(Preset("one"))


def test_what_a_preset_leaves_open_is_not_changed_by_choosing_it() -> None:
    preset = Preset("400", replace(Options(), languages="", dpi=400))
    assert preset.options("deu", "3-7").languages == "deu"
    assert not preset.chosen(preset.options("deu", "3-7")).changed
    assert preset.chosen(replace(preset.options(), dpi=300)).changed
    assert not {"languages", "pages"} & set(preset.change({}))
    spoken = Preset("deu", replace(Options(), languages="deu"))
    assert spoken.change({})["languages"] == "deu"
    assert spoken.chosen(spoken.options("eng")) == Options(languages="deu")


def test_the_nearest_is_named() -> None:
    save(Preset("Grundbuch"))
    assert refusal(shelf().named, "grundbuhc") == "There is no preset grundbuhc. Is Grundbuch meant?"
    assert refusal(shelf().named, "zzz").startswith("There is no preset zzz. Presets are balanced, fast-text, ")


def test_presets_on_the_command_line(verb: Verb, folder: Path) -> None:
    code, saved, _ = verb("presets", "save", "Grundbuch", "--preset", "archive", "--lang", "deu", "--no-deskew")
    assert (code, saved["languages"], saved["pdfa"], saved["deskew"], saved["pages"]) == (0, "deu", True, False, "")
    assert verb("presets", "save", "Grundbuch")[2].startswith("There is a preset Grundbuch already.")
    verb("presets", "save", "Grundbuch", "--priority", "low", "--format", "txt,md", "--replace")
    (folder / "broken.json").write_text("{", "utf-8")
    code, listed, said = verb("presets")
    assert code == 0
    assert [one["name"] for one in listed if not one["built_in"]] == ["Grundbuch"]
    assert said.startswith("The preset broken cannot be used. ")
    shown = verb("presets", "show", "grundbuch")[1]
    assert (shown["priority"], shown["formats"], shown["languages"]) == ("low", ["txt", "md"], None)
    assert verb("presets", "remove", "Grundbuch")[:2] == (0, {"name": "Grundbuch"})
    assert verb("presets", "remove", "Grundbuch")[0] == 4


def test_a_reprocess_by_a_preset_changes_all_that_it_says(verb: Verb, there: Deployment) -> None:
    verb("reprocess", ONE, "--preset", "Archive")
    verb("reprocess", ONE, "--preset", "archive", "--format", "txt", "--lang", "deu")
    plain, other = (command.change for command in there.commands)
    said: dict[str, Any] = {"mode": "auto", "dpi": 300, "deskew": True, "keep_scripts": False, "preset": "archive"}
    assert plain == {**said, "formats": ["txt", "pdf", "hocr", "alto"], "pdfa": True, "changed": False}
    assert other == {**said, "formats": ("txt",), "pdfa": False, "languages": "deu", "changed": True}
    code, _, told = verb("reprocess", ONE, "--preset", "archve")
    assert (code, told) == (2, "There is no preset archve. Is archive meant?\n")
    assert verb("reprocess", ONE, "--format", "txt", "--pdfa")[0] == 2
