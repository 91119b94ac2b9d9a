"""Getting ready: services come up with their seconds, or it says why not."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from console.ui.first_run import FirstRunPage
from console.ui.start_steps import Step
from tests.gui.accessible import unnamed

STEPS = (Step("postgres", "Postgres", "18.6"), Step("redis", "Redis"), Step("s3", "S3"), Step("worker", "Worker"))


@pytest.fixture
def page(qtbot) -> FirstRunPage:
    made = FirstRunPage()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    made.begin("Getting ready on this machine", "OCR Console brings its own servers.", STEPS)
    return made


def words(page: FirstRunPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def states(page: FirstRunPage) -> list[str]:
    return [step.state for step in page.steps]


def button(page: FirstRunPage, text: str) -> QPushButton:
    return next(found for found in page.findChildren(QPushButton) if found.text() == text)


def test_services_come_up_one_after_the_other(page: FirstRunPage):
    assert states(page) == ["next"] * 4
    page.set_step("postgres", "starting")
    page.set_step("postgres", "ok")
    page.set_step("redis", "adopted")
    page.set_step("s3", "starting")
    assert states(page) == ["ok", "adopted", "starting", "next"]
    assert "2 of 4 ready" in words(page)
    assert page.steps[0].seconds is not None


def test_the_seconds_of_what_is_under_way_go_on(page: FirstRunPage, qtbot):
    page.set_step("s3", "starting")
    qtbot.waitUntil(lambda: (page.steps[2].seconds or 0) > 0.15)
    page.set_step("s3", "ok")
    stood = page.steps[2].seconds
    assert stood is not None
    assert stood > 0.15


def test_a_step_says_itself_in_words(page: FirstRunPage):
    page.set_step("postgres", "starting", "18.6, data in ~/ocr")
    line = page._steps._lines["postgres"]
    assert line.accessibleName().startswith("Postgres, Starting, 0.")
    assert line.accessibleName().endswith("18.6, data in ~/ocr")


def test_a_service_that_is_not_shown_is_no_matter(page: FirstRunPage):
    page.set_step("minio", "ok")
    assert states(page) == ["next"] * 4


def test_a_failure_says_what_to_do_and_can_be_tried_again(page: FirstRunPage, qtbot):
    page.set_step("postgres", "ok")
    page.set_step("redis", "starting")
    page.show_failure("Valkey did not start.", "Free port 6379.")
    assert states(page) == ["ok", "failed", "next", "next"]
    assert "Valkey did not start." in words(page)
    assert "Free port 6379." in words(page)
    with qtbot.waitSignal(page.again_asked):
        button(page, "Try again").click()
    assert not button(page, "Try again").isEnabled()
    with qtbot.waitSignal(page.doctor_asked):
        button(page, "Ask the doctor").click()
    page.show_failure("Valkey did not start.", "Free port 6379.")
    assert button(page, "Try again").isEnabled()
    page.begin("Getting ready on this machine", "", STEPS)
    assert "Valkey did not start." not in words(page)
    assert states(page) == ["next"] * 4


def test_what_a_newcomer_can_do(page: FirstRunPage, qtbot):
    with qtbot.waitSignal(page.files_asked):
        button(page, "Add files…").click()
    with qtbot.waitSignal(page.samples_asked):
        button(page, "Read the sample documents").click()


def test_facts_are_shown_and_ready_is_said(page: FirstRunPage):
    page.set_facts([("file-text", "Samples: 5 documents.")])
    for step in STEPS:
        page.set_step(step.key, "ok")
    page.show_ready("Ready on this machine")
    assert "4 of 4 ready" in words(page)
    assert "Ready on this machine" in words(page)


def test_every_control_has_a_name(page: FirstRunPage):
    page.show_failure("Valkey did not start.", "Free port 6379.")
    assert unnamed(page) == []
