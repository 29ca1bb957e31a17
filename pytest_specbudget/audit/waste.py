"""Calls that one could do without: retries, escalations, and questions asked twice.

* `escalation`: routing took the call to a higher tier than the command's own.
* `retry`: an attempt that the provider put off (429) or could not answer (5xx), or that failed and
  was asked again as it was; routing's second and later tries of a plan; and what a test calls when
  it is run again.
* `duplicate`: the same request, answered more than once within one run of a test, all but the
  first.  What routing asks several models, or in several roles, is asked on purpose.

Each call is one of these at most, the first that fits in this order.  An attempt that failed cost
nothing and is shown with what it cost; the answer that followed is no waste.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.audit.comparison import Waste
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_specbudget.audit.comparison import Side
    from pytest_specbudget.core.ledger import Charge

    _Kind = Literal["retry", "escalation", "duplicate"]

__all__ = ["waste"]

_TOO_MANY, _SERVERS_FAULT = 429, 500
_ZERO = Money()


def waste(base: Side | None, head: Side) -> tuple[Waste, ...]:
    """Name and price what the head could do without, the dearest first.

    Args:
        base: What it is held against, to tell what is new; None if there is nothing.
        head: Whose calls are looked at.
    """
    known = _counted(() if base is None else base.charges)
    groups: defaultdict[tuple[_Kind, str], list[Charge]] = defaultdict(list)
    for kind, charge in _found(head.charges):
        groups[kind, charge.attribution.test].append(charge)
    listed = (
        Waste(
            kind=kind,
            test=test,
            calls=len(charges),
            list_cost=Money.total(charge.list_cost or _ZERO for charge in charges),
            new=base is not None and len(charges) > known[kind, test],
        )
        for (kind, test), charges in groups.items()
    )
    return tuple(sorted(listed, key=_dearest_first))


def _dearest_first(one: Waste) -> tuple[int, int, str, str]:
    return -one.list_cost.atto, -one.calls, one.kind, one.test


def _counted(charges: Iterable[Charge]) -> Counter[tuple[_Kind, str]]:
    return Counter((kind, charge.attribution.test) for kind, charge in _found(charges))


def _found(charges: Iterable[Charge]) -> Iterator[tuple[_Kind, Charge]]:
    tests: defaultdict[str, list[Charge]] = defaultdict(list)
    for charge in charges:
        if charge.reading.called:
            tests[charge.attribution.test].append(charge)
    for calls in tests.values():
        yield from _of_test(calls)


def _of_test(calls: Sequence[Charge]) -> Iterator[tuple[_Kind, Charge]]:
    """Go through the calls of one test in their order."""
    first_run = min(call.attribution.attempt for call in calls)
    to_come = Counter(map(_request, calls))
    answered: set[object] = set()
    for call in calls:
        request = _request(call)
        to_come[request] -= 1
        if call.routed is not None and call.routed.escalated:
            yield "escalation", call
        elif call.attribution.attempt > first_run or _is_retry(call, to_come[request]):
            yield "retry", call
        elif call.outcome == "answered" and request in answered:
            yield "duplicate", call
        if call.outcome == "answered" and call.fingerprint is not None:
            answered.add(request)


def _request(call: Charge) -> object:
    """Return what is equal for calls that ask the same, for the same purpose."""
    asked_of = None if call.routed is None else (call.routed.slot, call.routed.role)
    return call.fingerprint, call.attribution.attempt, call.role, asked_of


def _is_retry(call: Charge, to_come: int) -> bool:
    if call.routed is not None and call.routed.attempt > 1:
        return True
    if call.outcome == "answered":
        return False
    status = call.status or 0
    put_off = status == _TOO_MANY or status >= _SERVERS_FAULT
    return put_off or (call.fingerprint is not None and to_come > 0)
