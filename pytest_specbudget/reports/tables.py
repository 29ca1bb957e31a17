"""The tables that every format for people shows, before any format escapes or aligns them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, exact, places_for, short_count
from pytest_specbudget.quality.wording import decimal
from pytest_specbudget.reports.figures import (
    WHOLE_RUN,
    interval,
    judged_cost,
    judged_spread,
    judged_upper,
    lower_bound,
    share_used,
    spec_name,
    tests_among,
    with_unknown,
)
from pytest_specbudget.reports.report import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_specbudget.reports.report import QualityResult, Report

    _Column = tuple[str, list[str]]

__all__ = ["Table", "dearest_tests_table", "models_table", "quality_table", "specs_table"]

_SAID = ("failed", "inconclusive", "passed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Cells as plain text, the dearest row first.

    Attributes:
        headers: One for each column.
        rows: As many cells each as there are headers.
        names: How many columns from the left hold names that others chose.
        over: Which rows are over their ceiling, from 0.
        left_out: What is said about the rows that are not shown; empty if all are.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    names: int = 1
    over: frozenset[int] = frozenset()
    left_out: str = ""


def specs_table(report: Report, most: int = 20) -> Table:
    """Show what each SPEC spent beside its ceiling; the session last, where it has one."""
    ranked = _ranked(report, report.specs)
    shown = _with_session(report, ranked[:most])
    columns = [
        ("spec", [spec_name(report, row.name) for row in shown]),
        ("tests", [f"{row.tests:,}" for row in shown]),
        *_spending(report, shown),
        *_limits(report, shown),
        *_remarks(shown),
    ]
    over = frozenset(place for place, row in enumerate(shown) if _is_over(report, row))
    return _table(columns, over=over, left_out=_left_out(ranked[most:], "SPEC"))


def models_table(report: Report, most: int = 10) -> Table:
    """Show what each model cost."""
    ranked = _ranked(report, report.models)
    shown = ranked[:most]
    columns = [
        ("model", [row.name for row in shown]),
        *_spending(report, shown),
        *_remarks(shown),
    ]
    return _table(columns, left_out=_left_out(ranked[most:], "model"))


def dearest_tests_table(report: Report, most: int = 5) -> Table:
    """Show the dearest tests and fixtures, with their SPECs."""
    shown, others = _unknown_first(_ranked(report, report.tests), most)
    columns = [
        ("test", [row.name for row in shown]),
        ("spec", [_specs_of(report, row) for row in shown]),
        *_spending(report, shown),
        *_remarks(shown),
    ]
    return _table(columns, names=2, left_out=_left_out(others, "test"))


def _table(
    columns: list[_Column], *, names: int = 1, over: frozenset[int] = frozenset(), left_out: str
) -> Table:
    return Table(
        headers=tuple(header for header, _ in columns),
        rows=tuple(zip(*(cells for _, cells in columns), strict=True)),
        names=names,
        over=over,
        left_out=left_out,
    )


def quality_table(report: Report, most: int = 20) -> Table:
    """Show what each threshold said of the scores, what failed first."""
    ranked = sorted(report.quality, key=lambda one: _SAID.index(one.said))
    shown = ranked[:most]
    columns = [
        ("threshold", [one.kind for one in shown]),
        ("of", [one.subject for one in shown]),
        ("value", [_measured(one) for one in shown]),
        ("at least", [one.least for one in shown]),
        ("n", [f"{one.n:,}" for one in shown]),
        ("", [one.said for one in shown]),
        ("set by", [one.origin for one in shown]),
    ]
    over = frozenset(place for place, one in enumerate(shown) if one.said == "failed")
    left_out = f"and {calls_of(len(ranked) - most, 'more threshold')}" if ranked[most:] else ""
    return _table(columns, names=2, over=over, left_out=left_out)


def _measured(one: QualityResult) -> str:
    """Write what was measured with as many digits as it takes to tell it from its threshold."""
    return "none" if one.value is None else decimal(Fraction(one.value), Fraction(one.least))


def _ranked(report: Report, rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-judged_upper(report, row.totals).atto, row.name))


def _unknown_first(ranked: list[Row], most: int) -> tuple[list[Row], list[Row]]:
    """Return the rows to show, and the others: nobody knows if one of unknown cost is dearest.

    Those of unknown cost take no more than half of the room that those of known cost could use.
    """
    unknown = [row for row in ranked if row.totals.unbounded_calls]
    known = [row for row in ranked if not row.totals.unbounded_calls]
    room = max(most - len(known), most - most // 2)
    shown = [*unknown[:room], *known][:most]
    return shown, [row for row in ranked if row not in shown]


def _with_session(report: Report, specs: list[Row]) -> list[Row]:
    """Add the row of the session's ceiling; where no SPEC exists, the one row stands for both."""
    ceilings = [gate.ceiling for gate in report.gates if gate.scope == "session"]
    if not ceilings:
        return specs
    if [spec.name for spec in specs] == [UNASSIGNED]:
        own = [specs[0].ceiling] if specs[0].ceiling is not None else []
        return [replace(specs[0], ceiling=min([*ceilings, *own]))]
    whole = Row(
        name=WHOLE_RUN, totals=report.totals, tests=tests_among(row.name for row in report.tests)
    )
    return [*specs, replace(whole, ceiling=min(ceilings))]


