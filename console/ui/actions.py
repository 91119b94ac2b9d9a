"""What can be done from the keyboard: each with its words, icon and key, on and off together everywhere it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from console.ui.kit.buttons import Button, Kind

TYPED_WITH_SHIFT = frozenset("?+")


class Action(QAction):
    """A command of a page or of the window, by key and by button.

    The key works while the owner is on the screen and its window is active. A single letter goes to the field that
    has the focus, if one has: Qt asks a line edit first. One that `changes` something may be locked, and is off while
    the database is away.
    """

    def __init__(
        self,
        owner: QWidget,
        text: str,
        run: Callable[[], object],
        *,
        icon: str = "",
        key: str = "",
        changes: bool = False,
    ) -> None:
        super().__init__(text, owner)
        self.icon_name, self.key = icon, key
        self.changes = changes
        self._run = run
        self._wanted, self._away = True, False
        self._refuse: Callable[[], None] | None = None
        if key:
            # Some keyboards' drivers report the Shift with which these are typed, and some do not. Other signs have no
            # second key: Shift and the key of "/" are "?", and two actions that fit what is typed are both left undone.
            with_shift = [f"Shift+{key}"] if key in TYPED_WITH_SHIFT else []
            self.setShortcuts([QKeySequence(one) for one in (key, *with_shift)])
        self.triggered.connect(self._trigger)
        owner.addAction(self)

    def button(self, kind: Kind = "plain", *, height: int = 30, with_key: bool = True) -> Button:
        """A button that does this, shows its key where there is room for it, and is on when it is on."""
        made = Button(
            self.text(),
            icon=self.icon_name or None,
            key=(with_key and self.key) or None,
            kind=kind,
            height=height,
            changes=self.changes,
        )
        made.clicked.connect(self.trigger)
        made.setEnabled(self.isEnabled())
        self.enabledChanged.connect(made.setEnabled)
        return made

    def setEnabled(self, on: bool) -> None:
        self._wanted = on
        super().setEnabled(on and not self._away)

    def set_away(self, away: bool) -> None:
        """While the database is away it is off, whatever its page says."""
        self._away = away
        self.setEnabled(self._wanted)

    def set_lock(self, refuse: Callable[[], None] | None) -> None:
        """Do this in its place from now on; None: it is open."""
        self._refuse = refuse

    def _trigger(self) -> None:
        (self._refuse or self._run)()


def actions_of(page: QWidget) -> Iterator[tuple[str, Action]]:
    """What can be done on a page, each with the name of the part that it belongs to; "" for the page itself.

    The keys of a part work while the focus is in it. Parts that nobody sees are left out.
    """
    for part in (page, *page.findChildren(QWidget)):
        if part is page or part.isVisible():
            name = "" if part is page else part.accessibleName()
            yield from ((name, action) for action in part.actions() if isinstance(action, Action))
