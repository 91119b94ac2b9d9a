"""One check of the doctor with its cause and without it, on real servers."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from console.ops.doctor.examination import LOOKS, examine
from console.ops.doctor.verdicts import Check, Report, Verdict
from console.ops.findings import Way
from console.ops.services import Services
from tests.services import doctor_table
from worker.core.settings import Settings
from worker.core.store import WorkerReport

FLEET = LOOKS[[one.name for one in LOOKS].index("worker") :]
OK, WARN, FAIL, UNKNOWN = Verdict.OK, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
Said = tuple[Verdict, Way | None]  # with the cause, and the button that goes with it


class Doctor:
    """Looks at these services, and at the workers of that home."""

    def __init__(self, services: Services, home: Path) -> None:
        self.services, self._home = services, home

    def look(self, name: str) -> Report:
        """One check, made anew; `name` may go on with what tells one of several apart."""
        made = max((one for one in FLEET if name.startswith(one.name)), key=lambda one: len(one.name))
        return examine(self.services, looks=(made,), home=self._home)

    def compared(
        self, cause: str, name: str, said: Said, make: Callable[[], object], end: Callable[[], object]
    ) -> Check:
        """The check with its cause and without it: `make` makes the cause, `end` takes it away."""
        verdict, way = said
        make()
        present = self.look(name)
        end()
        check = doctor_table.compare(cause, name, present, self.look(name), verdict=verdict)
        assert check.remedy is not None
        assert (check.remedy.button.way if check.remedy.button else None) is way, check
        return check


def healthy(settings: Settings) -> WorkerReport:
    """What a worker of ours says that is as it should be."""
    terms = {
        "broker": "there:6379/0",
        "prefetch": 1,
        "acks_late": True,
        "visibility_timeout": settings.visibility_timeout_s,
        "time_limit": settings.time_limit_s,
    }
    return WorkerReport(
        "one@desk",
        "desk",
        1,
        version("ocr-console"),
        slots=1,
        queues=("ocr", "celery"),
        languages=("deu", "eng"),
        tools={"tesserocr": "2.8.0", "poppler": "22.12.0"},
        disk_free_mb=41_000,
        terms=terms,
    )
