"""A history at other prices as people and programs read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.analysis.drifting import DriftSummary, Question
from pytest_specbudget.analysis.explained import PriceChange, RateChange
from pytest_specbudget.analysis.priced import OnRecord
from pytest_specbudget.audit.drift import Priced, drift
from pytest_specbudget.audit.month import Month
from pytest_specbudget.audit.shift import Shift
from pytest_specbudget.core.money import Money
from pytest_specbudget.reports.drifted import (
    drift_json,
    drift_sections,
    drift_table,
    headline,
    month_told,
    remarks,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = date(2026, 11, 2)
NEXT_MONTH = "next month $2.00 instead of $1.00, if it is like the 30 days before"
CHANGE = PriceChange(
    old="openai/o3/default",
    new="openai/o3/default/from-2025-06-10",
    day=date(2025, 6, 10),
    rates=(
        RateChange(meter="input", old=10**13, new=2 * 10**12),
        RateChange(meter="request", old=None, new=10**16),
    ),
    source="https://example.org/prices",
    checked=date(2026, 11, 20),
)


def summary(*models: tuple[str, str, str], unknown: int = 0, **more: Any) -> DriftSummary:
    """Sum up what each model cost and costs; the first has *unknown* calls without a price."""
    groups = [
        Priced(
            model=model,
            day=DAY,
            calls=2,
            recorded=Money.parse(then),
            repriced=Money.parse(now),
            unknown=0 if place else unknown,
        )
        for place, (model, then, now) in enumerate(models)
    ]
    asked = Question(
        history=".specbudget/journal",
        at=datetime(2026, 11, 22, tzinfo=UTC),
        today=date(2026, 11, 22),
        limit=Fraction(10),
        origin="--spec-max-drift=10",
    )
    told = DriftSummary(
        asked=asked,
        first=DAY,
        last=DAY,
        now=drift(groups, Fraction(10)),
        as_of_then=drift([], Fraction(0)),
    )
    return replace(told, **more)


def month(then: str = "1", now: str = "2", **told: Any) -> Month:
    values = {"since": date(2026, 10, 4), "until": date(2026, 11, 3), "covered": 30, "used": 30}
    return Month(recorded=Money.parse(then), repriced=Money.parse(now), **{**values, **told})


def test_the_headline_says_how_much_moved() -> None:
    assert headline(summary(("a", "100", "85.20"))) == (
        ".specbudget/journal: 2 calls from 2026-11-02 to 2026-11-02, $100.00 as recorded, $85.20 "
        "at the prices of 2026-11-22 (-14.8 %)"
    )


def test_a_drift_never_looks_like_one_within_the_limit() -> None:
    within = summary(("a", "1", "1.0999999"))

    assert headline(within).endswith("(+9.99999 %)")
    assert drift_table(within).rows[0][-2:] == ("+9.99999%", "tolerated")


def test_models_stand_by_how_far_they_moved_and_the_whole_last() -> None:
    table = drift_table(summary(("a", "1", "1"), ("b", "1", "3")))

    assert [(row[0], row[-1]) for row in table.rows] == [
        ("b", "drifted"),
        ("a", "same"),
        ("whole history", "drifted"),
    ]
    assert table.over == {0, 2}


def test_models_that_are_not_shown_are_counted() -> None:
    table = drift_table(summary(("a", "1", "1"), ("b", "1", "3"), ("c", "1", "2")), 1)

    assert (len(table.rows), table.left_out) == (2, "and 2 more models")


def test_an_unknown_is_marked_in_both_sums() -> None:
    rows = drift_table(summary(("a", "1", "1"), unknown=1)).rows

    assert rows[0][2:4] == ("1.0000 + ?", "1.0000 + ?")


def test_a_change_is_told_with_both_rows_its_day_and_its_source() -> None:
    told = summary(("openai/o3", "10", "2"), changes={"openai/o3": (CHANGE,)})

    sections = dict(drift_sections(told))

    assert sections["the price changes"].rows == (
        (
            "openai/o3",
            "openai/o3/default/from-2025-06-10",
            "openai/o3/default",
            "https://example.org/prices, 2026-11-20",
            "2025-06-10",
            "input 10 -> 2 USD per million, request none -> 0.01 USD each",
        ),
    )


def test_what_is_told_apart_has_tables_of_its_own() -> None:
    shift = Shift(
        stage="plan",
        model="openai/o3",
        kind="input",
        monday=DAY,
        before=Fraction(1000),
        after=Fraction(2601, 2),
        calls=(10, 1200),
    )
    fault = Priced(
        model="openai/o3", day=DAY, calls=1, recorded=Money.parse(1), repriced=Money.parse(2)
    )
    told = summary(("openai/o3", "1", "1"), shifts=(shift,), as_of_then=drift([fault], Fraction(0)))

    sections = dict(drift_sections(told))

    assert sections["tokens of a call, which no price explains"].rows == (
        (
            *("plan", "openai/o3", "2026-11-02", "10 -> 1,200", "input"),
            *("1,000", "1,300.5", "+30.0%"),
        ),
    )
    faults = sections["recorded otherwise than the prices of that time"].rows
    assert [row[0] for row in faults] == ["openai/o3", "whole history"]


def test_nothing_to_show_is_no_section() -> None:
    assert [heading for heading, _ in drift_sections(summary(("a", "1", "1")))] == [
        "at the prices of 2026-11-22, limit 10 %"
    ]


@pytest.mark.parametrize(
    ("one", "words"),
    [
        pytest.param(None, [], id="no day is over"),
        pytest.param(
            month(),
            [f"{NEXT_MONTH} 2026-11-03"],
            id="dearer",
        ),
        pytest.param(
            month(now="1"),
            ["next month $1.00, if it is like the 30 days before 2026-11-03"],
            id="the same",
        ),
        pytest.param(
            month(used=1),
            [f"{NEXT_MONTH} 2026-11-03 (something was used on 1 of them)"],
            id="used on few days",
        ),
        pytest.param(
            month(covered=9, used=9, then="0.30", now="0.60"),
            [f"{NEXT_MONTH.replace('30', '9')} 2026-11-03, scaled to 30"],
            id="a young history is scaled",
        ),
        pytest.param(
            month(covered=1, used=1),
            ["no forecast of a month: before 2026-11-03 the history has 1 day, and it takes 7"],
            id="a day tells nothing",
        ),
        pytest.param(
            month(ended=True),
            ["a month like the 30 days before 2026-11-03 costs $2.00 instead of $1.00"],
            id="it ended long ago",
        ),
    ],
)
def test_next_month_says_what_it_rests_on(one: Month | None, words: Sequence[str]) -> None:
    assert [*month_told(one)] == words


def test_what_is_in_no_sum_is_said() -> None:
    kept = OnRecord(calls=8, cost=Money.parse("0.85"), failed=1, failed_cost=Money.parse("0.05"))
    more = {"on_record": kept, "assumed": 1, "assumed_cost": Money.parse("0.50"), "untold": 2}
    told = summary(("a", "1", "1"), unknown=3, **more)

    (remark,) = remarks(told)
    assert remark == (
        "on record are 8 calls at $0.85, as `specbudget history cost` sums up; compared are 2 at "
        "$1.00, without 1 that failed ($0.05), 2 without counts or an end and 3 without a price "
        "($0.30), with 1 recorded without a cost, at the prices of their time ($0.50)"
    )
    assert ", $1.00 at the time, " in headline(told)
    assert drift_table(told).headers[2] == "at the time USD"


def test_where_all_that_is_on_record_is_compared_nothing_is_said() -> None:
    kept = OnRecord(calls=2, cost=Money.parse(1))

    assert [*remarks(summary(("a", "1", "1"), on_record=kept))] == []


def test_calls_that_failed_for_nothing_are_told_since_the_counts_differ() -> None:
    kept = OnRecord(calls=3, cost=Money.parse(1), failed=1)

    (remark,) = remarks(summary(("a", "1", "1"), on_record=kept))
    assert remark == (
        "on record are 3 calls at $1.00, as `specbudget history cost` sums up; compared are 2 at "
        "$1.00, without 1 that failed"
    )


def test_json_has_exact_amounts_and_what_is_unknown_null() -> None:
    told = drift_json(summary(("openai/o3", "10", "2"), changes={"openai/o3": (CHANGE,)}))

    assert told["total"]["change_usd"] == "-8"
    assert told["next_month"] is None
    assert told["models"][0]["changes"][0]["rates"][1] == {
        "meter": "request",
        "unit": "USD each",
        "old_usd": None,
        "new_usd": "0.01",
    }


def test_an_empty_history_says_so() -> None:
    assert headline(summary(first=None, last=None)) == (
        ".specbudget/journal: no call that told its counts"
    )
