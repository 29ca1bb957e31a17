"""Which items of two lists belong together, where their order does not say so."""

from __future__ import annotations

from itertools import product, zip_longest
from typing import TYPE_CHECKING, Any, Final

from pytest_specbudget.quality.canonical import canonical
from pytest_specbudget.quality.mates import mates

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from fractions import Fraction

__all__ = ["MISSING", "by_key", "by_likeness", "in_order"]


class _Missing:
    """What stands where one side has nothing."""

    def __repr__(self) -> str:
        return "nothing"


MISSING: Final = _Missing()

_Pair = tuple[Any, Any]
_MOST = 10_000
"""How many pairs of items are compared to find those that belong together."""


def in_order(first: Sequence[Any], second: Sequence[Any]) -> list[_Pair]:
    """Pair the items at the same positions."""
    return [*zip_longest(first, second, fillvalue=MISSING)]


def by_key(first: Sequence[Any], second: Sequence[Any], key: str) -> list[_Pair]:
    """Pair the objects that have the same value at *key*, and the others in their order."""
    one, other = _labelled(first, key), _labelled(second, key)
    return [(one.get(label, MISSING), other.get(label, MISSING)) for label in {**one, **other}]


def by_likeness(
    first: Sequence[Any], second: Sequence[Any], alike: Callable[[Any, Any], Fraction]
) -> list[_Pair]:
    """Pair the items that are most *alike*, each with one at most, the likest pairs first.

    Lists of more than 10,000 pairs are paired in their order.
    """
    if len(first) * len(second) > _MOST:
        return in_order(first, second)
    places = product(range(len(first)), range(len(second)))
    ranked = sorted((-alike(first[one], second[other]), one, other) for one, other in places)
    pairs = mates(row for row in ranked if row[0])
    left = [item for place, item in enumerate(first) if place not in pairs]
    right = [item for place, item in enumerate(second) if place not in {*pairs.values()}]
    matched = [(first[one], second[other]) for one, other in sorted(pairs.items())]
    return matched + in_order(left, right)


def _labelled(items: Sequence[Any], key: str) -> dict[Hashable, Any]:
    """Return *items* by the value of their key, and by how many before them have the same."""
    labelled: dict[Hashable, Any] = {}
    for item in items:
        value = item.get(key, MISSING) if isinstance(item, dict) else MISSING
        label = (isinstance(value, str), canonical(str(value)))
        times = 0
        while (label, times) in labelled:
            times += 1
        labelled[label, times] = item
    return labelled
