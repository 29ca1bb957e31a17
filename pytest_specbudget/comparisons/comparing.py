"""Two sides, held against each other: the one place that a run and the command both use."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.audit.comparing import compare
from pytest_specbudget.audit.limits import Limits
from pytest_specbudget.bookkeeping.gates import nodes_of
from pytest_specbudget.comparisons.sides import OneInstant
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.wording import calls_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_specbudget.audit.comparison import Comparison, RequestChange, Side
    from pytest_specbudget.bookkeeping.desk import PriceDesk
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.settings.settings import Settings

    OwnLimits = Mapping[str, tuple[Fraction, str]]

__all__ = ["compared", "disjoint", "limits_of", "own_limits"]

_NONE: OwnLimits = {}


def compared(  # noqa: PLR0913 - all that decides a comparison
    base: Side,
    head: Side,
    settings: Settings,
    desk: PriceDesk,
    *,
    tests: OwnLimits = _NONE,
    requests: Iterable[RequestChange] = (),
) -> Comparison:
    """Hold *head* against *base*.

    Args:
        base: The run that was accepted, priced by `OneInstant.of(desk)`.
        head: The run in question, priced likewise.
        settings: How much dearer it may be.
        desk: Who prices.
        tests: Tests with a limit of their own, in percent, and where each was set.
        requests: The requests that changed, as far as their bodies are at hand.
    """
    prices = OneInstant.of(desk)
    limits = limits_of(settings, tests)
    comparison = compare(base, head, limits, prices.requote, prices.kinds)
    return replace(comparison, requests=tuple(requests))


def disjoint(comparison: Comparison) -> tuple[Finding, ...]:
    """Return why nothing was compared, where both sides have tests and none of them is the same."""
    if comparison.changes or not (comparison.new and comparison.vanished):
        return ()
    told = f"{calls_of(len(comparison.vanished), 'test')} there, {len(comparison.new):,} here"
    return (
        Finding(
            rule="gate-unavailable",
            subject=comparison.base,
            message=f"no test that calls a model is on both sides ({told})",
            origin=comparison.origin,
            remedy="compare with a base that has these tests, or store a new one",
            inconclusive=True,
        ),
    )


def limits_of(settings: Settings, tests: OwnLimits = _NONE) -> Limits:
    """Return what *settings* hold a comparison to; *tests* are those with a limit of their own."""
    return Limits(
        pct=settings.max_regression,
        origin=settings.origins.get("max_regression", ""),
        tests=tests,
        strict_baseline=settings.strict_baseline,
    )


def own_limits(journals: Iterable[Journal], charges: Iterable[Charge]) -> OwnLimits:
    """Return the tests among *charges* whose marker sets a limit; the innermost marker holds."""
    marked = {
        str(event.values["node"]): (
            Fraction(event.values["max_regression"]),
            str(event.values["origin"]),
        )
        for journal in journals
        for event in journal.events
        if event.event == "limit" and "max_regression" in event.values
    }
    found = {}
    for charge in charges if marked else ():
        nodes = [node for node in nodes_of(charge) if node in marked]
        if nodes:
            found[charge.attribution.test] = marked[max(nodes, key=len)]
    return found
