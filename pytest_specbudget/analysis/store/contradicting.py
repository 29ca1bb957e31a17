"""Several records of one call: what they say together, and which of them contradicts the others.

Records of the same id and part are the same call, so they should say the same.  Where they differ,

* what one does not tell is taken from the other: a column that is null, a usage state `none`, or
  `partial` for want of the input or the output, a `clock` that only repeats `at`;
* a call whose end nobody saw gives way to the same call with an end, unless that has fewer units or
  a lower cost than was seen before the end;
* a cost summary or telemetry gives way to a dearer state of itself: they grow while a run goes on;
* all else is a contradiction.  What the history has stays, and the other is set aside.  Of those
  that are all new, the one that ended, then the dearest, then the one that used most is kept.

So a record that is there never becomes cheaper, and among new ones their order does not matter.
This module reads nothing and knows no database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_specbudget.analysis.columns import COLUMNS, COUNTS
from pytest_specbudget.analysis.store.documents import SUMS
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Told = Mapping[str, Any]

__all__ = ["Claim", "Settled", "settle"]

_MONEY = ("list_cost", "billed_cost")
_NUMBERS = (*_MONEY, *COUNTS)
_FOLLOWS = frozenset({"id", "part", "day"})  # `day` is that of `at`
_COMPARED = (*_NUMBERS, *(one.name for one in COLUMNS if one.name not in {*_NUMBERS, *_FOLLOWS}))
_NOT, _PARTLY, _WHOLLY = range(3)
_NAMED = 4
_SHOWN = 60


class Claim(NamedTuple):
    """What one record says of a call.

    Attributes:
        told: Its values by the names of columns; numbers are `int`.
        recorded: Whether the history has it already.
        mark: What the caller knows it by.
    """

    told: Told
    recorded: bool
    mark: int = 0


class Settled(NamedTuple):
    """What counts of several claims about one call.

    Attributes:
        kept: The values that count, by the names of columns.
        refused: The claims that contradict them, each with the reason in a sentence.
    """

    kept: dict[str, Any]
    refused: tuple[tuple[Claim, str], ...]


def settle(claims: Iterable[Claim]) -> Settled:
    """Settle at least one claim about the same id and part."""
    first, *others = _in_order(claims)
    kept, refused = dict(first.told), []
    for claim in others:
        if _gives_way(claim.told, kept):
            continue
        if _gives_way(kept, claim.told):
            kept = dict(claim.told)
        elif differing := list(_differing(kept, claim.told)):
            refused.append((claim, _reason(differing)))
        else:
            kept = _joined(kept, claim.told)
    return Settled(kept, tuple(refused))


def _in_order(claims: Iterable[Claim]) -> list[Claim]:
    """Sort *claims*: recorded ones, then by weight, then, where that is equal, by all they say."""
    known: list[Claim] = []
    new: list[Claim] = []
    for claim in claims:
        (known if claim.recorded else new).append(claim)
    return [*_by_weight(known), *_by_weight(new)]


def _by_weight(claims: list[Claim]) -> list[Claim]:
    if len(claims) == 1:
        return claims
    return sorted(claims, key=lambda one: (_weight(one.told), repr([*one.told.values()])))


def _weight(told: Told) -> tuple[Any, ...]:
    """Return what sorts calls that ended first, then the dearest, then those that used most."""
    paid = (-1 if told[name] is None else told[name] for name in _MONEY)
    used = sum(told[name] or 0 for name in COUNTS)
    return (told["outcome"] == "unknown", *(-amount for amount in paid), -used)


def _gives_way(old: Told, new: Told) -> bool:
    """Tell whether *old* is an earlier state of what *new* says, and tells nothing more."""
    if new["operation"] == old["operation"] and new["operation"] in SUMS:
        return _weight(old) >= _weight(new) and not _says_less(new, old)
    if old["outcome"] != "unknown" or _says_less(new, old):
        return False
    return _weight(new) <= _weight(old)


def _says_less(new: Told, old: Told) -> bool:
    """Tell whether *new* has a lower number than *old* anywhere that both have one."""
    both = ((new[name], old[name]) for name in _NUMBERS)
    return any(None not in (one, other) and one < other for one, other in both)


def _differing(kept: Told, other: Told) -> Iterator[tuple[str, Any, Any]]:
    """Yield the columns that both tell and that differ, with what each says."""
    for name in _COMPARED:
        here, there = kept[name], other[name]
        if here != there and _extent(kept, name) == _extent(other, name) == _WHOLLY:
            yield name, here, there


def _extent(told: Told, name: str) -> int:
    """Return how far a column is told."""
    value = told[name]
    if name == "clock":
        return _WHOLLY if value != told["at"] else _NOT
    if name == "usage_state" and value == "partial" and _is_half(told):
        return _PARTLY
    return _NOT if value is None or (name == "usage_state" and value == "none") else _WHOLLY


def _is_half(told: Told) -> bool:
    """Tell whether the input or the output of a call is not told."""
    return None in (told["input_tokens"], told["output_tokens"])


def _joined(kept: Told, other: Told) -> dict[str, Any]:
    """Take of each column what tells more of it; what is *kept* where both tell as much."""
    told = {name: max(kept, other, key=lambda one: _extent(one, name)) for name in kept}
    return {name: of_it[name] for name, of_it in told.items()}


def _reason(differing: list[tuple[str, Any, Any]]) -> str:
    told = [f"{name} {_shown(name, a)} here, {_shown(name, b)} there" for name, a, b in differing]
    more = f"; and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
    return f"contradicts what is recorded under this id: {'; '.join(told[:_NAMED])}{more}"


def _shown(name: str, value: Any) -> str:
    return str(Money(value)) if name in _MONEY else str(value)[:_SHOWN]
