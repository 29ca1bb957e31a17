from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support.comparisons import accepted, change, doubted, regressed, same
from support.reports import gate, money, row, sums

from pytest_specbudget.audit.comparison import Comparison, Effects
from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.money import Money
from pytest_specbudget.reports.changes import (
    acknowledged_table,
    changed_table,
    counts,
    specs_compared,
)
from pytest_specbudget.reports.compared import (
    claims_table,
    effects_in_words,
    effects_table,
    kinds_table,
    listed_table,
    sections,
    waste_table,
)

if TYPE_CHECKING:
    from pytest_specbudget.audit.comparison import Change
    from pytest_specbudget.reports.report import Report


def comparison_of(report: Report) -> Comparison:
    assert report.comparison is not None
    return report.comparison


COMPARED = comparison_of(regressed())


def of(*changes: Change) -> Comparison:
    return replace(COMPARED, changes=changes)


def test_a_spec_stands_on_both_sides_with_what_is_left_of_its_ceiling() -> None:
    table = specs_compared(regressed(), COMPARED)

    assert table.headers == ("spec", "", "base USD", "head USD", "change", "in %", "ceiling left")
    assert table.rows[0] == (
        "RESEARCH", "regressed", "0.9520", "1.1020", "+0.1500", "+15.8%", "0.0980"
    )  # fmt: skip
    assert table.over == {0}


def test_a_spec_that_the_base_lacks_is_new_and_compared_with_nothing() -> None:
    table = specs_compared(regressed(), COMPARED)

    assert table.rows[1] == ("AUDIT", "new", "-", "0.0120", "-", "-", "-")


def test_the_whole_run_comes_last_with_the_ceiling_of_the_session() -> None:
    report = replace(regressed(), gates=(gate("whole run", "1.8312", "1.80", "session"),))

    last = specs_compared(report, COMPARED).rows[-1]

    assert last == (
        "compared tests", "tolerated", "1.6912", "1.8312", "+0.1400", "+8.3%", "-0.0312"
    )  # fmt: skip


def test_without_a_ceiling_nothing_is_left_of_it() -> None:
    report = replace(regressed(), specs=(row("RESEARCH", "1.102"),))

    assert "ceiling left" not in specs_compared(report, COMPARED).headers


def test_without_a_spec_the_row_is_the_whole_run() -> None:
    alone = replace(regressed(), specs=(row(UNASSIGNED, "1"),))

    table = specs_compared(alone, of(change("spec", UNASSIGNED, "1", "1", "same")))

    assert [line[0] for line in table.rows] == ["whole run"]


def test_what_bounded_calls_cost_at_most_is_compared() -> None:
    bounded = replace(
        change("spec", "A", "1", "1", "regressed"),
        head=sums("1", 2, bounded_calls=1, unpriced_calls=1, list_spread=money("0.5")),
    )

    (line,) = specs_compared(replace(regressed(), specs=()), of(bounded)).rows

    assert line == ("A", "regressed", "1.0000", "1.5000", "+0.5000", "+50.0%")


def test_what_is_left_out_is_counted_by_what_is_said_of_it() -> None:
    assert specs_compared(regressed(), COMPARED, 1).left_out == (
        "and 3 more SPECs: 1 new, 1 cheaper, 1 same"
    )


@pytest.mark.parametrize(
    ("report", "told"),
    [
        pytest.param(regressed(), "1 regressed, 1 cheaper, 1 same", id="dearer"),
        pytest.param(accepted(), "1 acknowledged, 1 cheaper, 1 same", id="accepted"),
        pytest.param(doubted(), "1 inconclusive, 2 same", id="nobody can tell"),
        pytest.param(same(), "3 same", id="the same"),
    ],
)
def test_specs_are_counted_by_what_is_said_of_them(report: Report, told: str) -> None:
    assert counts(comparison_of(report)) == told


def test_only_what_changed_is_listed_below_the_specs() -> None:
    unchanged = change("test", "t", "1", "1", "same")
    dearer = change("test", "u", "1", "1.05", "tolerated")

    assert [line[0] for line in changed_table(of(unchanged, dearer), "test").rows] == ["u"]


