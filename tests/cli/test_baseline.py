from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.charges import charge
from support.journals import event

from pytest_specbudget.cli import main
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.journal.lines import SCHEMA, charge_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge

    Baseline = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def baseline(capsys: pytest.CaptureFixture[str]) -> Baseline:
    """Run the command; return the exit status and both streams."""

    def run(*words: object) -> tuple[int, str, str]:
        status = main(["baseline", *map(str, words)])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def asked(**others: Any) -> Charge:
    """Make a replayed call that costs $0.0035."""
    usage = Usage(input_tokens=1_000, output_tokens=100)
    return charge("0.0035", model="gpt-4o", usage=usage, **others)


def journal(folder: Path, *charges: Charge, budget: str = "1", **events: dict[str, Any]) -> Path:
    """Write the journal of a run that is held to a ceiling of *budget* for each SPEC."""
    limits = [["spec", None, budget, f"--spec-budget={budget}"]]
    settings = {
        "limits": limits,
        "explicit_mode": None,
        "explicit_unknown": None,
        "explicit_stale": None,
        "judge": "list",
        "on_inconclusive": "fail",
        "count_mocked": False,
        "alert_warning": "4/5",
        "alert_critical": "9/10",
    }
    told = {"settings": settings, **events}
    total = str(Ledger([*charges]).totals().list_cost)
    footer = {"count": len(charges), "list_cost": total, "events": len(told)}
    lines = [
        json.dumps({"kind": "header", "schema": SCHEMA, "run": "r", "worker": "main"}),
        *(event(name, **values).model_dump_json() for name, values in told.items()),
        *map(charge_line, charges),
        json.dumps({"kind": "footer", **footer}),
    ]
    path = folder / ".specbudget" / "journal" / "r" / "h-1-main.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def stored(path: Path) -> list[str]:
    return [*json.loads(path.read_text("utf-8"))["tests"]]


def test_a_run_that_passed_is_stored(here: Path, baseline: Baseline) -> None:
    journal(here, asked(), asked(test="t.py::test_b"))

    status, out, err = baseline("save", "base.json")

    assert (status, out) == (0, "")
    assert "base.json: stored 2 calls of r" in err
    assert stored(here / "base.json") == ["t.py::test_b", "tests/test_a.py::test_a"]


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        pytest.param({"budget": "0.001"}, "RESEARCH spent", id="over its budget"),
        pytest.param({"list_cost": None}, "cannot be priced", id="of unknown cost"),
    ],
)
def test_a_run_that_did_not_pass_is_not_stored(
    here: Path, baseline: Baseline, call: dict[str, Any], problem: str
) -> None:
    budget = {"budget": call.pop("budget")} if "budget" in call else {}
    journal(here, asked(spec="RESEARCH", **call), **budget)

    status, _, err = baseline("save", "base.json")

    assert status == 1
    assert "did not pass" in err
    assert problem in err
    assert not (here / "base.json").exists()


def test_a_run_of_one_folder_leaves_what_lies_elsewhere(here: Path, baseline: Baseline) -> None:
    journal(here, asked(test="a/t.py::test_a"), asked(test="b/t.py::test_b"))
    baseline("save", "base.json")
    journal(here, asked(test="a/t.py::test_new"), chosen={"paths": ["a"]})

    status, _, _ = baseline("save", "base.json")

    stored = json.loads((here / "base.json").read_text("utf-8"))["tests"]
    assert (status, [*stored]) == (0, ["a/t.py::test_new", "b/t.py::test_b"])


def test_a_partial_run_leaves_what_it_did_not_run(here: Path, baseline: Baseline) -> None:
    journal(here, asked(), asked(test="t.py::test_b"))
    baseline("save", "base.json")
    journal(here, asked(spec="A"), partial={"reasons": ["tests chosen by name"]})

    status, _, _ = baseline("save", "base.json")

    assert status == 0
    assert stored(here / "base.json") == ["t.py::test_b", "tests/test_a.py::test_a"]


def test_a_test_that_was_skipped_stays_as_it_was_stored(here: Path, baseline: Baseline) -> None:
    both = journal(here / "both", asked(test="t.py::test_a"), asked(test="t.py::test_b"))
    baseline("save", "base.json", "--journal", both)
    ended = {"unrun": ["t.py::test_b"]}
    rest = journal(here / "rest", asked(test="t.py::test_a"), ended=ended)

    status, _, _ = baseline("save", "base.json", "--journal", rest)

    stored = json.loads((here / "base.json").read_text("utf-8"))["tests"]
    assert (status, [*stored]) == (0, ["t.py::test_a", "t.py::test_b"])


def test_what_is_stored_is_shown_by_spec(here: Path, baseline: Baseline) -> None:
    journal(here, asked(spec="RESEARCH"), asked(spec="RESEARCH"), asked(test="t.py::test_b"))
    baseline("save", "base.json")

    status, out, _ = baseline("show", "base.json")

    assert status == 0
    assert [line.split() for line in out.splitlines()] == [
        ["spec", "tests", "calls", "in", "out", "list", "USD"],
        ["(unassigned)", "1", "1", "1,000", "100", "0.0035"],
        ["RESEARCH", "1", "2", "2,000", "200", "0.0070"],
        ["total", "2", "3", "3,000", "300", "0.0105"],
    ]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        pytest.param(["show", "nowhere.json"], "cannot be read as a baseline", id="no file"),
        pytest.param(["save", "base.json"], "does not exist", id="no journal"),
    ],
)
def test_what_is_not_there_is_said(baseline: Baseline, words: list[str], problem: str) -> None:
    status, _, err = baseline(*words)

    assert status == 1
    assert problem in err
