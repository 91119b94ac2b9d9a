"""Two starts, one window."""

from console.ui.one_window import OneWindow


def test_a_second_start_raises_the_first_and_names_its_batch(qtbot):
    first, second = OneWindow("/home/a"), OneWindow("/home/a")
    assert first.claim()
    with qtbot.waitSignal(first.raised) as told:
        assert not second.claim("Minutes 1962")
    assert told.args == ["Minutes 1962"]
    first.close()
    assert second.claim()
    second.close()


def test_other_places_are_other_windows(qtbot):
    first, second = OneWindow("/home/a"), OneWindow("/home/b")
    assert first.claim()
    assert second.claim()
    first.close()
    second.close()
