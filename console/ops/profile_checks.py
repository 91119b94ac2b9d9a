"""What is to be said of a profile's variables, as one types: nothing is reached for."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from console.ops.doctor.verdicts import Verdict
from console.ops.profiles import OURS
from worker.core.addresses import Address, NotAnAddress
from worker.core.errors import SettingsError
from worker.core.said import Joined, Said, said
from worker.core.settings import VARIABLES, Settings, Variable
from worker.core.transport import weakness

STAND_INS = {  # for what is missing or wrong, while the others are looked at; nothing is ever reached there
    "DATABASE_URL": "postgresql://ocr@localhost/ocr",
    "CELERY_BROKER_URL": "redis://localhost/0",
    "CELERY_RESULT_BACKEND": "redis://localhost/1",
    "MINIO_ENDPOINT": "localhost:9000",
    "MINIO_ACCESS_KEY": "none",
    "MINIO_SECRET_KEY": "none",
    "MINIO_OCR_BUCKET": "none",
}
_ALIKE = 0.85  # of 1, from which a name that is not ours is taken for one of ours with a typing error
_SHARED = "Messages and results share one database: who empties the one loses the other."


@dataclass(frozen=True, slots=True)
class FieldCheck:
    """One variable."""

    variable: str  # by the name that is used: ours, an alias, or one that looks like ours
    verdict: Verdict  # OK; WARN: works, and should not stay so, or looks like a typing error; FAIL: wrong or missing
    sentence: str = ""  # "" where there is nothing to say; never a secret
    missing: bool = False  # it has to be there, and has no value


def check(values: Mapping[str, str], environ: Mapping[str, str]) -> tuple[FieldCheck, ...]:
    """Every variable of ours in the order of `VARIABLES`, then those that look like one of ours.

    Args:
        values: those of the profile.
        environ: the environment, which no profile is mixed with: a variable may be there and is missing all the same.
    """
    fields = [_read(variable, values, environ) for variable in VARIABLES]
    settings = understood(values, fields)
    if isinstance(settings, Settings):
        doubts = dict(_doubts(settings))
        fields = [_doubted(field, doubts) for field in fields]
    else:
        fields = [_contradicted(field, settings) for field in fields]
    return (*dict.fromkeys(fields), *_typing_errors(values))  # an alias may stand for two


def understood(values: Mapping[str, str], fields: list[FieldCheck]) -> Settings | Said:
    """The settings with stand-ins for what is wrong or missing; or what contradicts itself in them."""
    names = {field.variable for field in fields if field.verdict is Verdict.FAIL}
    wrong = [one for one in VARIABLES if (found := one.given(values)) is None or found[0] in names]
    unused = {name for one in wrong if not one.required for name in (one.name, *one.aliases)}
    usable = {name: value for name, value in values.items() if name not in unused}
    stood_in = {one.name: STAND_INS[one.name] for one in wrong if one.required}  # an alias does not count beside it
    try:
        return Settings.from_mapping({**usable, **stood_in}, "the profile")
    except SettingsError as problem:
        first = problem.sentence.parts[0] if isinstance(problem.sentence, Joined) else problem.sentence
        assert isinstance(first, Said)
        return first


def _read(variable: Variable, values: Mapping[str, str], environ: Mapping[str, str]) -> FieldCheck:
    given = variable.given(values)
    if given is None:
        if not variable.required:
            return FieldCheck(variable.name, Verdict.OK)
        missing = "It is missing; expected: {expected}."
        elsewhere = "It is missing: the one in the environment does not count for a profile. Expected: {expected}."
        sentence = said(elsewhere if variable.given(environ) else missing, expected=variable.expected)
        return FieldCheck(variable.name, Verdict.FAIL, sentence, missing=True)
    name, text = given
    try:
        variable.parse(text)
    except NotAnAddress as problem:
        template, why = "Expected: {expected}; but {why}.", said(str(problem))
        return FieldCheck(name, Verdict.FAIL, said(template, expected=variable.expected, why=why))
    except (ValueError, KeyError, StopIteration):
        return FieldCheck(name, Verdict.FAIL, said("Expected: {expected}.", expected=variable.expected))
    return FieldCheck(name, Verdict.OK)


def _doubts(settings: Settings) -> Iterator[tuple[str, str]]:
    """What works and should not stay so, by our names."""
    if _database(settings.broker_url) == _database(settings.result_backend):
        yield "CELERY_RESULT_BACKEND", said(_SHARED)
    s3 = f"{'https' if settings.s3_secure else 'http'}://{settings.s3_endpoint}"
    ways = (
        ("DATABASE_URL", settings.database_url),
        ("CELERY_BROKER_URL", settings.broker_url),
        ("CELERY_RESULT_BACKEND", settings.result_backend),
        ("MINIO_ENDPOINT", s3),
    )
    for name, url in ways:
        if weak := weakness(name, url):
            yield name, weak


def _database(url: str) -> tuple[str, int | None, str]:
    address = Address.parse(url)
    return address.host, address.port, address.path


def _doubted(field: FieldCheck, doubts: Mapping[str, str]) -> FieldCheck:
    doubt = doubts.get(_own_name(field.variable))
    return FieldCheck(field.variable, Verdict.WARN, doubt) if doubt and field.verdict is Verdict.OK else field


def _contradicted(field: FieldCheck, problem: Said) -> FieldCheck:
    if field.variable != problem.values["name"]:
        return field
    expected = problem.values["expected"]
    return FieldCheck(field.variable, Verdict.FAIL, said("Expected: {expected}.", expected=expected))


def _own_name(name: str) -> str:
    """The first of our names that a value under this one stands for."""
    return next(variable.name for variable in VARIABLES if name in (variable.name, *variable.aliases))


def _typing_errors(values: Mapping[str, str]) -> Iterator[FieldCheck]:
    """Names that nobody knows and that are nearly one of ours which has no value."""
    free = sorted(name for name in OURS if not values.get(name, "").strip())
    for name in values:
        near = difflib.get_close_matches(name.upper(), free, n=1, cutoff=_ALIKE) if name not in OURS else []
        if near:
            sentence = said("Nothing here is called {name}. Is {near} meant?", name=name, near=near[0])
            yield FieldCheck(name, Verdict.WARN, sentence)
