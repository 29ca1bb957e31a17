"""What both sides of a comparison consumed, summed up by subject in one pass."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.audit.effects import WHOLE_RUN
from pytest_specbudget.core.ledger import Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.audit.comparison import Scope
    from pytest_specbudget.audit.limits import Requote
    from pytest_specbudget.audit.pairing import Pair
    from pytest_specbudget.core.ledger import Charge

    Subject = tuple[Scope, str]

__all__ = ["Swap", "Tally", "cost_of", "tallied"]

_ZERO = Money()
_SUMS = tuple(one.name for one in fields(Totals))
_USUAL_TIER = "default"
_WRITTEN = (
    "output_tokens",
    "reasoning_output_tokens",
    "output_audio_tokens",
    "output_image_tokens",
)


@dataclass(slots=True)
class Swap:
    """Calls that ask another model, or the same one for another service, and are dearer by it."""

    calls: int = 0
    rise: Money = _ZERO

    def add(self, calls: int, rise: Money) -> None:
        """Add *calls* that are dearer by *rise* together."""
        self.calls += calls
        self.rise += rise


@dataclass(slots=True)
class Tally:
    """One subject on both sides.

    Attributes:
        base: What it consumed.
        head: What it consumes.
        charged: Whether the base has any charge of it.
        unknown_then: Calls of the base whose cost is unknown and not bounded.
        unknown_now: Those of the head.
        partnered: What the calls of the base cost that became one of the head.
        longer: What these cost more because they answer at greater length; negative for less.
        swaps: Their changes of model that make them dearer, by `old -> new`.
        specs: The SPECs that either side charges.
    """

    base: Totals = field(default_factory=Totals)
    head: Totals = field(default_factory=Totals)
    charged: bool = False
    unknown_then: int = 0
    unknown_now: int = 0
    partnered: Money = _ZERO
    longer: Money = _ZERO
    swaps: dict[str, Swap] = field(default_factory=dict)
    specs: set[str] = field(default_factory=set)

    @property
    def held(self) -> Money:
        """What the head would cost with answers of the length that they had."""
        return self.head.list_upper - self.longer

    def merge(self, other: Tally) -> None:
        """Add *other* up with this."""
        for mine, others in ((self.base, other.base), (self.head, other.head)):
            for name in _SUMS:
                setattr(mine, name, getattr(mine, name) + getattr(others, name))
        self.charged = self.charged or other.charged
        self.unknown_then += other.unknown_then
        self.unknown_now += other.unknown_now
        self.partnered += other.partnered
        self.longer += other.longer
        self.specs |= other.specs
        for name, swap in other.swaps.items():
            self.swaps.setdefault(name, Swap()).add(swap.calls, swap.rise)


class _Labels(NamedTuple):
    """What a call counts for, beside its test and the run."""

    spec: str
    stage: str | None
    model: str

    def subjects(self) -> Iterator[Subject]:
        yield "run", WHOLE_RUN
        yield "spec", self.spec
        if self.stage is not None:
            yield "stage", self.stage
        yield "model", self.model


def tallied(pairs: Iterable[Pair], requote: Requote) -> dict[Subject, Tally]:
    """Sum calls up for the run and for each SPEC, stage, model and test that they name.

    Each call is added twice: to its test, and to all that have the same labels.  The rest are sums
    of these, of which there are few.
    """
    tests: dict[str, Tally] = defaultdict(Tally)
    alike: dict[_Labels, Tally] = defaultdict(Tally)
    for base, head in pairs:
        if base is not None:
            _add_base(base, tests[base.attribution.test], alike[_labels(base)])
        if head is not None:
            of_head = tests[head.attribution.test], alike[_labels(head)]
            _add_head(head, *of_head)
            if base is not None:
                _add_both(base, head, *of_head, requote=requote)
    tallies: dict[Subject, Tally] = defaultdict(Tally)
    for labels, tally in alike.items():
        for subject in labels.subjects():
            tallies[subject].merge(tally)
    return {**tallies, **{("test", test): tally for test, tally in tests.items()}}


def cost_of(charge: Charge) -> Money:
    """Return the most that *charge* can have cost at published prices, as far as that is known."""
    known = charge.list_cost or _ZERO
    return known if charge.bound is None else known + charge.list_spread


def _labels(charge: Charge) -> _Labels:
    owner = charge.attribution
    return _Labels(owner.spec, owner.stage, charge.reading.model)


def _add_base(charge: Charge, *tallies: Tally) -> None:
    unknown = _unknown(charge)
    for tally in tallies:
        tally.base.add(charge)
        tally.charged = True
        tally.unknown_then += unknown
        tally.specs.add(charge.attribution.spec)


def _add_head(charge: Charge, *tallies: Tally) -> None:
    unknown = _unknown(charge)
    for tally in tallies:
        tally.head.add(charge)
        tally.unknown_now += unknown
        tally.specs.add(charge.attribution.spec)


def _add_both(base: Charge, head: Charge, *tallies: Tally, requote: Requote) -> None:
    cost, longer = cost_of(base), _longer(base, head, requote)
    swap, rise = _swap(base, head), cost_of(head) - longer - cost
    for tally in tallies:
        tally.partnered += cost
        tally.longer += longer
        if swap and rise > _ZERO:
            tally.swaps.setdefault(swap, Swap()).add(1, rise)


def _unknown(charge: Charge) -> bool:
    return charge.uncertain and not charge.bounded


def _longer(base: Charge, head: Charge, requote: Requote) -> Money:
    """Return what *head* costs more than with an answer as long as that to *base*.

    Where that length is not known, or the cost is not, the call is held at its own cost.
    """
    then, now = base.reading.usage, head.reading.usage
    if not then.output_tokens or _as_long(then, now) or base.uncertain or head.uncertain:
        return _ZERO
    held = requote(head, _answered_as(then, now))
    return _ZERO if held is None or head.list_cost is None else head.list_cost - held


def _as_long(then: Usage, now: Usage) -> bool:
    return all(getattr(then, name) == getattr(now, name) for name in _WRITTEN)


def _answered_as(then: Usage, now: Usage) -> Usage:
    """Return what was read as *now*, and what was written as *then*."""
    written = {name: getattr(then, name) for name in _WRITTEN}
    return Usage.of({**now.reported(), **written})


def _swap(base: Charge, head: Charge) -> str:
    """Say what is asked instead of what was: another model, or the same at another service."""
    then, now = base.reading, head.reading
    asked = then.request_model, now.request_model
    if None not in asked and asked[0] != asked[1]:
        return f"{asked[0]} -> {asked[1]}"
    if then.model != now.model:
        return f"{then.model} -> {now.model}"
    tiers = then.service_tier or _USUAL_TIER, now.service_tier or _USUAL_TIER
    return f"{now.model} {' -> '.join(tiers)}" if tiers[0] != tiers[1] else ""
