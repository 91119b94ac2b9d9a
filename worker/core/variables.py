"""How a setting is declared: its variable, how that is read, and what is told to people who got it wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field
from typing import Any

from worker.core.addresses import MASK, Address, NotAnAddress, mask_url
from worker.core.said import Said, said

_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_PASSWORD = re.compile(r":[^@]+@")


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: where its value goes, how it is read, and what to tell people who got it wrong."""

    field: str
    name: str
    meaning: str
    expected: str
    parse: Callable[[str], Any]
    aliases: tuple[str, ...] = ()
    secret: bool = False
    required: bool = False
    default: Any = None

    def given(self, values: Mapping[str, str]) -> tuple[str, str] | None:
        """The name that was used and its value; an empty value counts as none."""
        return next(((name, values[name]) for name in (self.name, *self.aliases) if values.get(name, "").strip()), None)

    def missing(self, source: str) -> Said:
        """What to say where it has to be and is not."""
        name: str = self.name
        for alias in self.aliases:
            name = said("{one} or {other}", one=name, other=alias)
        template = "{name} is missing in {source}; expected: {expected}."
        return said(template, name=name, source=source, expected=self.expected)

    def show(self, value: str) -> str:
        """A value as people may see it: one that may be an address with a typing error as a whole, or not at all."""
        shown = mask_url(value)
        return MASK if self.secret or (shown == value and _may_hide_a_password(value)) else shown


def _may_hide_a_password(value: str) -> bool:
    """Whether something stands where an address has a password, and the rest of it cannot be taken apart."""
    if not _PASSWORD.search(value):
        return False
    try:
        return Address.parse(value).password is not None
    except NotAnAddress:
        return True


def variable(
    name: str,
    meaning: str,
    expected: str,
    parse: Callable[[str], Any],
    *aliases: str,
    secret: bool = False,
    default: object = MISSING,
) -> Any:  # noqa: ANN401 - a dataclass field stands for a value of any type
    """A field of settings. `meaning` and `expected` are for people; `parse` raises ValueError or NotAnAddress."""
    about = {"name": name, "meaning": meaning, "expected": expected, "parse": parse, "aliases": aliases}
    return field(default=default, metadata={**about, "secret": secret})


def limit(name: str, default: float, meaning: str, unit: str, low: float, high: float) -> Any:  # noqa: ANN401
    """A field that is a number of some unit within bounds; whole where its default is."""

    def parse(text: str) -> float:
        value = type(default)(text)
        if not low <= value <= high:
            raise ValueError
        return value

    whole, some = "a whole number of {unit} from {low} to {high}", "a number of {unit} from {low} to {high}"
    expected = said(whole if isinstance(default, int) else some, unit=said(unit), low=low, high=high)
    return variable(name, meaning, expected, parse, default=default)


def choice(name: str, default: str, meaning: str, *words: str) -> Any:  # noqa: ANN401
    """A field that is one of these words, however they are capitalised."""

    def parse(text: str) -> str:
        return next(word for word in words if word.lower() == text.strip().lower())

    return variable(name, meaning, said("one of {words}", words=", ".join(words)), parse, default=default)


def yes_or_no(text: str) -> bool:
    """What true, yes, on and 1 mean, and their opposites."""
    return _WORDS[text.strip().lower()]


def port(text: str) -> int:
    """The number of a TCP port, or 0."""
    number = int(text)
    if not 0 <= number <= 65_535:
        raise ValueError
    return number


def fits(pattern: str) -> Callable[[str], str]:
    """A reader of texts that are as the pattern wants them."""

    def parse(text: str) -> str:
        if not re.fullmatch(pattern, text.strip()):
            raise ValueError
        return text.strip()

    return parse


def spelled(value: object) -> str:
    """A value as a variable gives it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).removesuffix(".0") if isinstance(value, float) else str(value)
    return text.replace("postgresql+psycopg2://", "postgresql://", 1)


def read(one: Variable, values: Mapping[str, str], source: str, parsed: dict[str, Any]) -> Said | None:
    """Put its value into `parsed`; a line that says what is wrong, if something is."""
    given = one.given(values)
    if given is None:
        return one.missing(source) if one.required else None
    name, text = given
    try:
        parsed[one.field] = one.parse(text)
    except NotAnAddress as problem:
        template, why = "{name} in {source} cannot be used: {why}; expected: {expected}.", said(str(problem))
        return said(template, name=name, source=source, why=why, expected=one.expected)
    except (ValueError, KeyError, StopIteration):
        template, shown = "{name} in {source} is {value}; expected: {expected}.", repr(one.show(text))
        return said(template, name=name, source=source, value=shown, expected=one.expected)
    return None


def declared(entry: Field[Any]) -> Variable:
    """The variable that a field of settings was declared with."""
    required = entry.default is MISSING
    return Variable(field=entry.name, required=required, default=None if required else entry.default, **entry.metadata)
