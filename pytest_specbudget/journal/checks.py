"""What a value in a journal may be: checks that are put together to one of an object.

A check takes a value as JSON has it, returns nothing, and raises `OddValueError` if it is not what
we write.  Plain functions and no models: most runs have a dozen events, and making one model takes
as long as checking a thousand of them.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import MoneyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Check = Callable[[object], None]

__all__ = [
    "OddValueError",
    "amount",
    "count",
    "entries",
    "flag",
    "instant",
    "listed",
    "number",
    "one_of",
    "or_none",
    "path",
    "ratio",
    "record",
    "row",
    "seconds",
    "share",
    "text",
]

_T = TypeVar("_T")
_LONGEST = 100
"""The most characters of an amount or a time; more are neither, and take long to reckon with."""
_LONGEST_RATIO = 2000
"""The most of a number; the mean of scores may be a fraction of hundreds of digits."""
_MOST = 2**63
_RATIO = re.compile(r"(\d+)(?:\.\d+|/(\d+))?", re.ASCII)
_SHOWN = 60


class OddValueError(ValueError):
    """A value is not what we write; told as `place.in.the.object: why`.

    Attributes:
        why: What is wrong with it.
        place: The keys that lead to it.
    """

    def __init__(self, why: str, place: tuple[str, ...] = ()) -> None:
        """Say *why* the value at *place* makes no sense."""
        self.why = why
        self.place = place
        super().__init__(f"{'.'.join(place)}: {why}" if place else why)

    def within(self, key: str) -> OddValueError:
        """Return the same, of the value below *key*."""
        return OddValueError(self.why, (key, *self.place))


def text(value: object) -> None:
    """Check that *value* is text."""
    _is_a(value, str, "text")


def flag(value: object) -> None:
    """Check that *value* is true or false."""
    _is_a(value, bool, "true or false")


def path(value: object) -> None:
    """Check that *value* is text that can be the name of a file."""
    if "\0" in _is_a(value, str, "text"):
        raise _odd(value, "the name of a file")


def number(value: object, *, least: int = 0) -> None:
    """Check that *value* is a whole number of *least* or more."""
    if type(value) is not int or not least <= value < _MOST:
        raise _odd(value, f"a whole number of {least} or more")


count = partial(number, least=1)
"""Check that a value is a whole number of 1 or more."""


def seconds(value: object) -> None:
    """Check that *value* is a duration: a finite number of 0 or more."""
    if type(value) not in {int, float} or not 0 <= float(str(value)) < math.inf:
        raise _odd(value, "a number of seconds")


def amount(value: object) -> None:
    """Check that *value* is an exact amount of US dollars, as text."""
    try:
        Money.parse(_short(value))
    except MoneyError:
        raise _odd(value, "an amount of dollars") from None


def ratio(value: object) -> None:
    """Check that *value* is an exact number of 0 or more, as text: `0.85` or `17/20`."""
    match = _RATIO.fullmatch(_short(value, _LONGEST_RATIO))
    if match is None or (match[2] is not None and not int(match[2])):
        raise _odd(value, "a number of 0 or more")


def share(value: object) -> None:
    """Check that *value* is an exact number from 0 to 1, as text."""
    ratio(value)
    above, _, below = str(value).partition("/")
    is_more = int(above) > int(below) if below else _is_above_one(above)
    if is_more:
        raise _odd(value, "a number from 0 to 1")


def instant(value: object) -> None:
    """Check that *value* is a time with its offset from UTC, as text in RFC 3339."""
    try:
        time = datetime.fromisoformat(_short(value))
        if time.tzinfo is None:
            raise _odd(value, "a time with its offset from UTC")
        time.astimezone(UTC)
    except OddValueError:
        raise
    except (ValueError, OverflowError):
        raise _odd(value, "a time") from None


def one_of(words: Iterable[str]) -> Check:
    """Return a check that a value is one of *words*."""
    known = dict.fromkeys(words)

    def check(value: object) -> None:
        if not isinstance(value, str) or value not in known:
            raise _odd(value, f"one of {', '.join(known)}")

    return check


def or_none(check: Check) -> Check:
    """Return a check that a value is null, or as *check* says."""
    return lambda value: None if value is None else check(value)


def listed(check: Check) -> Check:
    """Return a check that a value is a list, and each entry as *check* says."""

    def each(value: object) -> None:
        for place, one in enumerate(_is_a(value, list, "a list")):
            _below(str(place), check, one)

    return each


def row(*checks: Check) -> Check:
    """Return a check that a value is a list with an entry for each of *checks*."""

    def each(value: object) -> None:
        if len(entry := _is_a(value, list, "a list")) != len(checks):
            raise _odd(value, f"a list of {len(checks)}")
        for place, (check, one) in enumerate(zip(checks, entry, strict=True)):
            _below(str(place), check, one)

    return each


def entries(check: Check) -> Check:
    """Return a check that a value is an object, and each value in it as *check* says."""

    def each(value: object) -> None:
        for key, one in _is_a(value, dict, "an object").items():
            _below(_fit_to_show(key), check, one)

    return each


def record(needed: Mapping[str, Check], known: Mapping[str, Check] | None = None) -> Check:
    """Return a check that a value is an object that has the keys *needed*, and perhaps others.

    Args:
        needed: The check of each value that must be there.
        known: The check of each value that may be there; what has another key is not looked at,
            for a later version may have written it.
    """
    checks = {**needed, **(known or {})}

    def each(value: object) -> None:
        told = _is_a(value, dict, "an object")
        for key in needed:
            if key not in told:
                raise OddValueError("is missing", (key,))
        for key, one in told.items():
            if key in checks:
                _below(key, checks[key], one)

    return each


def _below(key: str, check: Check, value: object) -> None:
    try:
        check(value)
    except OddValueError as odd:
        raise odd.within(key) from None


def _is_a(value: object, kind: type[_T], meant: str) -> _T:
    if not isinstance(value, kind):
        raise _odd(value, meant)
    return value


def _short(value: object, most: int = _LONGEST) -> str:
    """Return text of at most *most* characters."""
    said = _is_a(value, str, "text")
    if len(said) > most:
        raise OddValueError(f"{said[:_SHOWN]!r}... is too long")
    return said


def _is_above_one(decimal: str) -> bool:
    whole, _, part = decimal.partition(".")
    return int(whole) > 1 or (int(whole) == 1 and bool(part.strip("0")))


def _fit_to_show(key: str) -> str:
    """Return *key* as it may stand in a sentence: anybody may have written it."""
    return key if key.isprintable() and len(key) <= _SHOWN else repr(key[:_SHOWN])


def _odd(value: object, meant: str) -> OddValueError:
    return OddValueError(f"{str(value)[:_SHOWN]!r} is not {meant}")
