"""Languages as they are chosen: from what workers have, each with its name."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMenu

from console.ui.languages import LanguageField, language_name


def test_languages_are_added_from_what_workers_have(qtbot):
    field = LanguageField()
    qtbot.addWidget(field)
    field.set_fleet([frozenset({"eng", "deu", "osd"}), frozenset({"eng", "deu", "osd", "vie"})])
    texts = [action.text() for action in field.menu().actions()]
    assert texts == ["German", "Vietnamese  (on 1 of 2 workers)"]
    field.menu().actions()[0].trigger()
    assert field.value == "eng+deu"
    with qtbot.waitSignal(field.changed):
        field._tokens[0].click()
    assert field.value == "deu"


def test_a_menu_of_languages_is_gone_when_it_is_closed(qtbot):
    field = LanguageField()
    qtbot.addWidget(field)
    field.set_fleet([frozenset({"deu", "eng"})])
    field.show()
    field._open_menu()
    (menu,) = field.findChildren(QMenu)
    menu.close()
    qtbot.waitUntil(lambda: not field.findChildren(QMenu))


@pytest.mark.parametrize(
    ("code", "name"),
    [("deu", "German"), ("vie", "Vietnamese"), ("chi_sim", "Chinese (simplified)"), ("xyz_q", "xyz_q")],
)
def test_languages_have_names(code: str, name: str):
    assert language_name(code) == name
