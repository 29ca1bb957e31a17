"""How far two JSON documents agree, field by field.

A field is a value that holds no others, named by its way from the root.  Agreement is the weight of
the fields that match over the weight of all fields of both: one that only one document has does not
match.  Numbers match within the declared tolerances, which are none by default; texts match where
they are the same but for case, spaces and punctuation.

Source: the notes of this project on quality, 2.3.1 (checked 2026-11-22).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from pytest_specbudget.core.value import value
from pytest_specbudget.quality.answers import same
from pytest_specbudget.quality.documents import parsed, unfenced
from pytest_specbudget.quality.lists import MISSING, by_key, by_likeness, in_order
from pytest_specbudget.quality.places import steps_of, within
from pytest_specbudget.quality.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_specbudget.quality.places import Way

__all__ = ["ANY_ORDER", "NAME", "VERSION", "FieldRules", "Fields", "agreement", "mismatches"]

NAME = "fields"
VERSION = 1

ANY_ORDER: Literal["any order"] = "any order"
"""What `FieldRules.lists` says of a list whose items have no order and no key."""

_ZERO = Fraction(0)
_ONE = Fraction(1)
_LARGEST = 400
"""Numbers with more digits than this are the same, or they are not: nothing is reckoned."""
_Field = tuple["Way", Any, Any]


@value
class FieldRules:
    """What counts as the same, by places written like `$.items[*].price`; `$` is everything.

    Attributes:
        absolute: How far two numbers may differ, 0 or more.
        relative: How far they may differ as a share of the larger one, 0 or more; a number matches
            within either.
        likeness: The least likeness by which two texts match, 0 to 1, or None: only the same do.
        ignore: Places that do not count.
        required: Places that must be there and match; else the documents do not agree at all.
        weights: What a field counts there, 0 or more; 1 elsewhere.  The longest place wins.
        lists: How the items of a list belong together: `any order`, or the key that names them; in
            their order elsewhere.
    """

    absolute: Fraction = _ZERO
    relative: Fraction = _ZERO
    likeness: Fraction | None = None
    ignore: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    weights: Mapping[str, Fraction] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fields:
    """Field agreement as a metric; an answer that is no JSON agrees with none.

    Attributes:
        rules: What counts as the same.
    """

    rules: FieldRules = FieldRules()  # noqa: RUF009 - a value that nobody changes

    @property
    def name(self) -> str:
        """`fields/1`."""
        return f"{NAME}/{VERSION}"

    def __call__(self, first: str, second: str) -> Fraction:
        """Return how far two answers agree, each bare JSON or JSON in a code fence."""
        try:
            one, other = parsed(unfenced(first)), parsed(unfenced(second))
        except ValueError:
            return _ZERO
        return agreement(one, other, self.rules)


def agreement(first: Any, second: Any, rules: FieldRules | None = None) -> Fraction:
    """Return how far two documents agree, exactly, from 0 to 1.

    Args:
        first: A JSON value, or a pydantic model.
        second: Another.
        rules: What counts as the same; by default, everything, exactly.

    Raises:
        ValueError: If a path makes no sense, or if nothing is left to compare.
    """
    compared = _Compared(rules or FieldRules())
    return compared.agreement([*compared.fields(_plain(first), _plain(second), ())])


def mismatches(first: Any, second: Any, rules: FieldRules | None = None) -> list[Way]:
    """Return the ways to the fields that do not match, in the order of the documents."""
    compared = _Compared(rules or FieldRules())
    found = compared.fields(_plain(first), _plain(second), ())
    return [way for way, one, other in found if not compared.match(one, other)]


class _Compared:
    """Two documents side by side, by rules whose paths are understood."""

    __slots__ = ("_alike", "_ignored", "_lists", "_required", "_rules", "_weights")

    def __init__(self, rules: FieldRules) -> None:
        self._rules = rules
        self._ignored = [steps_of(path) for path in rules.ignore]
        self._required = [steps_of(path) for path in rules.required]
        weights = {steps_of(path): weight for path, weight in rules.weights.items()}
        self._weights = sorted(weights.items(), key=lambda item: -len(item[0]))
        self._lists = {steps_of(path): how for path, how in rules.lists.items()}
        self._alike = Texts("difflib")

    def fields(self, first: Any, second: Any, way: Way) -> Iterator[_Field]:
        """Yield every field of both that counts; `MISSING` where one has none."""
        if any(within(way, steps) for steps in self._ignored):
            return
        inner = [*self._inner(first, second, way)]
        for step, one, other in inner:
            yield from self.fields(one, other, (*way, step))
        if not inner:
            yield way, first, second

    def agreement(self, found: list[_Field]) -> Fraction:
        """Return the weight of the fields that match over that of all."""
        matched = {way: self.match(one, other) for way, one, other in found}
        if not all(self._is_met(steps, matched) for steps in self._required):
            return _ZERO
        whole = sum(map(self._weight, matched), _ZERO)
        if not whole:
            raise ValueError("nothing is left to compare: the rules ignore every field")
        return sum((self._weight(way) for way, good in matched.items() if good), _ZERO) / whole

    def match(self, first: Any, second: Any) -> bool:
        """Tell whether two values that hold no others are the same."""
        if isinstance(first, str) and isinstance(second, str):
            return same(first, second) or self._is_like(first, second)
        if _is_number(first) and _is_number(second):
            return first == second or self._is_close(first, second)
        return type(first) is type(second) and bool(first == second)

    def _inner(self, first: Any, second: Any, way: Way) -> Iterator[tuple[str | int, Any, Any]]:
        if dict in {type(first), type(second)}:
            one, other = (each if isinstance(each, dict) else {} for each in (first, second))
            for key in {**one, **other}:
                yield key, one.get(key, MISSING), other.get(key, MISSING)
        if list in {type(first), type(second)}:
            left, right = (each if isinstance(each, list) else [] for each in (first, second))
            for place, (mine, yours) in enumerate(self._paired(left, right, way)):
                yield place, mine, yours

    def _paired(self, first: list[Any], second: list[Any], way: Way) -> list[tuple[Any, Any]]:
        how = next((how for steps, how in self._lists.items() if _is_at(way, steps)), None)
        if how is None:
            return in_order(first, second)
        if how != ANY_ORDER:
            return by_key(first, second, how)

        def alike(one: Any, other: Any) -> Fraction:
            found = [*self.fields(one, other, (*way, 0))]
            matched = sum(self.match(left, right) for _, left, right in found)
            return Fraction(matched, len(found) or 1)

        return by_likeness(first, second, alike)

    def _is_met(self, steps: tuple[str | int | None, ...], matched: Mapping[Way, bool]) -> bool:
        there = [good for way, good in matched.items() if within(way, steps)]
        return bool(there) and all(there)

    def _weight(self, way: Way) -> Fraction:
        return next((weight for steps, weight in self._weights if within(way, steps)), _ONE)

    def _is_like(self, first: str, second: str) -> bool:
        least = self._rules.likeness
        return least is not None and self._alike(first, second) >= least

    def _is_close(self, first: int | Decimal, second: int | Decimal) -> bool:
        if not all(abs(Decimal(each).adjusted()) < _LARGEST for each in (first, second)):
            return False
        one, other = Fraction(first), Fraction(second)
        allowed = max(self._rules.absolute, self._rules.relative * max(abs(one), abs(other)))
        return abs(one - other) <= allowed


def _is_at(way: Way, steps: tuple[str | int | None, ...]) -> bool:
    return len(way) == len(steps) and within(way, steps)


def _is_number(leaf: Any) -> bool:
    return isinstance(leaf, int | Decimal) and not isinstance(leaf, bool)


def _plain(document: Any) -> Any:
    """Return *document* as JSON values, with decimals for floats as Python prints them."""
    if callable(dump := getattr(document, "model_dump", None)):
        document = dump(mode="json")
    if isinstance(document, dict):
        return {str(key): _plain(inner) for key, inner in document.items()}
    if isinstance(document, list | tuple):
        return [_plain(inner) for inner in document]
    return Decimal(str(document)) if isinstance(document, float) else document
