"""Why a cost changed: the change, split without a rest, call by call.

    price  = P(base) - own(base)      the same calls have other prices
    calls  = what came, less what went: calls without a partner on the other side
    mix    = P(held) - P(base call)   of each call that another model, tier or region answers
    tokens = P(head call) - P(held)   of each call that consumes more or less

`P` is the cost at the one catalogue of the comparison, `own` the cost at the base's own prices, and
`held` a call of the head as if it had consumed what its partner in the base did; where nothing
answers differently, that is the partner itself.  Every difference belongs to one call, so the
effects of SPECs add up to those of the run, and one cheap call more is that call, not fewer dear
ones: a split by averages says so wherever models are mixed.

A partner that failed says nothing of what a call consumes, so the other one came or went.  Of a
bounded call the upper end counts, as it does in the gate.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_specbudget.audit.comparison import Effects
from pytest_specbudget.audit.pairing import Pair
from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pytest_specbudget.audit.aligning import Aligned
    from pytest_specbudget.audit.limits import Requote
    from pytest_specbudget.core.ledger import Charge

    Kinds = Callable[[Charge], Mapping[str, Money] | None]

__all__ = ["BOUND", "OTHER", "WHOLE_RUN", "effects"]

WHOLE_RUN = "whole run"

BOUND = "declared bound"
"""The kind of what a call may have cost beyond what is known, as the user declared."""

OTHER = "other"
"""The kind of a cost that no kind explains."""

_ZERO = Money()


def effects(aligned: Aligned, requote: Requote, kinds: Kinds) -> tuple[Effects, ...]:
    """Split the change of the whole run, then of each SPEC, sorted.

    A test that was merely left out is in no sum.  A subject that holds a call of unknown cost is
    left out; so is `(unassigned)` where there is no other SPEC, since it says the same as the whole
    run.

    Args:
        aligned: Both sides; where the base has prices of its own, they are the price effect.
        requote: Prices a call of the head as if it had consumed something else.
        kinds: What a charge costs by kind, as `prices.kinds` tells it; None if that is unknown.
    """
    teller = _Teller(aligned.base.own_costs, requote, kinds)
    specs: dict[str, _Sum] = {}
    for pair in _pairs(aligned):
        teller.tell(pair, specs)
    told = sorted(specs) if specs.keys() != {UNASSIGNED} else []
    whole = _Sum.of(specs.values())
    named = ((WHOLE_RUN, whole), *((spec, specs[spec]) for spec in told))
    return tuple(one.effects(subject) for subject, one in named if not one.unknown)


def _pairs(aligned: Aligned) -> Iterator[Pair]:
    """Yield every call of either side once; a call that is of another SPEC now came and went."""
    for pair in aligned.pairs:
        base, head = pair
        if base and head and base.attribution.spec != head.attribution.spec:
            yield from (Pair(base, None), Pair(None, head))
        else:
            yield pair
    yield from (Pair(call, None) for calls in aligned.vanished.values() for call in calls)
    yield from (Pair(None, call) for calls in aligned.new.values() for call in calls)


@dataclass(slots=True)
class _Sum:
    """The change of one subject, in attodollars.

    Attributes:
        unknown: Whether a call has a cost that nobody knows.
    """

    own: int = 0
    base: int = 0
    head: int = 0
    calls: int = 0
    mix: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    unknown: bool = False

    @classmethod
    def of(cls, parts: Iterable[_Sum]) -> _Sum:
        """Add *parts* up."""
        whole = cls()
        for part in parts:
            for name in ("own", "base", "head", "calls", "mix"):
                setattr(whole, name, getattr(whole, name) + getattr(part, name))
            whole.kinds.update(part.kinds)
            whole.unknown = whole.unknown or part.unknown
        return whole

    def effects(self, subject: str) -> Effects:
        """Return it as people read it."""
        kinds = sorted(self.kinds.items())
        return Effects(
            subject=subject,
            base=Money(self.own),
            head=Money(self.head),
            price=Money(self.base - self.own),
            calls=Money(self.calls),
            mix=Money(self.mix),
            tokens=Money(self.kinds.total()),
            kinds={kind: Money(amount) for kind, amount in kinds if amount},
        )


@dataclass(frozen=True, slots=True)
class _Teller:
    """Says what each pair of calls changes."""

    own_costs: Mapping[str, Money]
    requote: Requote
    kinds: Kinds

    def tell(self, pair: Pair, specs: dict[str, _Sum]) -> None:
        """Add what *pair* changes to its SPEC."""
        call = pair.head or pair.base
        if call is None:
            return
        one = specs.setdefault(call.attribution.spec, _Sum())
        then, now = self._costs(pair.base), self._costs(pair.head)
        if then is None or now is None:
            one.unknown = True
            return
        before, after = sum(then.values()), sum(now.values())
        one.base, one.head = one.base + before, one.head + after
        one.own += before + (0 if pair.base is None else self._own_beyond(pair.base))
        if pair.base is None or pair.head is None or not (_tells(pair.base) and _tells(pair.head)):
            one.calls += after - before
            return
        held = self._held(pair.base, pair.head, then)
        one.mix += (after if held is None else sum(held.values())) - before
        one.kinds.update(now if held is not None else {})
        one.kinds.subtract(held or {})

    def _own_beyond(self, call: Charge) -> int:
        """Return how much more a call of the base costs at its own prices."""
        listed = call.list_cost or _ZERO
        return (self.own_costs.get(call.id, listed) - listed).atto

    def _held(
        self, base: Charge, head: Charge, then: Mapping[str, int]
    ) -> Mapping[str, int] | None:
        """Return what *head* would cost had it consumed what *base* did; None if unknown."""
        if _seller(base) == _seller(head):
            return then
        usage = base.reading.usage
        cost = self.requote(head, usage)
        reading = replace(head.reading, usage=usage, parts=())
        held = replace(head, reading=reading, list_cost=cost, bound=None)
        return None if cost is None or head.reading.parts else self._costs(held)

    def _costs(self, call: Charge | None) -> Mapping[str, int] | None:
        """Return what *call* costs by kind, in attodollars; None if that is unknown."""
        if call is None:
            return {}
        if call.uncertain and not call.bounded:
            return None
        listed = call.list_cost or _ZERO
        told = self.kinds(call) if listed else None
        parts = {kind: cost.atto for kind, cost in (told or {}).items() if cost}
        for kind, rest in (
            (OTHER, listed.atto - sum(parts.values())),
            (BOUND, call.list_spread.atto),
        ):
            if rest:
                parts[kind] = parts.get(kind, 0) + rest
        return parts


def _tells(call: Charge) -> bool:
    """Whether a call says what such a call consumes: it was answered, and counted something."""
    return call.outcome == "answered" and bool(call.reading.usage.reported() or call.list_spread)


def _seller(call: Charge) -> tuple[str, str, str, str]:
    """Return what the rates of a call depend on beside its tokens."""
    reading = call.reading
    return (reading.provider, reading.model, reading.service_tier or "", reading.region or "")