def _specs_of(report: Report, test: Row) -> str:
    return ", ".join(spec_name(report, spec) for spec in test.spec.split(", "))


def _spending(report: Report, rows: list[Row]) -> Iterator[_Column]:
    """Yield the columns of calls, tokens and cost; the judged cost beside its ceiling."""
    sums = [row.totals for row in rows]
    yield "calls", [f"{one.calls:,}" for one in sums]
    yield "in", [short_count(one.input_tokens) for one in sums]
    yield "out", [short_count(one.output_tokens) for one in sums]
    billed = report.basis == "billed"
    listed = [(one.list_cost, one.list_spread) for one in sums]
    yield "list USD", _costs(rows, listed, judged=not billed)
    if billed:
        paid = [(one.billed_cost, one.billed_spread) for one in sums]
        yield "billed USD", _costs(rows, paid, judged=True)


def _limits(report: Report, rows: list[Row]) -> Iterator[_Column]:
    """Yield the columns of ceilings, if any row has one."""
    if any(row.ceiling is not None for row in rows):
        yield "ceiling", ["-" if row.ceiling is None else exact(row.ceiling) for row in rows]
        yield "used", [_used(report, row) for row in rows]


def _remarks(rows: list[Row]) -> Iterator[_Column]:
    """Yield a column of remarks, if there is any."""
    if any(map(_remark, rows)):
        yield "", [_remark(row) for row in rows]


def _costs(rows: list[Row], costs: list[tuple[Money, Money]], *, judged: bool) -> list[str]:
    """Write costs with their spreads."""
    places = places_for(cost + spread for cost, spread in costs)
    return [_cost(row, *cost, places, judged=judged) for row, cost in zip(rows, costs, strict=True)]


def _cost(row: Row, cost: Money, spread: Money, places: int, *, judged: bool) -> str:
    shown = interval(cost, spread, row.ceiling if judged else None, places)
    return with_unknown(shown, cost + spread, row.totals)


def _used(report: Report, row: Row) -> str:
    if row.ceiling is None:
        return "-"
    spent, spread = judged_cost(report, row.totals), judged_spread(report, row.totals)
    ends = (spent, spent + spread) if spread else (spent,)
    shown = " to ".join(share_used(end, row.ceiling) for end in ends)
    return with_unknown(shown, spent + spread, row.totals)


def _is_over(report: Report, row: Row) -> bool:
    return row.ceiling is not None and judged_upper(report, row.totals) > row.ceiling


def _remark(row: Row) -> str:
    workers = [f"x{row.workers} workers"] if row.workers > 1 else []
    retries = [f"{calls_of(row.retries, 'retried call')}, not counted"] if row.retries else []
    guessed = row.totals.estimated_calls
    estimated = [f"{calls_of(guessed)} estimated"] if guessed else []
    return "; ".join([*workers, *retries, *estimated])


def _left_out(rows: Sequence[Row], noun: str) -> str:
    if not rows:
        return ""
    cost = Money.total(row.totals.list_cost for row in rows)
    upper = Money.total(row.totals.list_upper for row in rows)
    figure = interval(cost, upper - cost, sign="$")
    unknown = sum(row.totals.unbounded_calls for row in rows)
    shown = lower_bound(figure, upper, unknown=unknown > 0)
    return f"and {calls_of(len(rows), f'more {noun}')}, {shown} list together"
