"""Closing the books: the same journals always say the same, and parts add up to the whole."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.history import journal_file
from support.journals import call, event, journal

from pytest_specbudget.bookkeeping.recall import values_of
from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.bound import Bound
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.ledger import Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.errors import JournalError
from pytest_specbudget.reports import json_report
from pytest_specbudget.reports.rejudge import Ceilings, rejudge
from pytest_specbudget.settings.settings import Limit, Settings
from pytest_specbudget.verdicts.closing import RunFacts, close, report_of_journals

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.finding import Mode
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.reports.report import Report

FACTS = RunFacts(run="r")
CEILING = Settings(
    limits=(Limit(scope="spec", ceiling=Money.parse("1"), origin="--spec-budget=1"),)
)


def closed(*journals: Journal, settings: Settings = CEILING, facts: RunFacts = FACTS) -> Report:
    return close(journals, settings, facts)


def rules(report: Report) -> list[tuple[str, str]]:
    return [(one.rule, one.severity) for one in report.verdict.findings]


def test_closing_twice_says_the_same() -> None:
    journals = [journal(call("0.10"), call("2", spec="SPEC-1")), journal(call(None), worker="gw1")]

    assert closed(*journals) == closed(*journals)


owners = st.sampled_from([None, "a", "b"])
calls = st.builds(
    lambda cost, spec, stage, command, source, tokens: call(
        cost,
        test=f"t.py::test_{spec}",
        spec=spec or UNASSIGNED,
        stage=stage,
        command=command,
        source=source,
        model=f"model-{stage}",
        usage=Usage(input_tokens=tokens, output_tokens=tokens),
    ),
    st.none() | st.sampled_from(["0.000732", "0.10", "3"]),
    owners,
    owners,
    owners,
    st.sampled_from(["live", "record", "replay", "mock"]),
    st.none() | st.integers(0, 10**12),
)


@given(st.lists(calls, max_size=12))
def test_the_sums_of_every_list_equal_the_totals(made: list[Charge]) -> None:
    report = closed(journal(*made))

    for rows in (report.specs, report.commands, report.stages, report.models, report.tests):
        for figure in fields(Totals):
            parts = [getattr(row.totals, figure.name) for row in rows]
            whole = getattr(report.totals, figure.name)
            nothing = type(whole)()
            assert sum(parts, nothing) == whole, figure.name
        assert [row.name for row in rows] == sorted(row.name for row in rows)
    assert sum(report.sources.values()) == report.totals.calls


def test_a_row_knows_its_ceiling_its_tests_and_its_stages() -> None:
    made = [
        call("0.1", test="t.py::test_1", spec="SPEC-1", stage="plan"),
        call("0.2", test="t.py::test_2", spec="SPEC-1", stage="audit"),
        call("0.4", test="t.py::test_2", spec="SPEC-1", stage="audit", source="mock"),
    ]

    (row,) = closed(journal(*made)).specs

    assert (row.name, row.ceiling, row.tests) == ("SPEC-1", Money.parse("1"), 2)
    assert {stage: str(cost) for stage, cost in row.stages.items()} == {
        "audit": "0.2",
        "plan": "0.1",
    }


def test_the_retries_of_a_rerun_test_are_shown_and_in_no_sum() -> None:
    made = [call(f"0.{n}", source="replay", attempt=n, spec="SPEC-1") for n in (1, 2)]

    report = closed(journal(*made, event("attempt", test="t.py::test_a", attempt=2)))

    (row,) = report.tests
    assert (row.retries, row.totals.calls, str(row.totals.list_cost)) == (1, 1, "0.2")
    assert report.totals.calls == 1


def test_a_test_whose_last_attempt_called_nothing_still_shows_its_retries() -> None:
    first = call("0.1", source="replay", attempt=1)

    report = closed(journal(first, event("attempt", test="t.py::test_a", attempt=2)))

    assert [(row.name, row.retries, row.totals.calls) for row in report.tests] == [
        ("t.py::test_a", 1, 0)
    ]


@pytest.mark.parametrize(
    ("mode", "result", "severity"),
    [
        pytest.param(None, "fail", "error", id="a ceiling enforces"),
        pytest.param("warn", "pass", "warning", id="asked to warn"),
        pytest.param("observe", "pass", "warning", id="asked to observe"),
    ],
)
def test_the_mode_decides_whether_a_breach_fails(
    mode: Mode | None, result: str, severity: str
) -> None:
    settings = Settings(limits=CEILING.limits, explicit_mode=mode)

    report = closed(journal(call("1.01")), settings=settings)

    assert (report.verdict.result, report.exitstatus) == (result, int(result == "fail"))
    assert rules(report) == [("budget-exceeded", severity)]


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param({"budget": "0.01", "single": True}, id="of a test"),
        pytest.param({"max_calls": 0, "single": True}, id="of calls"),
    ],
)
def test_a_limit_of_a_marker_enforces_by_itself(limits: dict[str, Any]) -> None:
    limit = event("limit", node="t.py::test_a", origin="t.py:1", **limits)

    report = closed(journal(call("0.10"), limit), settings=Settings())

    assert (report.mode, report.verdict.result) == ("enforce", "fail")


def test_a_bare_marker_observes() -> None:
    report = closed(journal(call(None, spec="SPEC-1")), settings=Settings())

    assert (report.mode, report.verdict.result) == ("observe", "pass")
    assert rules(report) == [("usage-unpriced", "warning")]


@pytest.mark.parametrize(
    ("forbid_live", "result"),
    [
        pytest.param(True, "inconclusive", id="none was to leave, and nobody knows that none did"),
        pytest.param(None, "pass", id="nobody forbade it, so a run without a limit observes"),
    ],
)
def test_a_promise_that_nothing_leaves_is_not_kept_where_metering_failed(
    *, forbid_live: bool | None, result: str
) -> None:
    failed = journal(event("trouble", where="looking at a request", error="KeyError: 'x'"))

    report = closed(failed, settings=Settings(forbid_live=forbid_live))

    assert report.verdict.result == result


def test_what_the_shell_found_is_judged_with_the_rest() -> None:
    lost = Finding(rule="journal-incomplete", subject="gw0", message="gw0 reported 2 calls")

    report = closed(journal(call("0.1")), facts=RunFacts(run="r", findings=(lost,)))

    assert rules(report) == [("journal-incomplete", "error")]


def test_a_breach_never_rounds_to_a_pass() -> None:
    report = closed(journal(call("1.000000000000000001")))

    assert not report.verdict.passed
    (gate,) = report.gates
    assert (gate.passed, gate.spent > gate.ceiling) == (False, True)
    (finding,) = report.verdict.findings
    assert "spent $1.000000000000000001 of $1.000000000000000000 " in finding.message


def test_the_prices_that_were_used_are_told() -> None:
    facts = {"sha256": "abc", "as_of": "2026-11-01T00:00:00Z", "source": "s", "overlays": ["o"]}

    report = closed(journal(call("0.1"), event("catalogue", **facts)))

    assert report.catalogue is not None
    assert (report.catalogue.sha256, report.catalogue.overlays) == ("abc", ("o",))


def test_a_journal_that_is_judged_again_says_that_the_run_was_partial(tmp_path: Path) -> None:
    reasons = ["3 tests deselected"]
    path = journal_file(tmp_path / "j.jsonl", call("0.1"), event("partial", reasons=reasons))

    assert report_of_journals([path]).partial == ("3 tests deselected",)


def test_a_folder_without_journals_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(JournalError):
        report_of_journals([tmp_path])


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["{torn"], id="a line that is torn"),
        pytest.param([], id="a line that is gone"),
    ],
)
def test_a_journal_that_may_have_lost_its_ceilings_is_not_green(
    tmp_path: Path, lines: list[str]
) -> None:
    header = {"kind": "header", "schema": 1, "run": "r", "worker": "main", "pid": 7}
    footer = {"kind": "footer", "count": 0, "list_cost": "0", "events": 1}
    text = [json.dumps(header), *lines, json.dumps(footer)]
    (tmp_path / "j.jsonl").write_text("\n".join(text) + "\n", encoding="utf-8")

    report = report_of_journals([tmp_path])

    assert (report.verdict.result, report.exitstatus) == ("inconclusive", 1)


def test_a_month_that_failed_does_not_pass_where_its_other_runs_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    month = Limit(scope="month", ceiling=Money.parse("1"), origin="--spec-month-budget=1")
    told = event("settings", **json.loads(json.dumps(values_of(Settings(limits=(month,))))))
    path = journal_file(tmp_path / "j.jsonl", told, call("0.5"))
    monkeypatch.chdir(tmp_path)

    report = report_of_journals([path])

    assert (report.verdict.result, report.exitstatus) == ("inconclusive", 1)


DECLARED = Bound(usd=Money.parse("0.05"), by='hosts."gw" = { bound_usd = "0.05" }')


def doubtful() -> Journal:
    return journal(
        call("0.0120", spec="SPEC-1"),
        call(None, spec="SPEC-1", bound=DECLARED, reason="no price"),
        call(None, spec="SPEC-1", bound=DECLARED, outcome="unknown", usage_state="none"),
    )


@pytest.mark.parametrize(
    ("ceiling", "result"),
    [
        pytest.param("0.112", "pass", id="the upper end is the ceiling"),
        pytest.param("0.111999", "fail", id="the upper end is over it"),
    ],
)
def test_calls_of_unknown_cost_are_judged_by_their_bounds(ceiling: str, result: str) -> None:
    limit = Limit(scope="spec", ceiling=Money.parse(ceiling), origin="--spec-budget")

    report = closed(doubtful(), settings=Settings(limits=(limit,)))

    (row,), (gate,) = report.specs, report.gates
    assert report.verdict.result == result
    assert (row.totals.bounded_calls, row.totals.unbounded_calls) == (2, 0)
    assert [str(one) for one in (gate.spent, gate.upper)] == ["0.012", "0.112"]
    assert ("usage-bounded", "warning") in rules(report)


def test_a_stored_report_says_of_bounded_calls_what_the_run_said() -> None:
    report = closed(doubtful())

    again = rejudge(json_report.load(json_report.render(report), "spend.json"), Ceilings())

    assert (again.verdict, again.gates, again.specs) == (
        report.verdict,
        report.gates,
        report.specs,
    )
