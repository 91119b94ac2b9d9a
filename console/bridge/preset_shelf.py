"""The presets as the window has them: listed, saved, renamed and removed in the background, for they are files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background, Latest
from console.bridge.remembered import Remembered
from console.ops.presets import BALANCED, BUILT_IN, Preset, folded
from console.ops.reading_options import check_options
from worker.core.errors import UsageError

if TYPE_CHECKING:
    from console.ops.preset_files import Removed, Shelf
    from worker.core.jobs import Options

KEY = "plan.preset"  # of what is remembered: with which new batches begin
T = TypeVar("T")


def refusal(options: Options) -> UsageError | None:
    """Why nothing can be read with these options, whatever the files; None if it can."""
    try:
        check_options(options)
    except UsageError as refused:
        return refused
    return None


class PresetShelf(QObject):
    """Those that everybody has, and the user's own; what became of an act is told by the signals.

    Args:
        background: Where files are read and written.
        remembered: With which preset new batches begin.
    """

    changed = Signal()
    saved = Signal(object)  # Preset
    renamed = Signal(str, str)  # its old name and its new one
    removed = Signal(object)  # Removed
    restored = Signal(str)  # its name
    failed = Signal(object)  # OcrConsoleError: nothing was changed
    damaged = Signal(str, str)  # the name of a file that cannot be used, and why; once for each

    def __init__(self, background: Background, remembered: Remembered, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background, self._remembered = background, remembered
        self._listing = Latest(background)
        self._told: frozenset[str] = frozenset()  # why files cannot be used, of those that were told
        self.presets: tuple[Preset, ...] = BUILT_IN
        self.unusable: tuple[str, ...] = ()  # the names of files that cannot be used

    @property
    def default(self) -> str:
        """The name of that with which new batches begin; it may be gone."""
        name: str = self._remembered.get(KEY, str, BALANCED)
        return name

    def set_default(self, name: str) -> None:
        """Begin new batches with this one."""
        self._remembered.put(KEY, name)
        self.changed.emit()

    def named(self, name: str) -> Preset:
        """The one of that name; Balanced if it is gone."""
        return next((preset for preset in self.presets if preset.name == name), BUILT_IN[0])

    def refresh(self) -> None:
        """See what there is by now: another console may have changed it."""
        self._listing.submit(_listed, done=self._take, failed=self.failed.emit)

    def name_fault(self, name: str, before: str = "") -> UsageError | None:
        """Why none can be called so; `before` is the name that the preset has now."""
        from console.ops.preset_files import expect_name, taken

        try:
            kept = expect_name(name)
        except UsageError as refused:
            return refused
        names = (*(preset.name for preset in self.presets), *self.unusable)
        others = {folded(name) for name in names} - {folded(before)}
        return taken(kept) if folded(kept) in others else None

    def save(self, preset: Preset, *, replace: bool = False) -> None:
        """Keep one; one that has this name gives way to it, or it is refused."""
        from console.ops.preset_files import save

        self._do(partial(save, preset, replace=replace), self.saved.emit)

    def rename(self, old: str, new: str) -> None:
        """Give one another name."""
        from console.ops.preset_files import rename

        def told(name: str) -> None:
            if self.default == old:
                self._remembered.put(KEY, name)
            self.renamed.emit(old, name)

        self._do(partial(rename, old, new), told)

    def remove(self, name: str) -> None:
        """Remove one, also one that cannot be used; `restore` brings it back."""
        from console.ops.preset_files import remove

        self._do(partial(remove, name), self.removed.emit)

    def restore(self, removed: Removed) -> None:
        """Bring back what was removed."""
        from console.ops.preset_files import restore

        self._do(partial(restore, removed), lambda _none: self.restored.emit(removed.name))

    def _do(self, act: Callable[[], T], done: Callable[[T], None]) -> None:
        def call() -> tuple[T, Shelf]:
            return act(), _listed()

        def took(answer: tuple[T, Shelf]) -> None:
            self._listing.drop()  # what was listed before is older
            self._take(answer[1], partial(done, answer[0]))

        self._background.submit(call, done=took, failed=self.failed.emit)

    def _take(self, found: Shelf, tell: Callable[[], None] = lambda: None) -> None:
        """Have these; what was done is told while they are there and nobody has looked at them yet."""
        before = self.presets, self.unusable
        self.presets, self.unusable = found.presets, tuple(name for name, _ in found.damaged)
        tell()
        if (self.presets, self.unusable) != before:
            self.changed.emit()
        told, self._told = self._told, frozenset(why for _, why in found.damaged)
        for name, why in found.damaged:
            if why not in told:
                self.damaged.emit(name, why)


def _listed() -> Shelf:
    from console.ops.preset_files import shelf

    return shelf()
