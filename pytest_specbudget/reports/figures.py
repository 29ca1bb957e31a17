"""Names and figures as every format for people shows them.

What is shown never contradicts the verdict: an amount has as many places as it takes to stand on
its side of its ceiling, and what has no price is a question mark, never a zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.money import PLACES, Money
from pytest_specbudget.core.wording import exact, percent, places_for, plain, tight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.core.ledger import Totals
    from pytest_specbudget.reports.report import GateResult, Report

__all__ = [
    "WHOLE_RUN",
    "beside",
    "gate_spent",
    "interval",
    "judged_cost",
    "judged_spread",
    "judged_upper",
    "lower_bound",
    "share_used",
    "spec_name",
    "tests_among",
    "unknown_cost_calls",
    "visible",
    "with_unknown",
]

WHOLE_RUN = "whole run"
"""What everything together is called, and the one SPEC of a run where no SPEC exists at all."""


def visible(text: str, *, unicode: bool = True) -> str:
    """Escape what would not show, or would steer a terminal; without *unicode* all but ASCII."""
    shown = "".join(char if char.isprintable() else _escaped(char) for char in text)
    return shown if unicode else shown.encode("ascii", "backslashreplace").decode("ascii")


def spec_name(report: Report, name: str) -> str:
    """Return how a SPEC is called: `whole run` for everything where no SPEC exists at all."""
    alone = all(row.name == UNASSIGNED for row in report.specs)
    return WHOLE_RUN if name == UNASSIGNED and alone else name


def tests_among(names: Iterable[str]) -> int:
    """Count the tests of what was charged; fixtures and the like are named `<...>`."""
    return sum(not name.startswith("<") for name in names)


def beside(cost: Money, ceiling: Money | None, places: int | None = None) -> str:
    """Write *cost* with *places*, or as many as it takes to stand on its side of *ceiling*."""
    for enough in range(places_for([cost]) if places is None else places, PLACES):
        shown = plain(cost, enough)
        if ceiling is None or _order(Money.parse(shown), ceiling) == _order(cost, ceiling):
            return shown
    return exact(cost)


def unknown_cost_calls(totals: Totals) -> int:
    """Count the calls that cost something unknown, bounded or not."""
    return totals.unbounded_calls + totals.bounded_calls


def with_unknown(figure: str, known: Money, totals: Totals) -> str:
    """Mark *figure* as a lower bound where some calls have no cost, or as unknown altogether."""
    return lower_bound(figure, known, unknown=totals.unbounded_calls > 0)


def lower_bound(figure: str, known: Money, *, unknown: bool) -> str:
    """Mark *figure* as what is *known* at least of something *unknown*: `0.12 + ?`, or `?`."""
    if not unknown:
        return figure
    return f"{figure} + ?" if known else "?"


def judged_cost(report: Report, totals: Totals) -> Money:
    """Return the cost that the ceilings of *report* judge."""
    return totals.billed_cost if report.basis == "billed" else totals.list_cost


def judged_spread(report: Report, totals: Totals) -> Money:
    """Return how much more the bounded calls may add to the cost that ceilings judge."""
    return totals.billed_spread if report.basis == "billed" else totals.list_spread


def judged_upper(report: Report, totals: Totals) -> Money:
    """Return the most that may have been spent, which is what the ceilings judge."""
    return judged_cost(report, totals) + judged_spread(report, totals)


def interval(
    cost: Money,
    spread: Money,
    ceiling: Money | None = None,
    places: int | None = None,
    sign: str = "",
) -> str:
    """Write *cost* as `beside` does; with a *spread*, both ends: `0.0120 to 0.0620`."""
    places = places_for([cost + spread]) if places is None else places
    ends = (cost, cost + spread) if spread else (cost,)
    return " to ".join(f"{sign}{beside(end, ceiling, places)}" for end in ends)


def gate_spent(gate: GateResult) -> str:
    """Write what *gate* saw spent, beside its ceiling; marked where more may have been."""
    shown = interval(gate.spent, gate.spread, gate.ceiling, sign="$")
    return lower_bound(shown, gate.upper, unknown=gate.unknown_calls > 0)


def share_used(spent: Money, ceiling: Money) -> str:
    """Write how much of *ceiling* was spent: `55.1%`; without a percentage for a ceiling of $0."""
    share = spent.share_of(ceiling)
    if share is None:
        return "over" if spent else "-"
    return tight(percent(share))


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _order(left: Money, right: Money) -> int:
    return (left > right) - (left < right)
