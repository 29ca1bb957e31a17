from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.reports import bounded, failing, gate, money, near, passing, unpriced

from pytest_specbudget.budgets.gate import Ceiling
from pytest_specbudget.cli import main
from pytest_specbudget.core.finding import Finding, Verdict
from pytest_specbudget.journal.writer import JournalWriter
from pytest_specbudget.reports import json_report
from pytest_specbudget.reports.rejudge import Ceilings, rejudge

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.reports.report import Report

    Judge = Callable[..., int]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Store a report and judge it with the words that follow; return the exit status."""

    def run(report: Report, *words: str) -> int:
        path = tmp_path / "spend.json"
        path.write_text(json_report.render(report), "utf-8")
        return main(["gate", str(path), *words])

    return run


def lowered(report: Report) -> Report:
    warned = tuple(replace(one, severity="warning") for one in report.verdict.findings)
    return replace(report, mode="observe", verdict=Verdict("pass", warned), exitstatus=0)


@pytest.mark.parametrize(
    ("report", "words", "status"),
    [
        pytest.param(passing(), "", 0, id="what passed passes"),
        pytest.param(failing(), "", 1, id="what failed fails"),
        pytest.param(passing(), "--budget 1.102", 0, id="exactly the new ceiling passes"),
        pytest.param(passing(), "--budget 1.101999999999", 1, id="a pico over it fails"),
        pytest.param(passing(), "--budget $1.00", 1, id="an amount may have a dollar sign"),
        pytest.param(passing(), "--budget BILLING=0.5", 1, id="a ceiling for one SPEC"),
        pytest.param(
            passing(), "--budget 0.6 --budget RESEARCH=2", 0, id="one SPEC may have more than all"
        ),
        pytest.param(failing(), "--budget 2.00", 0, id="a higher ceiling lets it pass"),
        pytest.param(failing(), "--budget BILLING=2", 1, id="the other SPECs keep theirs"),
        pytest.param(failing(unpriced()), "--budget 9", 1, id="what has no price still fails"),
        pytest.param(passing(), "--budget 0", 1, id="nothing may be spent"),
        pytest.param(lowered(failing()), "", 0, id="what was observed stays observed"),
        pytest.param(lowered(failing()), "--budget 1", 1, id="a new ceiling is enforced"),
        pytest.param(
            lowered(failing(unpriced())), "--budget 9", 1, id="and so is what has no price"
        ),
        pytest.param(lowered(failing(near())), "--budget 9", 0, id="a warning stays a warning"),
        pytest.param(
            replace(passing(), gates=(gate("whole run", "1.8312", "1.50", "session"),)),
            "--budget 9",
            1,
            id="the ceiling of the run still holds",
        ),
        pytest.param(bounded(), "", 1, id="an upper end over its ceiling fails"),
        pytest.param(bounded(), "--budget 0.062", 0, id="and passes a ceiling that covers it"),
        pytest.param(bounded(), "--budget 0.061999999999", 1, id="and none that lacks a pico"),
        pytest.param(
            replace(passing(), verdict=Verdict("inconclusive", ())), "", 1, id="inconclusive fails"
        ),
    ],
)
def test_a_stored_report_is_judged_again(
    report: Report, words: str, status: int, judge: Judge
) -> None:
    assert judge(report, *words.split()) == status


def test_the_new_finding_shows_its_origin_and_the_dearest_tests(
    judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    judge(passing(), "--budget", "RESEARCH=1")

    shown = capsys.readouterr().out
    assert "budget-exceeded  RESEARCH spent $1.10 of $1.00 (110.2 %)\n" in shown
    assert "    set by       --budget RESEARCH=1\n" in shown
    assert "tests/research/test_dive.py::test_deep_dive[eu]" in shown
    assert "FAILED spec budget: RESEARCH $1.1020, ceiling $1.00 from --budget RESEARCH=1\n" in shown


def test_the_new_finding_shows_both_ends_and_the_declaration(
    judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    judge(bounded(), "--budget", "0.03")

    shown = capsys.readouterr().out
    assert "SPEC-1 spent $0.0120 to $0.0620 of $0.0300 (40.0 % to 206.7 %)\n" in shown
    # A narrow terminal breaks the line after the name.
    told = " ".join(shown.split())
    assert "tests/test_a.py::test_a $0.0120 to $0.0620 3 calls, fast-1, gpt-5-mini" in told
    assert "2 calls of unknown cost, bounded by hosts.gw" in shown
    assert "FAILED spec budget: SPEC-1 $0.0120 to $0.0620, ceiling $0.03 from" in shown


def test_new_ceilings_replace_the_stored_ones_everywhere() -> None:
    judged = rejudge(failing(), Ceilings(each=Ceiling(amount=money("1.2"), origin="here")))

    assert [spec.ceiling for spec in judged.specs] == [money("1.2")] * 3
    assert {(one.origin, one.passed) for one in judged.gates} == {("here", True)}
    assert [one.rule for one in judged.verdict.findings] == ["budget-warning"] * 2
    assert (judged.verdict.result, judged.exitstatus) == ("pass", 0)


def test_billed_cost_is_judged_where_the_run_judged_it() -> None:
    report = replace(passing(), basis="billed")

    judged = rejudge(report, Ceilings(each=Ceiling(amount=money("0"), origin="here")))

    assert judged.verdict.passed


def test_a_changed_flag_does_not_let_a_breach_pass() -> None:
    report = failing()
    forged = replace(
        report,
        verdict=Verdict("pass", ()),
        gates=tuple(replace(one, passed=True) for one in report.gates),
    )

    assert rejudge(forged, Ceilings()).verdict.result == "fail"


def test_a_misspelt_spec_is_doubted_aloud(judge: Judge, capsys: pytest.CaptureFixture[str]) -> None:
    status = judge(passing(), "--budget", "RESERCH=1")

    assert status == 0
    assert 'no call of SPEC "RESERCH" is in the report; did you mean "RESEARCH"?' in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("amount", ["abc", "-1", "nan", "inf", "", "A=", "1e3"])
def test_an_amount_that_makes_no_sense_is_a_wrong_argument(amount: str, judge: Judge) -> None:
    with pytest.raises(SystemExit, match="2"):
        judge(passing(), f"--budget={amount}")


@pytest.mark.parametrize(
    ("status", "words", "judged"),
    [
        pytest.param(0, "", 0, id="a run that came to its end"),
        pytest.param(1, "", 0, id="a test that failed is no matter of cost"),
        pytest.param(2, "", 1, id="somebody interrupted it"),
        pytest.param(3, "", 1, id="pytest itself broke"),
        pytest.param(2, "--budget 9", 1, id="a higher ceiling runs no test"),
    ],
)
def test_a_report_of_a_run_that_was_broken_off_is_not_green(
    status: int, words: str, judged: int, judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge(replace(passing(), exitstatus=status), *words.split()) == judged
    assert ("run-interrupted" in capsys.readouterr().out) is bool(judged)


def test_a_warning_of_an_observed_run_stays_one_under_a_new_ceiling(judge: Judge) -> None:
    warning = Finding(rule="price-unused", subject="x", message="no call used it")
    found = lowered(replace(passing(), verdict=Verdict("pass", (warning,))))

    assert judge(found, "--budget", "9") == 0


def ended(folder: Path, worker: str, *events: dict[str, object]) -> None:
    """Write the journal of one process of a run."""
    header = {"kind": "header", "schema": 1, "run": "r", "worker": worker}
    writer = JournalWriter(folder / "journal" / "r" / f"{worker}.jsonl", header)
    for event in events:
        writer.write({"kind": "event", **event})
    writer.close({"kind": "footer", "count": 0, "list_cost": "0", "events": len(events)})


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param({"journals": ["gw0.jsonl"]}, None, id="all are there"),
        pytest.param({"why": "interrupted"}, "run-interrupted", id="the run was interrupted"),
        pytest.param(
            {"journals": ["gw0.jsonl", "gw1.jsonl"]},
            "journal-incomplete",
            id="a worker's journal was deleted",
        ),
    ],
)
def test_a_run_that_is_not_whole_is_neither_green_nor_combined(
    values: dict[str, object],
    told: str | None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended(tmp_path, "gw0", {"event": "began", "values": {"workers": 2}})
    ended(tmp_path, "main", {"event": "ended", "values": values})

    judged = main(["gate", str(tmp_path)])
    shown = capsys.readouterr().out
    combined = main(["combine", str(tmp_path), "-o", str(tmp_path / "all.jsonl")])

    assert (judged, combined) == ((0, 0) if told is None else (1, 4))
    assert told is None or told in shown


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param({"why": "interrupted"}, " (partial run: interrupted)", id="a key was pressed"),
        pytest.param(
            {"early": "stopped early"}, " (partial run: stopped early)", id="it stopped as asked"
        ),
        pytest.param({}, "", id="it came to its end"),
    ],
)
def test_a_journal_says_as_its_run_did_that_it_was_cut_short(
    values: dict[str, object],
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended(tmp_path, "main", {"event": "ended", "values": values})

    main(["gate", str(tmp_path)])

    assert f" spec budget{told}: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("partial", "status", "told"),
    [
        pytest.param(("interrupted",), 2, "(partial run: interrupted)", id="as the run told it"),
        pytest.param((), 2, "(partial run: interrupted)", id="as pytest's status tells it"),
        pytest.param(
            ("1 test deselected",),
            3,
            "(partial run: 1 test deselected, internal error of pytest or a plugin)",
            id="both",
        ),
    ],
)
def test_a_stored_report_says_so_too(
    partial: tuple[str, ...],
    status: int,
    told: str,
    judge: Judge,
    capsys: pytest.CaptureFixture[str],
) -> None:
    judge(replace(passing(), partial=partial, exitstatus=status))

    assert told in " ".join(capsys.readouterr().out.split())


def test_damaged_input_is_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "spend.json"
    path.write_text("{}")

    assert main(["gate", str(path)]) == 1
    assert "schemaVersion" in capsys.readouterr().err


def test_each_journal_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for worker in ("gw0", "gw1"):
        ended(tmp_path, worker, {"event": "began", "values": {"workers": 2}})
    read: list[str] = []
    opened = Path.open

    def counted(path: Path, *how: Any, **more: Any) -> Any:
        read.append(path.name)
        return opened(path, *how, **more)

    monkeypatch.setattr(Path, "open", counted)

    main(["gate", str(tmp_path), "--max-regression", "5"])

    assert sorted(name for name in read if name.endswith(".jsonl")) == ["gw0.jsonl", "gw1.jsonl"]
