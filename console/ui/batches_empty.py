"""What stands in place of the table of batches while there is nothing to show."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from console.ui.kit.buttons import Button
from console.ui.kit.empty import EmptyState

translate = QCoreApplication.translate


def add_button() -> Button:
    """The one way to a first batch."""
    text = translate("Batches", "Add files…")
    return Button(text, icon="plus", kind="primary", key="Ctrl+O", height=32, changes=True)


def no_batches(add: Button) -> EmptyState:
    """There is no batch at all."""
    return EmptyState(
        icon="layers",
        title=translate("Batches", "No batches yet"),
        sentences=(translate("Batches", "Files that are added together are a batch."),),
        buttons=(add,),
    )


def no_hits(clear: Callable[[], object]) -> EmptyState:
    """None fits the filter; its sentence is to be filled in."""
    button = Button(translate("Batches", "Clear the filter"), icon="x", key="Esc", kind="primary", height=32)
    button.clicked.connect(clear)
    title = translate("Batches", "No batch fits")
    return EmptyState(icon="list-filter", title=title, sentences=("",), buttons=(button,))
