"""What tests cost in several runs: the samples that claims about live runs rest on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from math import log
from typing import TYPE_CHECKING

from pytest_specbudget.audit.repeats import base_name
from pytest_specbudget.core.money import Money
from pytest_specbudget.samples.shift import Shift

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_specbudget.audit.comparison import Side
    from pytest_specbudget.core.ledger import Charge

__all__ = ["Paired", "Sampled", "paired", "runs_of", "sampled"]


@dataclass(frozen=True, slots=True)
class Sampled:
    """The runs of each test.

    Attributes:
        costs: What each run cost, by test; a run in which a test made no call is not among them.
        unknown: Tests of which some run has a cost that nobody knows.
    """

    costs: Mapping[str, Sequence[Money]]
    unknown: frozenset[str] = frozenset()

    @property
    def repeated(self) -> bool:
        """Whether any test ran more often than once."""
        return any(len(runs) > 1 for runs in self.costs.values())


@dataclass(frozen=True, slots=True)
class Paired:
    """One test on both sides.

    Attributes:
        test: Its name.
        base: Its mean cost then, in attodollars, exact.
        head: Its mean cost now.
        shift: By how much the mean logarithm of its cost rose; None where a run was free.
    """

    test: str
    base: Fraction
    head: Fraction
    shift: Shift | None = None

    @property
    def ratio(self) -> Fraction | None:
        """How many times as much it costs; None if it cost nothing."""
        return self.head / self.base if self.base else None


def sampled(sides: Iterable[Side], *, repeated: bool) -> Sampled:
    """Sort the charges of several runs by test and run.

    For calls that cost at most what the user declared, that upper end counts.

    Args:
        sides: Runs of pytest, all priced alike.
        repeated: Whether each ran its tests several times (`--spec-repeats`), so that their names
            tell which charges are of which run.
    """
    costs = {}
    unknown = set()
    for test, runs in runs_of(sides, repeated=repeated).items():
        costs[test] = [Money.total(map(_upper, charges)) for charges in runs]
        if any(map(_unknown, chain.from_iterable(runs))):
            unknown.add(test)
    return Sampled(costs, frozenset(unknown))


def runs_of(sides: Iterable[Side], *, repeated: bool) -> dict[str, list[list[Charge]]]:
    """Return the charges of each run of each test, by its name without the run; as `sampled`."""
    runs: dict[str, dict[tuple[int, int], list[Charge]]] = {}
    for number, side in enumerate(sides):
        for charge in side.charges:
            test = charge.attribution.test
            name, run = base_name(test) if repeated else (test, None)
            runs.setdefault(name, {}).setdefault((number, run or 0), []).append(charge)
    return {test: [found[run] for run in sorted(found)] for test, found in runs.items()}


def paired(base: Sampled, head: Sampled) -> list[Paired]:
    """Pair the tests that both sides ran and whose cost is known there, sorted by name."""
    unknown = base.unknown | head.unknown
    tests = sorted(base.costs.keys() & head.costs.keys() - unknown)
    return [_pair(test, base.costs[test], head.costs[test]) for test in tests]


def _pair(test: str, base: Sequence[Money], head: Sequence[Money]) -> Paired:
    paid = all((*base, *head))  # nothing has no logarithm
    shift = Shift.between(_logs(base), _logs(head)) if paid else None
    return Paired(test, _mean(base), _mean(head), shift)


def _mean(costs: Sequence[Money]) -> Fraction:
    return Fraction(Money.total(costs).atto, len(costs))


def _logs(costs: Sequence[Money]) -> list[float]:
    return [log(cost.atto) for cost in costs]


def _upper(charge: Charge) -> Money:
    return (charge.list_cost or Money()) + charge.list_spread


def _unknown(charge: Charge) -> bool:
    return charge.uncertain and not charge.bounded
