"""The doctor where the services did not open: why, and what can be said of each of them all the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from console.ops.doctor.examination import examine
from console.ops.doctor.not_started import not_started
from console.ops.doctor.verdicts import Check, Remedy, Report, Verdict
from console.ops.services import Services
from worker.core.errors import OcrConsoleError

if TYPE_CHECKING:
    from console.ops.profiles import Profile
    from console.ops.this_machine import ThisMachine


def examine_unopened(profile: Profile, machine: ThisMachine, error: OcrConsoleError) -> Report:
    """Look at the services of a profile that could not be opened, of which `error` was told.

    Of embedded servers that are not started there is to say what they need to start.
    """
    remedy = Remedy(error.advice) if error.advice else None
    why = Check("opening", "The services did not open", Verdict.FAIL, error.sentence, "", remedy)
    if profile.embedded and not machine.stack.is_started():
        report = not_started(profile, machine.stack.home)
    else:
        with Services(profile, profile.settings or machine.stack.settings()) as services:
            report = examine(services, home=machine.stack.home)
    return replace(report, checks=(why, *report.checks))
