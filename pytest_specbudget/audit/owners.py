"""Whose the calls of the head are, where only the base was told.

A recording's index tells its SPEC by the name of its file.  A file that was renamed with its test
is in no index until somebody writes that anew; the base, which is in one, says whose the same calls
were.  What neither side was told stays with no SPEC, and a note says so: money never leaves a SPEC
in silence.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.audit.pairing import partners
from pytest_specbudget.audit.renaming import renames
from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.wording import first_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_specbudget.audit.comparison import Side
    from pytest_specbudget.core.ledger import Charge

    Tests = Mapping[str, Sequence[Charge]]

__all__ = ["with_owners"]

_MOST_NAMES = 3
_ONE = ("belongs", "it costs", "it")
_SEVERAL = ("belong", "they cost", "them")


def with_owners(base: Side, head: Side) -> Side:
    """Return *head* with the labels of *base* on the calls that nobody told the head of.

    It is linear in the number of calls.

    Args:
        base: What the head is compared with.
        head: Its `untold` tests are those in question.

    Returns:
        The head; its notes say which tests remain untold, where SPECs are to be expected at all.
    """
    if not head.untold:
        return head
    then, now = base.by_test(), head.by_test()
    told = dict(_told(then, {test: now[test] for test in head.untold & now.keys()}, now))
    charges = tuple(told.get(charge.id, charge) for charge in head.charges)
    owned = replace(head, charges=charges)
    return replace(owned, notes=(*head.notes, *_still_untold(base, owned)))


def _told(then: Tests, untold: Tests, now: Tests) -> Iterator[tuple[str, Charge]]:
    """Yield the calls of *untold* tests that the base knows an owner of, by id."""
    gone = {test: calls for test, calls in then.items() if test not in now}
    new = {test: calls for test, calls in now.items() if test not in then}
    former = {new_name: old_name for old_name, new_name in renames(gone, new).items()}
    for test, calls in untold.items():
        known = then.get(former.get(test, test), ())
        yield from ((one.id, one) for one in _labelled(known, calls))


def _labelled(known: Sequence[Charge], calls: Sequence[Charge]) -> Iterator[Charge]:
    """Give *calls* the labels of what they were; a new call those that all of its test had."""
    alike = known[0] if len({_labels(one) for one in known}) == 1 else None
    for was, call in partners(known, calls):
        owner = was or alike
        if call is not None and owner is not None and call.attribution.spec == UNASSIGNED:
            yield _as_of(owner, call)


def _labels(charge: Charge) -> tuple[str, str | None, str | None, str | None]:
    owner = charge.attribution
    return owner.spec, owner.stage, owner.command, charge.tier


def _as_of(owner: Charge, call: Charge) -> Charge:
    spec, stage, command, tier = _labels(owner)
    attribution = replace(call.attribution, spec=spec, stage=stage, command=command)
    return replace(call, attribution=attribution, tier=tier)


def _still_untold(base: Side, head: Side) -> Iterator[str]:
    nobodys = {one.attribution.test for one in head.charges if one.attribution.spec == UNASSIGNED}
    tests = sorted(nobodys & head.untold)
    if tests and any(side.indexed or _has_specs(side) for side in (base, head)):
        belong, they_cost, them = _ONE if len(tests) == 1 else _SEVERAL
        yield (
            f"{head.name}: nobody tells which SPEC {len(tests):,} of its tests {belong} to, so "
            f"what {they_cost} counts for none: {first_of(tests, _MOST_NAMES)}; run {them}, let "
            f"`specbudget cassettes index` write it down, and commit that; or name {them} in "
            "`spec_by_path`."
        )


def _has_specs(side: Side) -> bool:
    return any(charge.attribution.spec != UNASSIGNED for charge in side.charges)
