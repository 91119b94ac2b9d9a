"""What is to be said of a profile's variables, as one types: nothing is reached for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from console.ops.doctor.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class FieldCheck:
    """One variable."""

    variable: str  # by the name that is used: ours, an alias, or one that looks like ours
    verdict: Verdict  # OK; WARN: works, and should not stay so, or looks like a typing error; FAIL: wrong or missing
    sentence: str = ""  # "" where there is nothing to say; never a secret
    missing: bool = False  # it has to be there, and has no value


def check(values: Mapping[str, str], environ: Mapping[str, str]) -> tuple[FieldCheck, ...]:
    """Every variable of ours in the order of `VARIABLES`, then those that look like one of ours."""
    raise NotImplementedError
