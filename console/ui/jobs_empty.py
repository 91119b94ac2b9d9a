"""What stands in place of the jobs where there are none."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from console.ui.kit.buttons import Button
from console.ui.kit.empty import EmptyState

translate = QCoreApplication.translate


class NoJobs(EmptyState):
    """There is no job at all: how to get some."""

    def __init__(self) -> None:
        add, samples = translate("Jobs", "Add files…"), translate("Jobs", "Read the sample documents")
        self.add_button = Button(add, icon="plus", kind="primary", key="Ctrl+O", height=32, changes=True)
        self.samples_button = Button(samples, icon="play", height=32, changes=True)
        super().__init__(
            icon="files",
            title=translate("Jobs", "No jobs yet"),
            sentences=(
                translate("Jobs", "Drop files or folders anywhere in this window."),
                translate("Jobs", "A plan comes first. Nothing is uploaded before you press Start."),
            ),
            buttons=(self.add_button, self.samples_button),
            note=translate("Jobs", "Reads PDF, PNG, JPEG, TIFF, WebP, BMP and GIF"),
            frame=True,
        )


def no_hits(clear: Callable[[], None]) -> EmptyState:
    """No job meets the filter: say which, and offer to clear it."""
    button = Button(translate("Jobs", "Clear the filter"), icon="x", key="Esc", kind="primary", height=32)
    button.clicked.connect(clear)
    return EmptyState(icon="list-filter", title=translate("Jobs", "No job fits"), sentences=("",), buttons=(button,))
