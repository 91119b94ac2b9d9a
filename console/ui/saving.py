"""What is done with saved filters: shown, named, renamed, deleted with an undo, and counted while somebody looks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from console.bridge.saved_views import MOST, SavedViews, View, ViewCounts
from console.ui import words
from console.ui.going import JOBS
from console.ui.naming import ask_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence, Set

    from console.bridge.background import Background
    from console.bridge.remembered import Remembered
    from console.bridge.saved_views import Counts
    from console.ops.snapshot import Snapshot
    from console.ui.frame import Frame
    from console.ui.jobs import JobsPage
    from console.ui.palette_hits import Hit

translate = QCoreApplication.translate


class Saving(QObject):
    """Between the side bar, the jobs page and what is remembered.

    Args:
        frame: The window with the side bar.
        page: Gives the jobs page, which is made by this if it was not yet.
        background: Where is counted.
        remembered: Where the user's own are kept.
    """

    def __init__(
        self, frame: Frame, page: Callable[[], JobsPage], background: Background, remembered: Remembered
    ) -> None:
        super().__init__(frame)
        self._frame, self._list, self._make_page = frame, frame.side_bar.saved, page
        self._page: JobsPage | None = None
        self._changed = False  # since it was counted: it is not counted with every picture
        self.views = SavedViews(remembered, self)
        self.counts = ViewCounts(background, self)
        self.views.changed.connect(self._show_views)
        self.counts.counted.connect(self._list.show_counts)
        self._list.chosen.connect(self.open)
        self._list.save_asked.connect(self.save)
        self._list.rename_asked.connect(self.rename)
        self._list.delete_asked.connect(self.delete)
        frame.page_shown.connect(lambda _name: self._mark())
        self._show_views()

    def watch(self, page: JobsPage) -> None:
        """Follow what this page shows; call it when there is one."""
        self._page = page
        page.save_asked.connect(self.save)
        page.filter.changed.connect(self._mark)
        self._mark()

    def open_source(self, source: Counts) -> None:
        """Count in this store."""
        self.counts.open(source)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Count anew, where something changed since it was counted and somebody sees it."""
        self._changed = self._changed or bool(snapshot.changed) or not self._list.counts
        if self._changed and self._list.isVisible() and not self._frame.isMinimized():
            self._changed = not self.counts.refresh(self._list.filters)

    def open(self, view: View) -> None:
        """Show the jobs of a view."""
        self._frame.show_page(JOBS)
        self._make_page().show_view(view)

    def hits(self) -> Sequence[Hit]:
        """All views, for the palette."""
        from console.ui.palette_hits import Hit

        return [
            Hit("view", "list-filter", entry.view.name, partial(self.open, entry.view)) for entry in self._list.entries
        ]

    def save(self) -> None:
        """Ask for a name and keep what the page shows."""
        if len(self.views.views) >= MOST:
            one, many = translate("Saved", "{n} filter is saved."), translate("Saved", "{n} filters are saved.")
            advice = translate("Saved", "Delete one to save another.")
            self._frame.notices.tell(words.counted(MOST, one, many), advice, bad=True)
            return
        page = self._make_page()
        now = page.view
        name = self._ask_name(translate("Saved", "Save this filter"), page.filter.describe(), "")
        if name:
            self.views.save(View(name, now.chosen, now.order, now.descending, now.columns))
            self.counts.refresh(self._list.filters, at_once=True)

    def rename(self, view: View) -> None:
        """Ask for another name."""
        others = {one.name for one in self.views.views} - {view.name}
        name = self._ask_name(translate("Saved", "Rename this filter"), "", view.name, others)
        if name and name != view.name:
            self.views.rename(view, name)

    def delete(self, view: View) -> None:
        """Keep it no longer; it can be taken back."""
        place = self.views.delete(view)
        sentence = translate("Saved", "The filter {name} is deleted.").replace("{name}", words.isolated(view.name))
        self._frame.notices.tell(sentence, undo=partial(self.views.save, view, place))

    def _ask_name(self, title: str, sentence: str, name: str, others: Set[str] = frozenset()) -> str:
        taken = {entry.view.name for entry in self._list.entries if not entry.own} | others
        there = translate("Saved", "There is a filter of this name already.")
        return ask_name(
            self._frame,
            title=title,
            sentence=sentence,
            act=translate("Saved", "Save filter"),
            name=name,
            fault=lambda text: there if text in taken else "",
        )

    def _show_views(self) -> None:
        self._list.show_views(self.views.views)
        self._mark()

    def _mark(self) -> None:
        page = self._page if self._frame.current_page == JOBS else None
        self._list.show_current(None if page is None else page.filter.chosen)
