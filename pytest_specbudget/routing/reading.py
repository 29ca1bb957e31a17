"""From what TOML holds to values, one key at a time; every problem is told, none is raised.

A reader takes what stands at a key and returns its value, or raises `ValueError` with what is
wrong and what to write instead.  Numbers are exact: TOML's fractions arrive as `Decimal`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.names import nearest
from pytest_specbudget.core.score import share
from pytest_specbudget.routing.values import Band

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = [
    "Entry",
    "Reader",
    "a_band",
    "a_count",
    "a_list",
    "a_name",
    "a_share",
    "a_switch",
    "amount",
    "at_least",
    "one_of",
    "or_none",
    "read_entry",
    "shown",
    "table_at",
]

Reader = Callable[[Any], Any]
Entry = dict[str, Any]
"""The keys of one table that somebody wrote, with their values."""

NONE = "none"
_LONGEST = 40
_ENDS = 2


def table_at(where: str, raw: object, problems: list[str]) -> Mapping[str, Any]:
    """Return *raw* if it is a table; otherwise nothing, and a problem."""
    if isinstance(raw, Mapping):
        return raw
    problems.append(f"{where}: {shown(raw)} stands where a table should")
    return {}


def read_entry(
    where: str, raw: Mapping[str, Any], readers: Mapping[str, Reader], problems: list[str]
) -> Entry:
    """Read the table *raw* key by key.

    Args:
        where: Its place, for people: `routing.toml [tiers.C]`.
        raw: What stands there.
        readers: What may stand there.
        problems: Takes a sentence for each key that is unknown or makes no sense.
    """
    entry: Entry = {}
    for key, given in raw.items():
        if key not in readers:
            problems.append(f'{where}: there is no key "{key}"; {_instead(key, readers)}')
            continue
        try:
            entry[key] = readers[key](given)
        except ValueError as error:
            problems.append(f"{where}: {key} = {shown(given)}: {error}")
    return entry


def _instead(key: str, known: Mapping[str, Reader]) -> str:
    likely = nearest(key, known)
    return f'did you mean "{likely}"?' if likely else f"there are {', '.join(sorted(known))}"


def a_name(given: object) -> str:
    """Read a name."""
    if isinstance(given, str) and given.strip():
        return given.strip()
    raise ValueError('write a name in quotes, like "claude-haiku-3.5"')


def or_none(read: Reader) -> Reader:
    """Make a reader that takes `"none"` for None."""
    return lambda given: None if given == NONE else read(given)


def a_list(given: object) -> tuple[str, ...]:
    """Read names; a single one needs no brackets."""
    if isinstance(given, str):
        return (a_name(given),)
    names = tuple(map(a_name, given)) if isinstance(given, list) else ()
    if not isinstance(given, list) or len({*names}) != len(names):
        raise ValueError('write names in brackets, each once, like ["a", "b"]')
    return names


def a_switch(given: object) -> bool:
    """Read a truth value."""
    if isinstance(given, bool):
        return given
    raise ValueError("write true or false")


def at_least(least: int) -> Reader:
    """Make a reader of whole numbers of *least* or more."""

    def read(given: object) -> int:
        if isinstance(given, bool) or not isinstance(given, int) or given < least:
            raise ValueError(f"write a whole number of {least} or more")
        return given

    return read


a_count = at_least(0)


def one_of(*choices: str) -> Reader:
    """Make a reader of one of *choices*."""

    def read(given: object) -> str:
        if isinstance(given, str) and given in choices:
            return given
        raise ValueError(f"write one of {', '.join(choices)}")

    return read


def a_share(given: object) -> Fraction:
    """Read a number from 0 to 1."""
    if not _is_plain(given):
        raise ValueError("write a number from 0 to 1, like 0.85")
    return share(str(given))


def amount(given: object) -> Money:
    """Read US dollars."""
    if not _is_plain(given):
        raise ValueError("write US dollars of 0 or more, like 2.00")
    return Money.parse(f"{given:f}" if isinstance(given, Decimal) else str(given))


def a_band(given: object) -> Band:
    """Read two amounts, the lower first."""
    if not isinstance(given, list) or len(given) != _ENDS:
        raise ValueError("write two amounts, like [0.20, 0.40]")
    low, high = map(amount, given)
    if low > high:
        raise ValueError("the lower amount stands first")
    return Band(low=low, high=high)


def shown(given: object) -> str:
    """Show what stood in a file, in a sentence about what is wrong with it."""
    match given:
        case bool():
            return str(given).lower()
        case str():
            return f'"{given}"'
        case int() if abs(given) >= 10**_LONGEST:  # str() refuses thousands of digits
            return "the number"
        case list():
            return f"[{', '.join(map(shown, given))}]"
        case Mapping():
            return "a table"
    return str(given)


def _is_plain(given: object) -> bool:
    """Whether writing it out takes no more room than a person would."""
    if isinstance(given, bool):
        return False
    if isinstance(given, Decimal):
        return given.is_finite() and -_LONGEST <= given.adjusted() <= _LONGEST
    return len(given) <= _LONGEST if isinstance(given, str) else _is_short(given)


def _is_short(given: object) -> bool:
    return isinstance(given, int) and abs(given) < 10**_LONGEST
