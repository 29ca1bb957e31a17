"""A re-priced history: sums by group, and why some records have no price.

Values, and how the answers of an engine become them; nothing here asks anything.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Group", "Problem", "Repriced", "Sum", "Sums"]

_ZERO = Money()
_Key = tuple[Any, ...]


@value
class Group:
    """The records that share some columns, summed up.

    Attributes:
        key: The values of these columns, in the order in which they were asked for.
        records: How many there are.
        calls: How many model calls they are: an answer that bills two models is one.
        recorded: What they cost as recorded, as far as that is known; None if it is of none.
        repriced: What they cost at published prices, as far as that is known; None if it is of
            none.
        contracted: The same at the user's own terms.
        unrecorded_calls: How many records have no recorded cost, though they stand for a call.
        unpriced_calls: How many records have no price; they are in no sum of prices.
        lost: The recorded cost of what has no price.
        moved: How far prices are from recorded costs, each record without its sign, where both are
            known; 0 if that was not asked for.
        gained: The price of what has no recorded cost; `recorded - lost` and `repriced - gained`
            are about the same calls.
        input_tokens: All input; None if tokens were not asked for.
        output_tokens: All output; likewise.
    """

    key: tuple[Any, ...]
    records: int
    calls: int
    recorded: Money | None
    repriced: Money | None
    contracted: Money | None
    unrecorded_calls: int = 0
    unpriced_calls: int = 0
    moved: Money = _ZERO
    lost: Money = _ZERO
    gained: Money = _ZERO
    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Records that have no price, for one reason.

    Attributes:
        provider: As recorded.
        model: As recorded.
        reason: Why, as `price` says it of one of them.
        example: The id of one; the least, where several are known.
        records: How many there are.
        input_tokens: All their input.
        output_tokens: All their output.
    """

    provider: str
    model: str
    reason: str
    example: str
    records: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repriced:
    """A history at other prices.

    Attributes:
        by: What its groups share.
        groups: Sorted by their keys, nothing before anything.
        problems: Why records have no price; most records first.
        records: How many records there are.
    """

    by: tuple[str, ...]
    groups: tuple[Group, ...]
    problems: tuple[Problem, ...]
    records: int

    @property
    def total(self) -> Group:
        """All groups together, without a key."""
        return _together((), self.groups)

    def regrouped(self, name: str, by: str, value: Callable[[Any], Any]) -> Repriced:
        """Return the groups put together by *value* of the column *by*, which is then *name*."""
        place = self.by.index(by)
        groups: defaultdict[_Key, list[Group]] = defaultdict(list)
        for one in self.groups:
            groups[*one.key[:place], value(one.key[place]), *one.key[place + 1 :]].append(one)
        joined = sorted(
            (_together(key, several) for key, several in groups.items()), key=_nothing_first
        )
        named = (*self.by[:place], name, *self.by[place + 1 :])
        return replace(self, by=named, groups=tuple(joined))


@dataclass(slots=True)
class Sum:
    """A group while it is summed up; money in attodollars.

    Attributes:
        firsts: How many records should have a recorded cost: the first one of every call.
        known: How many have one.
        priced: How many have a price.
    """

    records: int = 0
    calls: int = 0
    firsts: int = 0
    known: int = 0
    recorded: int = 0
    priced: int = 0
    repriced: int = 0
    contracted: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    moved: int = 0
    lost: int = 0
    gained: int = 0

    def add(self, other: Sum) -> None:
        """Add what *other* sums up."""
        for name in Sum.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def group(self, key: _Key, *, tokens: bool) -> Group:
        """Return it as it is told, with *tokens* or without."""
        return Group(
            key=key,
            records=self.records,
            calls=self.calls,
            recorded=Money(self.recorded) if self.known else None,
            repriced=Money(self.repriced) if self.priced else None,
            contracted=Money(self.contracted) if self.priced else None,
            unrecorded_calls=self.firsts - self.known,
            unpriced_calls=self.records - self.priced,
            moved=Money(self.moved) if self.moved else _ZERO,
            lost=Money(self.lost) if self.lost else _ZERO,
            gained=Money(self.gained) if self.gained else _ZERO,
            input_tokens=self.input_tokens if tokens else None,
            output_tokens=self.output_tokens if tokens else None,
        )


class Sums:
    """Groups and problems while they are summed up."""

    def __init__(self) -> None:
        self._groups: dict[_Key, Sum] = {}
        self._problems: dict[tuple[str, str, str], Problem] = {}

    def add(self, key: _Key, one: Sum) -> None:
        """Add to the group of *key*."""
        held = self._groups.setdefault(key, one)
        if held is not one:
            held.add(one)

    def add_problem(self, one: Problem) -> None:
        """Add to what is told for the same model and reason."""
        key = (one.provider, one.model, one.reason)
        held = self._problems.get(key)
        self._problems[key] = one if held is None else _both(held, one)

    @property
    def records(self) -> int:
        """How many records are in it."""
        return sum(one.records for one in self._groups.values())

    @property
    def unpriced(self) -> bool:
        """Whether some record has no price."""
        return any(one.priced < one.records for one in self._groups.values())

    @property
    def unrecorded(self) -> bool:
        """Whether some record has no recorded cost, though it should."""
        return any(one.known < one.firsts for one in self._groups.values())

    def told(self, by: tuple[str, ...], *, tokens: bool) -> Repriced:
        """Return what came of it."""
        groups = [one.group(key, tokens=tokens) for key, one in self._groups.items()]
        groups.sort(key=_nothing_first)
        problems = sorted(
            self._problems.values(),
            key=lambda one: (-one.records, one.model, one.provider, one.reason),
        )
        return Repriced(by=by, groups=tuple(groups), problems=tuple(problems), records=self.records)


def _together(key: _Key, groups: Sequence[Group]) -> Group:
    counted = ("records", "calls", "unrecorded_calls", "unpriced_calls")
    told = {name: sum(getattr(one, name) for one in groups) for name in counted}
    for name in ("input_tokens", "output_tokens"):
        told[name] = _known([getattr(one, name) for one in groups], 0)
    for name in ("recorded", "repriced", "contracted"):
        told[name] = _known([getattr(one, name) for one in groups], _ZERO)
    for name in ("moved", "lost", "gained"):
        told[name] = Money.total(getattr(one, name) for one in groups)
    return Group(key=key, **told)


def _nothing_first(group: Group) -> list[tuple[bool, Any]]:
    return [(part is not None, part) for part in group.key]


def _known(parts: list[Any], nothing: Any) -> Any:
    """Sum up what is known of *parts*; None where nothing is."""
    known = [part for part in parts if part is not None]
    return sum(known, nothing) if known else None


def _both(held: Problem, one: Problem) -> Problem:
    return replace(
        held,
        example=min(held.example, one.example),  # whichever an engine tells first
        records=held.records + one.records,
        input_tokens=held.input_tokens + one.input_tokens,
        output_tokens=held.output_tokens + one.output_tokens,
    )
