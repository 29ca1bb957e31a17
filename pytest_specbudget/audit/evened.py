"""As many runs of each test on both sides, so that sums of repeated runs can stand side by side.

What it makes is for tables and for the split of a change; chance is in it, and it is not judged:
`live_claims` is.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from pytest_specbudget.audit.repeats import base_name
from pytest_specbudget.audit.sampled import runs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_specbudget.audit.comparison import Side
    from pytest_specbudget.core.ledger import Charge

    Runs = Mapping[str, Sequence[Sequence[Charge]]]

__all__ = ["evened"]


def evened(
    base: Sequence[Side], head: Sequence[Side], *, repeated: tuple[bool, bool]
) -> tuple[Side, Side]:
    """Make one side of each of *base* and *head*.

    Args:
        base: One run or more.
        head: One run or more.
        repeated: Whether names tell the run, of the base and of the head.

    Returns:
        Each with the first runs of every test, as many as both sides have; of a test that only one
        side has, one run.  Tests have their names without the run.
    """
    then, now = runs_of(base, repeated=repeated[0]), runs_of(head, repeated=repeated[1])
    counts = {test: min(len(then[test]), len(now[test])) for test in then.keys() & now.keys()}
    return _side(base, then, counts, named=repeated[0]), _side(head, now, counts, named=repeated[1])


def _side(sides: Sequence[Side], runs: Runs, counts: Mapping[str, int], *, named: bool) -> Side:
    known = [side.unrun for side in sides if side.unrun is not None]
    unrun = frozenset(base_name(test)[0] if named else test for test in chain(*known))
    return replace(
        sides[0],
        charges=tuple(_kept(runs, counts)),
        own_costs={each: cost for side in sides for each, cost in side.own_costs.items()},
        unrun=unrun if len(known) == len(sides) else None,
        notes=tuple(dict.fromkeys(note for side in sides for note in side.notes)),
    )


def _kept(runs: Runs, counts: Mapping[str, int]) -> Iterator[Charge]:
    for test, found in runs.items():
        for charge in chain.from_iterable(found[: counts.get(test, 1)]):
            yield replace(charge, attribution=replace(charge.attribution, test=test))
