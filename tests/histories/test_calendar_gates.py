"""Ceilings of day and month, on the journals that a project keeps and on the run itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from support.history import a_record, history
from support.journals import call
from support.kept import keep
from support.past import past as as_charged

from pytest_specbudget.core.ledger import Charge, Ledger
from pytest_specbudget.core.money import Money
from pytest_specbudget.histories.calendar_gates import calendar_of
from pytest_specbudget.histories.past import Past, past_of
from pytest_specbudget.histories.settled import Settlement
from pytest_specbudget.histories.settled_file import FILE_NAME, add_settlement
from pytest_specbudget.settings.settings import Limit, Settings

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.settings.values import Scope

TODAY = date(2026, 11, 22)
A_MONTH = Limit(scope="month", ceiling=Money.parse("9"), origin="--spec-month-budget=9")
NOW, BEFORE = "2026-11-22T10:00:00Z", "2026-11-03T10:00:00Z"


def settings(scope: Scope, ceiling: str, history: Path | None = None) -> Settings:
    limit = Limit(scope=scope, ceiling=Money.parse(ceiling), origin=f"--spec-{scope}-budget")
    return Settings(limits=(limit,), history=history, alert_critical=Fraction(95, 100))


def judged(asked: Settings, rootdir: Path, *run: Charge) -> list[Finding]:
    gates = calendar_of(asked, rootdir, today=TODAY, runs={"now"}).gates
    return [finding for gate in gates for finding in gate.check(Ledger([*run]))]


def said(found: list[Finding]) -> list[tuple[str, str, bool]]:
    return [(one.rule, one.severity, one.inconclusive) for one in found]


def test_without_a_ceiling_nothing_is_read(tmp_path: Path) -> None:
    asked = Settings(history=tmp_path / "no")

    assert not calendar_of(asked, tmp_path, today=TODAY, runs=()).gates


@pytest.mark.parametrize(
    ("ceiling", "rules"),
    [
        pytest.param("2.00", ["budget-exceeded"], id="together they are over"),
        pytest.param("2.10", ["budget-warning", "budget-projected"], id="together they just fit"),
        pytest.param("9.00", [], id="there is plenty"),
    ],
)
def test_a_month_holds_all_runs_that_are_kept(
    tmp_path: Path, ceiling: str, rules: list[str]
) -> None:
    keep(tmp_path, call("1.20", at=BEFORE), run="first")
    keep(tmp_path, call("0.40", at=BEFORE), run="second")

    found = judged(settings("month", ceiling), tmp_path, call("0.50", at=NOW))

    assert [one.rule for one in found] == rules


def test_the_run_itself_counts_once(tmp_path: Path) -> None:
    ours = call("0.50", at=NOW)
    keep(tmp_path, ours, run="now")
    keep(tmp_path, run="earlier")

    assert not judged(settings("day", "0.70"), tmp_path, ours)


def test_a_call_that_two_files_hold_counts_once(tmp_path: Path) -> None:
    one = call("0.50", at=NOW)
    keep(tmp_path, one, run="a")
    keep(tmp_path, one, run="combined")

    assert not judged(settings("day", "0.70"), tmp_path)


def test_the_first_run_of_a_project_is_judged_alone_and_that_is_said(tmp_path: Path) -> None:
    over = judged(settings("month", "0.10"), tmp_path, call("0.50", at=NOW))
    within = judged(settings("day", "1"), tmp_path, call("0.50", at=NOW))
    keep(tmp_path, call("0.50", at=NOW), run="now")
    kept_itself = judged(settings("day", "1"), tmp_path, call("0.50", at=NOW))

    assert said(over)[0] == ("budget-exceeded", "error", False)
    assert said(within) == said(kept_itself) == [("budget-uncertain", "warning", False)]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(Settings(max_drift=Fraction(1)), id="a limit for drift"),
        pytest.param(Settings(limits=(A_MONTH,)), id="a ceiling for the month"),
    ],
)
@pytest.mark.parametrize("itself", [False, True], ids=["nothing is kept", "it is kept itself"])
def test_a_run_that_is_judged_where_no_other_is_kept_is_in_doubt_but_not_the_first_run(
    tmp_path: Path,
    asked: Settings,
    itself: bool,  # noqa: FBT001 - a column of the table
) -> None:
    if itself:
        keep(tmp_path, as_charged(), run="now")

    def judged_by(past: Past) -> list[tuple[str, bool]]:
        found = [one for gate in past.gates for one in gate.check(Ledger([]))]
        return [(one.severity, one.inconclusive) for one in found]

    first = past_of(asked, tmp_path, {"now"}, datetime.now(UTC))
    again = past_of(asked, tmp_path, {"now"}, datetime.now(UTC), again=True)

    assert ("error", True) not in judged_by(first)
    assert judged_by(again) == [("error", True)]


def test_a_history_that_is_not_there_is_not_green(tmp_path: Path) -> None:
    found = judged(settings("month", "9", tmp_path / "elsewhere"), tmp_path)

    assert said(found) == [("gate-unavailable", "error", True)]


def test_a_history_that_is_damaged_is_not_green_and_its_rest_is_summed_up(tmp_path: Path) -> None:
    path = keep(tmp_path, call("1.50", at=BEFORE))
    path.write_text(path.read_text() + '{"kind":"charge","id":"torn')

    within = judged(settings("month", "9"), tmp_path)
    over = judged(settings("month", "1"), tmp_path)

    assert said(within) == [("journal-damaged", "error", True)]
    assert [one.rule for one in over] == ["budget-exceeded", "journal-damaged"]


def test_a_call_of_unknown_cost_in_the_history_is_not_green(tmp_path: Path) -> None:
    keep(tmp_path, call(None, at=BEFORE))

    assert said(judged(settings("month", "9"), tmp_path)) == [("budget-uncertain", "error", True)]
    assert not judged(settings("day", "9"), tmp_path)


def settle(rootdir: Path, usd: str, *calls: str) -> None:
    decided = Settlement(calls=calls, usd=Money.parse(usd), reason="the bill", by="ana", on=TODAY)
    add_settlement(rootdir / FILE_NAME, decided)


def test_a_call_of_unknown_cost_is_named_until_it_is_settled(tmp_path: Path) -> None:
    cut = call(None, at=BEFORE, outcome="unknown", test="t.py::test_cut")
    keep(tmp_path, call("4", at=BEFORE), cut)
    asked = settings("month", "9")

    (found,) = judged(asked, tmp_path)
    settle(tmp_path, "1", cut.id)

    assert found.details == (f"{cut.id}   t.py::test_cut   2026-11-03 10:00   no answer was seen",)
    assert not [one for one in judged(asked, tmp_path) if one.inconclusive]
    (note,) = calendar_of(asked, tmp_path, today=TODAY, runs=()).notes
    assert note.startswith("1 call of unknown cost counts as $1.00, settled in specbudget-settled")
    assert note.endswith(" by ana on 2026-11-22: the bill")


def test_what_is_settled_counts_for_the_ceiling(tmp_path: Path) -> None:
    cut = call(None, at=BEFORE)
    keep(tmp_path, call("4", at=BEFORE), cut)
    settle(tmp_path, "5.000000000001", cut.id)

    assert [one.rule for one in judged(settings("month", "9"), tmp_path)] == ["budget-exceeded"]


def test_what_was_settled_of_another_month_is_not_told(tmp_path: Path) -> None:
    cut = call(None, at="2026-10-03T10:00:00Z")
    keep(tmp_path, cut)
    settle(tmp_path, "1", cut.id)

    assert not calendar_of(settings("month", "9"), tmp_path, today=TODAY, runs=()).notes


def test_decisions_that_nobody_can_read_are_not_green(tmp_path: Path) -> None:
    keep(tmp_path, call("1", at=BEFORE))
    (tmp_path / FILE_NAME).write_text("[[settled]]\n")

    (found,) = judged(settings("month", "9"), tmp_path)

    assert said([found]) == [("gate-unavailable", "error", True)]
    assert FILE_NAME in found.message


def test_a_run_since_the_history_was_added_to_is_held_to_the_month(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    history(tmp_path / ".specbudget/history", a_record("12", at=BEFORE))
    keep(tmp_path, call("4", at=NOW), run="earlier")

    within = judged(settings("month", "20"), tmp_path, call("4", at=NOW))
    over = judged(settings("month", "19"), tmp_path, call("4", at=NOW))

    assert "budget-exceeded" not in [one.rule for one in within]
    assert [one.rule for one in over] == ["budget-exceeded"]


@pytest.mark.parametrize("scope", ["day", "month"])
def test_what_is_dated_a_year_ahead_leaves_a_ceiling_undecided(
    tmp_path: Path, scope: Scope
) -> None:
    keep(tmp_path, call("68", at="2027-11-22T10:00:00Z"), run="skewed")

    (found,) = judged(settings(scope, "10"), tmp_path, call("1", at=NOW))

    assert said([found]) == [("budget-uncertain", "error", True)]
    assert found.message.startswith("1 call of other runs, $68.00 as far as that is known, dated")
    assert found.details[0].endswith("skewed: 1 call, $68.00, dated 2027-11-22")


def test_what_two_places_tell_differently_is_said(tmp_path: Path) -> None:
    keep(tmp_path, call("1", id="a/main/7/1", at=BEFORE), run="a")
    keep(tmp_path, call("3", id="a/main/7/1", at=BEFORE), run="b")

    found = judged(settings("month", "90"), tmp_path)

    assert said(found) == [("budget-uncertain", "warning", False)]
    assert "a/main/7/1 cost $3.00 by" in found[0].details[0]
