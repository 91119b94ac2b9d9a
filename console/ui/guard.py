"""A production profile in the window: read-only at first, unlocked by its name for some minutes, locked by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ParamSpec, Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from console.ui.actions import Action
from console.ui.frame import Frame
from console.ui.kit.boxes import Box, column
from console.ui.kit.buttons import Button
from console.ui.kit.dialogs import Fact, Question
from console.ui.kit.fields import Field
from console.ui.kit.labels import Label
from console.ui.notices import asked

translate = QCoreApplication.translate
P = ParamSpec("P")
TICK_MS = 500
PRESSES = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick})
KEYS = frozenset({Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Select})


class Lock(Protocol):
    """The rule, which lies elsewhere: what is pressed here is refused there too."""

    @property
    def locked(self) -> bool:
        """Whether changes are refused."""
        ...

    @property
    def left_s(self) -> float:
        """Seconds until it locks itself."""
        ...


class ProductionLock(QObject):
    """Shows the lock on every button that changes something, and leads a press on one to the question for the name.

    On a profile that is no production's it does nothing.
    """

    unlock_asked = Signal(str, str)  # the name that was typed, and a reason or ""
    lock_asked = Signal()

    def __init__(self, frame: Frame, profile: str, *, production: bool) -> None:
        super().__init__(frame)
        self._frame, self._profile, self._production = frame, profile, production
        self._lock: Lock | None = None
        self._shown: bool | None = None
        self._clock = QTimer(self, interval=TICK_MS)
        self._clock.timeout.connect(self.refresh)
        frame.top_bar.lock_button.clicked.connect(self.press)
        self.refresh()

    @property
    def locked(self) -> bool:
        """Whether changes are refused; also while it is not known yet."""
        return self._production and (self._lock is None or self._lock.locked)

    @property
    def left_s(self) -> float:
        """Seconds until it locks itself; 0 while it is locked."""
        return 0.0 if self.locked or self._lock is None else self._lock.left_s

    @property
    def production(self) -> str:
        """The profile's name if it is a production one, else ""."""
        return self._profile if self._production else ""

    def watch(self, lock: Lock) -> None:
        """Follow this rule, which is known when the services are open."""
        self._lock = lock
        self.refresh()

    def refresh(self) -> None:
        """Show how it stands now."""
        if not self._production:
            return
        locked = self.locked
        self._frame.top_bar.show_lock(None if locked else self.left_s)
        if locked != self._shown:
            self._shown = locked
            self._mark(locked)
        self._clock.stop() if locked else self._clock.start()

    def mark_new(self) -> None:
        """Something was made since: show the lock on it, too."""
        if self._production:
            self._mark(self.locked)

    def only_unlocked(self, do: Callable[P, object]) -> Callable[P, None]:
        """The same act, but that it asks to unlock while the profile is locked."""

        def guarded(*args: P.args, **words: P.kwargs) -> None:
            if self.locked:
                self.ask_to_unlock()
            else:
                do(*args, **words)

        return guarded

    def ask_to_unlock(self) -> None:
        """Ask for the profile's name."""
        if self._lock is None:
            return
        name = _name_field(self._profile)
        reason = Field(name=translate("Guard", "Reason"), hint=translate("Guard", "Why, if you like"))
        sentence = translate("Guard", "It locks itself after that. The audit says who unlocked it, when and why.")
        question = Question(
            self._frame,
            title=translate("Guard", "Unlock {name} for 10 minutes?").format(name=self._profile),
            sentence=sentence,
            safe=translate("Guard", "Stay read-only"),
            act=translate("Guard", "Unlock for 10 minutes"),
            act_kind="primary",
            body=_asking(name, reason),
        )
        _only_with(name, self._profile, question)
        if asked(question):
            self.unlock_asked.emit(name.text(), reason.text().strip())

    def ask_to_destroy(
        self, *, title: str, sentence: str = "", facts: Sequence[Fact] = (), safe: str, act: str
    ) -> str | None:
        """Ask before what cannot be taken back; on production for its name, which the command then has to be given.

        Returns:
            None if it is not to be done; else the name to confirm it with, "" where none is needed.
        """
        name = _name_field(self._profile)
        question = Question(
            self._frame,
            title=title,
            sentence=sentence,
            facts=facts,
            safe=safe,
            act=act,
            body=_asking(name) if self._production else None,
        )
        if self._production:
            _only_with(name, self._profile, question)
        return name.text() if asked(question) else None

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """A locked button takes no press: it leads to the question instead."""
        pressed = event.type() in PRESSES
        keyed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in KEYS
        if not self.locked or not (pressed or keyed):
            return False
        if keyed or event.type() == QEvent.Type.MouseButtonRelease:
            self.ask_to_unlock()
        return True

    def press(self) -> None:
        """Unlock it, or lock it."""
        if self.locked:
            self.ask_to_unlock()
        else:
            self.lock_asked.emit()

    def _mark(self, locked: bool) -> None:
        """Show it on all that changes something, also on what was made since the last time."""
        for action in self._frame.findChildren(Action):
            if action.changes:
                action.set_lock(self.ask_to_unlock if locked else None)
        for button in self._frame.findChildren(Button):
            if button.changes:
                button.set_locked(locked)
                button.installEventFilter(self)  # once, however often it is said


def let_go(parent: QWidget, profile: str) -> bool:
    """Ask for the name of a production profile that is to be one no longer; whether it was typed."""
    name = _name_field(profile)
    question = Question(
        parent,
        title=translate("Guard", "Is {name} no longer production?").format(name=profile),
        sentence=translate("Guard", "It opens unlocked then, and asks for no name before something is destroyed."),
        safe=translate("Guard", "Leave it production"),
        act=translate("Guard", "Save"),
        body=_asking(name),
    )
    _only_with(name, profile, question)
    return asked(question)


def _name_field(profile: str) -> Field:
    return Field(name=translate("Guard", "Name of the profile"), hint=profile, icon="lock")


def _asking(name: Field, *more: Field) -> Box:
    question = Label(translate("Guard", "This is production. Type its name to go on."), weight=500)
    body = column(question, 8, name)
    for field in more:
        body.add(8, field)
    body.setFocusProxy(name)
    return body


def _only_with(field: Field, expected: str, question: Question) -> None:
    """The act can be chosen when the name is typed."""
    question.act.setEnabled(False)
    field.textChanged.connect(lambda text: question.act.setEnabled(text.strip() == expected))
    field.left.connect(question.reject)
