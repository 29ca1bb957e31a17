"""A history at other prices as every format shows it: tables and sentences before any escaping.

The names of models and stages, and the sources of prices, are text from outside.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pytest_specbudget.audit.limits import worded
from pytest_specbudget.audit.month import LEAST, MONTH
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.rises import apart, percent_more
from pytest_specbudget.core.wording import calls_of, dollars_of, places_for, tight
from pytest_specbudget.prices.units import said
from pytest_specbudget.reports.changes import columned, more_of
from pytest_specbudget.reports.on_record import is_as_recorded, on_record_json, on_record_told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from fractions import Fraction

    from pytest_specbudget.analysis.drifting import DriftSummary
    from pytest_specbudget.analysis.explained import PriceChange, RateChange
    from pytest_specbudget.audit.drift import Drift, Moved
    from pytest_specbudget.audit.month import Month
    from pytest_specbudget.audit.shift import Shift
    from pytest_specbudget.reports.changes import Column
    from pytest_specbudget.reports.tables import Table

__all__ = [
    "changes_table",
    "drift_json",
    "drift_sections",
    "drift_table",
    "faults_table",
    "headline",
    "month_told",
    "remarks",
    "shifts_table",
]

_NONE = "-"


def headline(summary: DriftSummary) -> str:
    """Say in one sentence what the history came to."""
    asked, total = summary.asked, summary.now.total
    if summary.first is None:
        return f"{asked.history}: no call that told its counts"
    then, now = dollars_of(total.recorded, total.repriced)
    share = percent_more(total.recorded, total.repriced, worded(asked.limit))
    moved = "" if share == _NONE else f" ({share})"
    recorded = "as recorded" if is_as_recorded(summary) else "at the time"
    return (
        f"{asked.history}: {calls_of(total.calls)} from {summary.first} to {summary.last}, {then} "
        f"{recorded}, {now} at the prices of {asked.at:%Y-%m-%d}{moved}"
    )


def month_told(month: Month | None) -> Iterator[str]:
    """Say what a month like the last days costs at the new prices, or why nobody can tell.

    Nothing is said where no day is over.
    """
    if month is None:
        return
    if month.forecast is None:
        yield (
            f"no forecast of a month: before {month.until} the history has "
            f"{calls_of(month.covered, 'day')}, and it takes {LEAST}"
        )
        return
    then, now = dollars_of(*month.forecast)
    told = now if month.recorded == month.repriced else f"{now} instead of {then}"
    unknown = f", and {calls_of(month.unknown)} of unknown cost" if month.unknown else ""
    if month.ended:
        yield f"a month like {_basis(month)} costs {told}{unknown}"
    else:
        yield f"next month {told}{unknown}, if it is like {_basis(month)}"


def _basis(month: Month) -> str:
    scaled = "" if month.covered == MONTH else f", scaled to {MONTH}"
    days = f"the {month.covered} days before {month.until}{scaled}"
    if month.used == month.covered:
        return days
    return f"{days} (something was used on {month.used} of them)"


def drift_sections(summary: DriftSummary, most: int = 10) -> Iterator[tuple[str, Table]]:
    """Yield what there is to show, a heading and its table each; none of them is empty."""
    asked = summary.asked
    told = [
        (f"at the prices of {asked.at:%Y-%m-%d}, limit {worded(asked.limit)}", drift_table),
        ("the price changes", changes_table),
        ("recorded otherwise than the prices of that time", faults_table),
        ("tokens of a call, which no price explains", shifts_table),
    ]
    for heading, draw in told:
        table = draw(summary, most)
        if table.rows:
            yield heading, table


def drift_table(summary: DriftSummary, most: int = 10) -> Table:
    """Show what each model cost and would cost, what moved most first; the whole history last."""
    was = "recorded USD" if is_as_recorded(summary) else "at the time USD"
    return _moved_table(summary.now, worded(summary.asked.limit), (was, "now USD"), most)


def faults_table(summary: DriftSummary, most: int = 10) -> Table:
    """Show the models whose record contradicts the prices of its own time."""
    headers = ("recorded USD", "then USD")
    return _moved_table(summary.as_of_then, "", headers, most, only_moved=True)


def changes_table(summary: DriftSummary, most: int = 10) -> Table:
    """Show the dated price changes, by model."""
    found = [
        (model.subject, change)
        for model in summary.now.models
        for change in summary.changes.get(model.subject, ())
    ]
    shown = found[:most]
    columns: list[Column] = [
        ("model", [model for model, _ in shown]),
        ("price", [change.new for _, change in shown]),
        ("instead of", [change.old for _, change in shown]),
        ("source", [_sourced(change) for _, change in shown]),
        ("from", [str(change.day or _NONE) for _, change in shown]),
        ("", [change.rates_told for _, change in shown]),
    ]
    return columned(columns, names=4, left_out=more_of(len(found) - most, "price"))


def shifts_table(summary: DriftSummary, most: int = 10) -> Table:
    """Show the stages whose calls got longer or shorter from one week to the next."""
    shown = summary.shifts[:most]
    columns: list[Column] = [
        ("stage", [one.stage or _NONE for one in shown]),
        ("model", [one.model for one in shown]),
        ("week of", [_week(one, summary.asked.today) for one in shown]),
        ("calls", ["{:,} -> {:,}".format(*one.calls) for one in shown]),
        ("tokens", [one.kind for one in shown]),
        ("before", [_median(one.before) for one in shown]),
        ("after", [_median(one.after) for one in shown]),
        ("in %", [tight(percent_more(_halves(one.before), _halves(one.after))) for one in shown]),
    ]
    left_out = more_of(len(summary.shifts) - most, "shift")
    return columned(columns, names=2, left_out=left_out)


def _week(shift: Shift, today: date) -> str:
    over = shift.monday + timedelta(days=7) <= today
    return str(shift.monday) if over else f"{shift.monday}, so far"


def _median(tokens: Fraction) -> str:
    return f"{_number(tokens):,}"


def _number(tokens: Fraction) -> int | float:
    """Return a median as a number that is written exactly: a whole one, or a half."""
    return int(tokens) if tokens.denominator == 1 else float(tokens)


def _halves(tokens: Fraction) -> Money:
    """Return *tokens* as an amount whose share is asked for; a median may be a half."""
    return Money(int(2 * tokens))


def remarks(summary: DriftSummary) -> Iterator[str]:
    """Say what else a reader should know, a sentence each."""
    yield from month_told(summary.month)
    yield from on_record_told(summary)
    if summary.as_of_then.total.unknown:
        yield (
            f"{calls_of(summary.as_of_then.total.unknown)} with a cost on record and no price of "
            "that time to check it by"
        )
    if summary.terms:
        yield (
            "list prices alone are judged; what is paid by contracts and discounts, "
            "`specbudget history cost` tells"
        )
    if summary.undated:
        yield (
            f"{calls_of(summary.undated)} replayed at prices of a day that is not on record "
            "(`priced_at`); they are not held against the prices of their time"
        )


def drift_json(summary: DriftSummary) -> dict[str, Any]:
    """Return the facts as JSON has them: exact decimal strings, and what is unknown null."""
    asked, now = summary.asked, summary.now
    return {
        "history": asked.history,
        "result": now.result,
        "from": _text(summary.first),
        "to": _text(summary.last),
        "price_at": asked.at.isoformat().replace("+00:00", "Z"),
        "catalogue": summary.catalogue,
        "limit": worded(asked.limit),
        "origin": asked.origin,
        "total": _moved_json(now.total),
        "gross_usd": str(now.gross),
        "gross_said": now.gross_said,
        "models": [
            {**_moved_json(one), "changes": [*map(_change_json, _changes(summary, one))]}
            for one in now.models
        ],
        "as_of_then": {
            "total": _moved_json(summary.as_of_then.total),
            "models": [_moved_json(one) for one in summary.as_of_then.models],
        },
        "next_month": None if summary.month is None else _month_json(summary.month),
        "token_shifts": [*map(_shift_json, summary.shifts)],
        "on_record": on_record_json(summary),
        "calls_assumed": summary.assumed,
        "calls_untold": summary.untold,
        "calls_undated": summary.undated,
        "problems": [*summary.problems],
    }


def _moved_table(
    drift: Drift, limit: str, headers: tuple[str, str], most: int, *, only_moved: bool = False
) -> Table:
    models = [one for one in drift.models if one.gross or not only_moved]
    shown = [*models[:most], *([drift.total] if models else [])]
    places = places_for(cost for one in shown for cost in (one.recorded, one.repriced))
    figures = [apart(one.recorded, one.repriced, places) for one in shown]
    columns: list[Column] = [
        ("model", [one.subject for one in shown]),
        ("calls", [f"{one.calls:,}" for one in shown]),
        (
            headers[0],
            [_known(one, was) for one, (was, _, _) in zip(shown, figures, strict=True)],
        ),
        (headers[1], [_known(one, is_) for one, (_, is_, _) in zip(shown, figures, strict=True)]),
        ("change", [_told(one, by) for one, (_, _, by) in zip(shown, figures, strict=True)]),
        ("in %", [tight(percent_more(one.recorded, one.repriced, limit)) for one in shown]),
        ("", [_said(one) for one in shown]),
    ]
    over = frozenset(place for place, one in enumerate(shown) if one.said == "drifted")
    return columned(columns, over=over, left_out=more_of(len(models) - most, "model"))


def _said(one: Moved) -> str:
    """Say what a move comes to, and how far single calls moved that cancel each other in it."""
    if one.gross == one.size:
        return one.said
    return f"{one.said}, {dollars_of(one.gross)[0]} either way"


def _told(one: Moved, change: str) -> str:
    """Return the *change* of the calls that have prices; without one, nobody knows."""
    return "?" if one.unknown and not one.calls else change


def _known(one: Moved, figure: str) -> str:
    """Mark *figure* as a lower bound where some calls have no price."""
    if not one.unknown:
        return figure
    return f"{figure} + ?" if one.calls else "?"


def _sourced(change: PriceChange) -> str:
    return change.source if change.checked is None else f"{change.source}, {change.checked}"


def _changes(summary: DriftSummary, one: Moved) -> Sequence[PriceChange]:
    return summary.changes.get(one.subject, ())


def _moved_json(one: Moved) -> dict[str, Any]:
    return {
        "name": one.subject,
        "calls": one.calls,
        "recorded_usd": str(one.recorded),
        "repriced_usd": str(one.repriced),
        "change_usd": str(one.change),
        "gross_usd": str(one.gross),
        "said": one.said,
        "calls_unknown": one.unknown,
        "reasons": [*one.reasons],
    }


def _change_json(change: PriceChange) -> dict[str, Any]:
    return {
        "from": _text(change.day),
        "old_price_id": change.old,
        "new_price_id": change.new,
        "source": change.source,
        "checked": _text(change.checked),
        "rates": [*map(_rate_json, change.rates)],
    }


def _rate_json(rate: RateChange) -> dict[str, Any]:
    unit = said(rate.meter)
    return {"meter": rate.meter, "unit": unit, "old_usd": rate.old_usd, "new_usd": rate.new_usd}


def _month_json(month: Month) -> dict[str, Any]:
    return {
        "from": str(month.since),
        "before": str(month.until),
        "days_covered": month.covered,
        "days_used": month.used,
        "recorded_usd": str(month.recorded),
        "repriced_usd": str(month.repriced),
        "calls_unknown": month.unknown,
        "ended": month.ended,
        "forecast_usd": None if month.forecast is None else str(month.forecast[1]),
    }


def _shift_json(shift: Shift) -> dict[str, Any]:
    return {
        "stage": shift.stage,
        "model": shift.model,
        "tokens": shift.kind,
        "week_of": str(shift.monday),
        "calls": [*shift.calls],
        "before": _number(shift.before),
        "after": _number(shift.after),
    }


def _text(day: object) -> str | None:
    return None if day is None else str(day)
