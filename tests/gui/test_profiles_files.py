"""Profiles as real files, from the pane: made, copied, imported, changed, removed and brought back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest
from PySide6.QtWidgets import QWidget

from console.bridge.background import Background
from console.bridge.profile_editing import ProfileEditing
from console.ops.profile_list import Listed
from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field
from console.ui.profiles_new import NewProfile, NewProfileForm
from tests.gui.profile_days import HERE, VALUES
from tests.gui.profiles_room import Room, typed


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of real files."""
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *_, **__: tmp_path)
    made = tmp_path / "profiles"
    made.mkdir()
    text = "# ours\n" + "".join(f"{name}='{value}'\n" for name, value in VALUES.items())
    (made / "production.env").write_text(
        text.replace("OCR_CONSOLE_KEYRING='MINIO_SECRET_KEY'", "MINIO_SECRET_KEY=geheim-3")
    )
    return made


def test_real_files_are_made_copied_imported_changed_removed_and_brought_back(
    qtbot, background: Background, folder: Path, answer: Callable[..., list[str]], monkeypatch
):
    room = Room(background, desk=ProfileEditing(background))
    qtbot.addWidget(room.frame)
    real = folder / "production.env"
    room.office.there = (HERE, Listed(str(real), "production", real))
    room.places.show_profile(str(real))
    qtbot.waitUntil(lambda: room.field("MINIO_OCR_BUCKET").text() == "ocr")
    typed(room.field("MINIO_OCR_BUCKET"), "archive")
    room.pane.save()
    qtbot.waitUntil(lambda: "production is saved" in room.told)
    assert "# ours\n" in real.read_text()
    assert "MINIO_OCR_BUCKET='archive'" in real.read_text()
    assert "geheim-3" in real.read_text()

    def call_it(name: str) -> Callable[[Question], None]:
        def reply(question: Question) -> None:
            field = question.findChild(Field)
            assert field is not None
            field.setText("production")
            assert not question.act.isEnabled()  # it is taken
            field.setText(name)
            question.act.click()

        return reply

    with qtbot.waitSignal(room.desk.made) as made:
        answer(call_it("fresh"))
        room.places.ask_new()
    assert made.args == [str(folder / "fresh.env")]
    with qtbot.waitSignal(room.desk.made):
        answer(call_it("copy"))
        room.pane.duplicate_asked.emit(room.office.there[1])
    assert "geheim-3" in (folder / "copy.env").read_text()
    compose = folder.parent / "theirs.env"
    compose.write_text("DATABASE_URL=postgresql://a:b c@db/ocr\nTHEIRS=1\n")
    with qtbot.waitSignal(room.desk.imported) as imported:
        room.desk.import_env(compose, "theirs")
    assert imported.args[0].taken == ("DATABASE_URL",)
    assert "Missing: " in room.told
    with qtbot.waitSignal(room.desk.removed):
        room.desk.remove(real)
    assert not real.exists()
    qtbot.waitUntil(lambda: "production is removed" in room.told)
    with qtbot.waitSignal(room.desk.made):
        room.frame.notices.undo()
    assert real.exists()


def test_a_file_that_cannot_be_written_is_said_and_what_was_typed_stays(qtbot, background: Background, folder: Path):
    room = Room(background, desk=ProfileEditing(background))
    qtbot.addWidget(room.frame)
    real = folder / "production.env"
    room.office.there = (HERE, Listed(str(real), "production", real))
    room.places.show_profile(str(real))
    qtbot.waitUntil(lambda: room.field("MINIO_OCR_BUCKET").text() == "ocr")
    typed(room.field("MINIO_OCR_BUCKET"), "archive")
    real.unlink()
    room.pane.save()
    qtbot.waitUntil(lambda: "cannot be read" in room.told)
    assert room.field("MINIO_OCR_BUCKET").text() == "archive"
    assert room.pane.save_action.isEnabled()


def test_a_new_one_has_nothing_of_what_was_typed_for_one_of_its_name(qtbot, background: Background, folder: Path):
    editing, address = ProfileEditing(background), str(folder / "north.env")
    typed_before = ({"MINIO_OCR_BUCKET": "archive"}, frozenset[str]())
    editing.drafts[address] = typed_before
    with qtbot.waitSignal(editing.made):
        editing.create("north")
    assert editing.drafts == {}
    with qtbot.waitSignal(editing.removed) as removed:
        editing.remove(Path(address))
    editing.drafts[address] = typed_before
    with qtbot.waitSignal(editing.made):
        editing.restore(removed.args[0])
    assert editing.drafts == {address: typed_before}


def test_a_file_from_elsewhere_gives_the_new_one_its_name(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    window = QWidget()
    qtbot.addWidget(window)
    form = NewProfileForm(window, ["Staging"])
    monkeypatch.setattr("console.ui.profiles_new.QFileDialog.getOpenFileName", lambda *_: (str(tmp_path / "a.env"), ""))
    form.file_button.click()
    assert form.answer == NewProfile("a", tmp_path / "a.env")
    assert form.question.act.text() == "Import it"
    assert form.question.act.isEnabled()
    form.name.setText("staging")
    assert not form.question.act.isEnabled()
    assert "already" in form.note.text()
