"""What a hazard is: how its file is made, and how it has to end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from worker.core.jobs import Options

DONE = "done"
TAKEN = "taken"  # into the plan: only a worker can tell


@dataclass(frozen=True)
class Hazard:
    """A file of one row of the list of hazards."""

    row: str  # what the list calls it
    file: str  # its name, as its user has it
    make: Callable[[Path], object]
    ends: str  # "done", or the class of its failure
    says: str = ""  # what its sentence, or a note of it, says: a regular expression
    reads: str = ""  # words of its text
    pages: int = 1
    plan: str = ""  # the class in the plan where that is another than in the end; TAKEN: none
    heavy: bool = False  # takes more than a second: not in every run of all tests
    ends_process: bool = False  # another is put in its place
    most_mb: int = 900  # of the worker with all its processes
    options: Options = field(default_factory=Options)

    @property
    def planned(self) -> str:
        """What the plan says of it."""
        return self.plan or (TAKEN if self.ends == DONE else self.ends)
