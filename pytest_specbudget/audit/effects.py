"""Why a cost changed: the change, split without a rest.

    price  = P(base) - own(base)                           the same calls have other prices
    calls  = (N1 - N0) * c0                                more calls, each at the base's average
    mix    = sum over models of (n1 - N1*n0/N0) * (a - c0) calls went to other models
    tokens = sum over models of C1 - n1*a                  calls of a model consume more or less

`P` is the cost at the one catalogue of the comparison, `own` the cost at the base's own prices.
`N` counts the calls of a side and `n` those of one of its models, 0 for the base and 1 for the
head; `C1` is what the model costs in the head, `c0` what a call of the base costs on average and
`a` what one of the model does: in the base or, if only the head calls it, in the head.  The sum of
all is the head less the base, whatever appears or vanishes.  A base without calls has no average,
and all that came is `calls`.

A call is what weighs: attempts that failed cost nothing, and are no part of an average.  Of a
bounded call the upper end counts, as it does in the gate.

Fractions inside; each part is rounded to whole attodollars by largest remainder, so that what is
shown adds up exactly, too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.audit.comparison import Effects
from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pytest_specbudget.audit.comparison import Side
    from pytest_specbudget.core.ledger import Charge

    Kinds = Callable[[Charge], Mapping[str, Money] | None]

__all__ = ["BOUND", "OTHER", "WHOLE_RUN", "effects"]

WHOLE_RUN = "whole run"

BOUND = "declared bound"
"""The kind of what a call may have cost beyond what is known, as the user declared."""

OTHER = "other"
"""The kind of a cost that no kind explains."""

_ZERO = Money()


def effects(base: Side, head: Side, kinds: Kinds) -> tuple[Effects, ...]:
    """Split the change of the whole run, then of each SPEC, sorted.

    A subject that holds a call of unknown cost is left out; so is `(unassigned)` where there is no
    other SPEC, since it says the same as the whole run.

    Args:
        base: One side; where it has other prices of its own, they are the price effect.
        head: The other.
        kinds: What a charge costs by kind, as `prices.kinds` tells it; None if that is unknown.
    """
    before = [_weighed(charge, kinds, base.own_costs) for charge in base.charges]
    after = [_weighed(charge, kinds, {}) for charge in head.charges]
    then, now = _by_spec(before), _by_spec(after)
    specs = then.keys() | now.keys()
    told = sorted(specs) if specs != {UNASSIGNED} else []
    split = (_split(spec, then.get(spec, ()), now.get(spec, ())) for spec in told)
    return tuple(filter(None, (_split(WHOLE_RUN, before, after), *split)))


class _Weighed(NamedTuple):
    """One charge: its cost by kind in attodollars, None if unknown, and at its own prices."""

    spec: str
    model: str
    weighs: bool
    kinds: Mapping[str, int] | None
    own: int


def _weighed(charge: Charge, kinds: Kinds, own_costs: Mapping[str, Money]) -> _Weighed:
    reading, costs = charge.reading, _by_kind(charge, kinds)
    own = own_costs.get(charge.id, charge.list_cost or _ZERO) + charge.list_spread
    weighs = bool(costs) or (reading.called and charge.outcome != "failed")
    model = f"{reading.provider}/{reading.model}"
    return _Weighed(charge.attribution.spec, model, weighs, costs, own.atto)


def _by_spec(side: Iterable[_Weighed]) -> dict[str, list[_Weighed]]:
    groups: dict[str, list[_Weighed]] = {}
    for one in side:
        groups.setdefault(one.spec, []).append(one)
    return groups


def _by_kind(charge: Charge, kinds: Kinds) -> Mapping[str, int] | None:
    if charge.uncertain and not charge.bounded:
        return None
    listed = charge.list_cost or _ZERO
    told = kinds(charge) if listed else None
    parts = {kind: cost.atto for kind, cost in (told or {}).items() if cost}
    for kind, cost in (
        (OTHER, listed.atto - sum(parts.values())),
        (BOUND, charge.list_spread.atto),
    ):
        if cost:
            parts[kind] = parts.get(kind, 0) + cost
    return parts


@dataclass(slots=True)
class _Sum:
    """Calls, added up: how many, and what they cost by kind."""

    calls: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, calls: int, kinds: Mapping[str, int]) -> None:
        self.calls += calls
        for kind, cost in kinds.items():
            self.kinds[kind] += cost

    @property
    def cost(self) -> int:
        return self.kinds.total()


class _Sums:
    """What one side consumed, by model and all together."""

    def __init__(self, side: Iterable[_Weighed]) -> None:
        self.whole = _Sum()
        self.models: defaultdict[str, _Sum] = defaultdict(_Sum)
        for one in side:
            for sums in (self.whole, self.models[one.model]):
                sums.add(one.weighs, one.kinds or {})

    def of(self, model: str) -> _Sum:
        return self.models.get(model, _NOTHING)


_NOTHING = _Sum()


def _split(subject: str, before: Sequence[_Weighed], after: Sequence[_Weighed]) -> Effects | None:
    if any(one.kinds is None for one in (*before, *after)):
        return None
    own, base, head = sum(one.own for one in before), _Sums(before), _Sums(after)
    tokens = _tokens(base, head)
    exact = [_calls(base, head), _mix(base, head), sum(tokens.values(), start=Fraction())]
    calls, mix, whole = _rounded(exact, head.whole.cost - base.whole.cost)
    kinds = zip(tokens, _rounded([*tokens.values()], whole), strict=True)
    return Effects(
        subject=subject,
        base=Money(own),
        head=Money(head.whole.cost),
        price=Money(base.whole.cost - own),
        calls=Money(calls),
        mix=Money(mix),
        tokens=Money(whole),
        kinds={kind: Money(amount) for kind, amount in kinds if amount},
    )


def _calls(base: _Sums, head: _Sums) -> Fraction:
    if not base.whole.calls:
        return Fraction(head.whole.cost - base.whole.cost)
    return (head.whole.calls - base.whole.calls) * _average(base.whole)


def _mix(base: _Sums, head: _Sums) -> Fraction:
    if not base.whole.calls:
        return Fraction()
    usual, growth = _average(base.whole), Fraction(head.whole.calls, base.whole.calls)
    return sum(
        (
            (head.of(model).calls - growth * base.of(model).calls)
            * (_average(_usual(model, base, head)) - usual)
            for model in _models(base, head)
        ),
        start=Fraction(),
    )


def _tokens(base: _Sums, head: _Sums) -> dict[str, Fraction]:
    """Return by kind what the head consumes beyond what as many calls of the base would."""
    beyond: dict[str, Fraction] = {}
    if base.whole.calls:
        for model in _models(base, head):
            calls, usual = head.of(model).calls, _usual(model, base, head)
            for kind in head.of(model).kinds.keys() | usual.kinds.keys():
                due = Fraction(calls * usual.kinds[kind], usual.calls)
                rest = head.of(model).kinds[kind] - due
                beyond[kind] = beyond.get(kind, Fraction()) + rest
    return dict(sorted(beyond.items()))


def _usual(model: str, base: _Sums, head: _Sums) -> _Sum:
    """Return the calls that say what one of *model* costs: those of the base, if it has any."""
    known = base.of(model)
    return known if known.calls else head.of(model)


def _models(base: _Sums, head: _Sums) -> list[str]:
    """Return the models that were called at all."""
    names = base.models.keys() | head.models.keys()
    return sorted(name for name in names if base.of(name).calls or head.of(name).calls)


def _average(calls: _Sum) -> Fraction:
    return Fraction(calls.cost, calls.calls)


def _rounded(parts: Sequence[Fraction], total: int) -> list[int]:
    """Round *parts*, which add up to *total* or almost so, to whole numbers that do exactly."""
    whole = [floor(part) for part in parts]
    by_rest = sorted(range(len(parts)), key=lambda place: whole[place] - parts[place])
    for place in by_rest[: total - sum(whole)]:
        whole[place] += 1
    return whole
