"""The queues from which a worker that is to be started takes work: tokens, and a menu of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from console.ui import words
from console.ui.kit.tokens import TokenField
from worker.core.jobs import LEGACY_QUEUE, QUEUE

if TYPE_CHECKING:
    from console.ops.fleet import Queue

translate = QCoreApplication.translate
USUAL = (QUEUE, LEGACY_QUEUE)


class QueueField(TokenField):
    """The chosen queues."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._known: Mapping[str, bool] = dict.fromkeys(USUAL, False)  # by name: whether it is paused
        super().__init__(USUAL, adding=translate("StartWorker", "Add a queue"), parent=parent)

    def show_queues(self, queues: Sequence[Queue]) -> None:
        """Offer these."""
        known = {**dict.fromkeys(USUAL, False), **{queue.queue: queue.paused for queue in queues}}
        if known != self._known:
            self._known = known
            self.show_chosen()

    def offered(self) -> tuple[str, ...]:
        """Those that are not chosen, ours first."""
        return tuple(name for name in self._known if name not in self.chosen)

    def entry(self, code: str) -> str:
        """Its name, and that it is paused."""
        paused = translate("StartWorker", "{queue}  (paused)").format(queue=code)
        return paused if self._known[code] else code

    def spoken(self) -> str:
        """All of them."""
        return translate("StartWorker", "Queues: {names}").format(names=", ".join(self.chosen))

    def remark(self) -> str:
        """What is to be known of the choice; "" for nothing."""
        paused = [name for name in self.chosen if self._known.get(name)]
        one = translate("StartWorker", "{queues} is paused: it waits until somebody resumes it")
        many = translate("StartWorker", "{queues} are paused: they wait until somebody resumes them")
        return words.counted(len(paused), one, many).replace("{queues}", ", ".join(paused)) if paused else ""