def test_what_was_accepted_says_up_to_what_and_where() -> None:
    (line,) = acknowledged_table(comparison_of(accepted())).rows

    assert line[:3] == ("RESEARCH", "16 % (acknowledged)", "specbudget-ack.toml:3")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(change("test", "t", "1", "2", "acknowledged", spec="RESEARCH"),
                     ("t", "-", "follows from RESEARCH"), id="a test of an accepted SPEC"),
        pytest.param(change("model", "m", "1", "2", "acknowledged"),
                     ("m", "-", "follows from RESEARCH"), id="a model that rose by nothing else"),
    ],
)  # fmt: skip
def test_what_follows_from_another_acknowledgement_says_so(
    change: Change, told: tuple[str, ...]
) -> None:
    changes = comparison_of(accepted()).changes

    assert acknowledged_table(of(*changes, change)).rows[-1][:3] == told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(change("model", "m", "1", "3", "tolerated", limit=""), "not judged",
                     id="a model without a limit"),
        pytest.param(change("model", "m", "0", "3", "tolerated", 0, limit=""), "new",
                     id="a model that the base never asked"),
        pytest.param(change("test", "t", "1", "1.05", "tolerated", spec="RESEARCH"), "dearer",
                     id="a test of a SPEC that regressed"),
        pytest.param(change("test", "t", "1", "1.05", "tolerated", spec="BILLING"), "tolerated",
                     id="a test within its limit"),
    ],
)  # fmt: skip
def test_nothing_is_called_tolerated_that_no_limit_tolerates(change: Change, said: str) -> None:
    specs = [one for one in COMPARED.changes if one.scope == "spec"]

    (line,) = changed_table(of(*specs, change), change.scope).rows

    assert line[1] == said


def test_effects_add_up_in_each_row() -> None:
    table = effects_table(COMPARED)

    assert table.headers == ("of", "change", "price", "calls", "models", "tokens")
    assert table.rows[0] == ("whole run", "+0.1400", "0", "+0.1000", "0", "+0.0400")


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        pytest.param({"tokens": "0.04", "calls": "0.1"}, "calls +0.1000, tokens +0.0400", id="two"),
        pytest.param({"mix": "0.5"}, "models +0.5000", id="other models"),
        pytest.param({"price": "0.000002"}, "price +0.000002", id="small ones"),
        pytest.param({}, "", id="none"),
    ],
)
def test_a_change_in_words_names_what_matters_most_first(parts: dict[str, str], told: str) -> None:
    nothing = Effects(subject="A", base=Money(), head=Money())
    amounts: dict[str, Any] = {name: money(text) for name, text in parts.items()}

    assert effects_in_words(replace(nothing, **amounts)) == told


def test_kinds_are_columns_and_what_one_lacks_is_nothing() -> None:
    table = kinds_table(COMPARED)

    assert table.headers == ("tokens of", "input", "cache read", "output")
    assert table.rows[1] == ("BILLING", "0", "0", "-0.0100")


def test_beyond_six_kinds_the_lesser_ones_are_one() -> None:
    kinds = {f"kind {n}": money("0.01") * (9 - n) for n in range(8)}
    many = Effects(subject="A", base=Money(), head=Money(), kinds=kinds)

    table = kinds_table(replace(COMPARED, effects=(many,)))

    assert table.headers[-2:] == ("kind 5", "other")
    assert table.rows[0][-1] == "+0.0500"


def test_tests_of_one_side_are_listed_the_dearest_first() -> None:
    assert listed_table(COMPARED).rows == (
        ("tests/test_audit.py::test_new", "-", "new", "3", "0.0120"),
        ("tests/test_old.py::test_old", "-", "vanished", "1", "0.0004"),
    )


def test_waste_says_what_is_new() -> None:
    assert [line[-1] for line in waste_table(COMPARED).rows] == ["new", "as before"]


def test_a_claim_stands_with_what_it_rests_on() -> None:
    (line,) = claims_table(comparison_of(accepted())).rows

    assert line == (
        "whole run", "1.08", "0.97 to 1.21", "0.95", "0.0312", "0.41", "12", "31", "inconclusive"
    )  # fmt: skip


def test_a_terminal_gets_the_sections_that_hold_something() -> None:
    named = replace(COMPARED, base="main")
    headings = [heading for heading, _ in sections(regressed(), named)]

    assert headings == [
        "compared with main, limit 10 % from --spec-max-regression=10",
        "why, with new and vanished tests",
        "tests that changed",
        "on one side only, not compared",
        "renamed",
        "not run, not compared",
        "calls to do without",
    ]
    assert [*sections(replace(regressed(), specs=()), Comparison(base="", head="", limit=""))] == []
