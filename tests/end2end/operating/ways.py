"""What an operator does, by whatever way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from console.ui.frame import SMALLEST
from tests.end2end.operating.other_program import OtherProgram

if TYPE_CHECKING:
    from tests.end2end.operating.window import Window
    from tests.end2end.seat import Seat

SOURCE = (30, 60)  # where the other program's window is put


class Way(ABC):
    """Each act returns as soon as the window has taken it; what came of it is for the script to see."""

    def __init__(self, seat: Seat, window: Window, picture: Callable[[str], None]) -> None:
        self.seat, self.window, self.picture = seat, window, picture

    def add(self, files: Sequence[Path]) -> None:
        """Bring files from another program."""
        with OtherProgram(self.seat, files, SOURCE) as other:
            self.bring(other)
            self.window.until(lambda: self.window.page() == "plan", "the plan")  # the files are asked of the other one

    def make_small(self) -> None:
        """Make the window as small as it may be."""
        self.seat.resize(self.seat.window("OCR Console"), SMALLEST)

    @abstractmethod
    def fidget(self) -> None:
        """Do what does nothing yet, and end with nothing open."""

    @abstractmethod
    def bring(self, other: OtherProgram) -> None:
        """Bring over what the other program shows."""

    @abstractmethod
    def start(self) -> None:
        """Agree to the plan."""

    @abstractmethod
    def go_to(self, page: str) -> None:
        """Go to a page of the side bar."""

    @abstractmethod
    def check(self, names: Iterable[str]) -> None:
        """Check jobs by their names."""

    @abstractmethod
    def uncheck(self) -> None:
        """Check none."""

    @abstractmethod
    def cancel(self) -> None:
        """Cancel what is checked."""

    @abstractmethod
    def retry(self) -> None:
        """Retry what is checked."""

    @abstractmethod
    def make_urgent(self, name: str) -> None:
        """Give one job a high priority; none is checked before or after."""

    @abstractmethod
    def undo(self) -> None:
        """Take back what the notice tells of."""

    @abstractmethod
    def purge(self, queue: str) -> None:
        """Empty a queue, and answer the question."""

    @abstractmethod
    def pause(self, queue: str) -> None:
        """Pause a queue, or let it go on."""

    @abstractmethod
    def start_worker(self) -> None:
        """Start a worker on this machine, from the page of the doctor on."""

    @abstractmethod
    def restart_workers(self) -> None:
        """Put new workers of this machine in the place of all that run."""

    @abstractmethod
    def stop_workers(self) -> None:
        """Stop all workers of this machine, which have nothing to do."""

    @abstractmethod
    def show_failed(self) -> None:
        """Show only the jobs that failed."""

    @abstractmethod
    def show_all(self) -> None:
        """Show all jobs again."""

    @abstractmethod
    def open_job(self, name: str) -> None:
        """Go to a job by the palette."""

    @abstractmethod
    def enlarge(self) -> None:
        """Show a page larger."""

    @abstractmethod
    def leave_job(self) -> None:
        """Back to where it was opened."""

    @abstractmethod
    def open_keys(self) -> None:
        """Show all keys."""

    @abstractmethod
    def close_keys(self) -> None:
        """And leave them."""

    @abstractmethod
    def switch(self, profile: str) -> None:
        """Show another profile, by the badge."""

    @abstractmethod
    def close(self) -> None:
        """Close the window."""
