"""The doctor where the services did not open: why, and what can be said of each of them all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from console.ops.doctor.examination import examine
from console.ops.doctor.verdicts import Check, Remedy, Report, Verdict
from console.ops.services import Services
from worker.core.errors import OcrConsoleError

if TYPE_CHECKING:
    from console.ops.profiles import Profile
    from console.ops.this_machine import ThisMachine


def examine_unopened(profile: Profile, machine: ThisMachine, error: OcrConsoleError) -> Report:
    """Look at the services of a profile that could not be opened, of which `error` was told.

    Where the embedded servers never came so far that anything is known of them, the error is all there is to say.
    """
    remedy = Remedy(error.advice) if error.advice else None
    why = Check("opening", "The services did not open", Verdict.FAIL, error.sentence, "", remedy)
    try:
        with Services(profile, profile.settings or machine.stack.settings()) as services:
            report = examine(services)
    except OcrConsoleError:
        return Report(profile.name, datetime.now(UTC), 0.0, (why,))
    return replace(report, checks=(why, *report.checks))
