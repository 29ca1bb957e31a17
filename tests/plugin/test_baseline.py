"""A run held against its baseline, from the option to the exit status and the files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.repositories import make

from pytest_specbudget.verdicts.closing import report_of_journals

if TYPE_CHECKING:
    from support.suites import Suite

TESTS = """
import os
import pytest
from calls import ask

WORDS = int(os.environ.get("WORDS", "100"))

@pytest.mark.spec("RESEARCH", stage="plan")
@pytest.mark.parametrize("case", [1, 2])
def test_plan(case):
    ask(text=f"case {case}: " + "word " * WORDS)

@pytest.mark.spec("BILLING")
def test_bill():
    ask()
"""
LIMITED = TESTS.replace('stage="plan"', "max_regression=100")
SAVED = "--spec-save-baseline=base.json"
HELD = "--spec-baseline=base.json"


def test_a_run_is_held_to_what_a_passing_one_stored(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)

    first = suite.run(SAVED)
    same = suite.run(HELD, "-n2")
    longer = suite.run(HELD, "-n2", "--spec-report=comment:comment.md", WORDS="150")

    assert "what the run consumed is stored in base.json" in first.text
    assert (first.status, same.status, longer.status) == (0, 0, 1)
    assert {change["said"] for change in same.facts["comparison"]["changes"]} == {"same"}
    assert longer.rules() == ["cost-regression"]
    (finding,) = longer.facts["findings"]
    assert finding["subject"] == "RESEARCH"
    comment = (suite.folder / "comment.md").read_text("utf-8")
    assert comment.startswith("<!-- specbudget -->")
    assert "`RESEARCH`" in comment


@pytest.mark.parametrize(
    ("limit", "status"), [("1", 1), ("60", 0)], ids=["beyond the limit", "within it"]
)
def test_a_limit_in_percent_is_held(suite: Suite, limit: str, status: int) -> None:
    suite.write("test_it.py", TESTS)
    suite.run(SAVED)

    outcome = suite.run(HELD, f"--spec-max-regression={limit}", WORDS="150")

    assert outcome.status == status
    assert outcome.facts["comparison"]["limit"] == f"{limit} %"


SKIPS = {
    "by a marker": "@pytest.mark.skip\ndef test_bill():\n    ask()\n",
    "within": "def test_bill():\n    pytest.skip('no')\n",
    "by a fixture": (
        "@pytest.fixture\ndef off():\n    pytest.skip('no')\n\ndef test_bill(off):\n    ask()\n"
    ),
    "expected to fail": "@pytest.mark.xfail(run=False)\ndef test_bill():\n    ask()\n",
    "with its module": "pytest.skip('no', allow_module_level=True)\n",
}
BILL = "import pytest\nfrom calls import ask\n\n"


@pytest.mark.parametrize("skip", SKIPS.values(), ids=SKIPS)
@pytest.mark.parametrize("words", [(), ("-n2",)], ids=["in one process", "with workers"])
def test_a_test_that_is_skipped_did_not_vanish_and_is_told(
    suite: Suite, skip: str, words: tuple[str, ...]
) -> None:
    suite.write("test_it.py", BILL + "def test_plan():\n    ask()\n")
    suite.write("test_bills.py", BILL + "def test_bill():\n    ask()\n")
    suite.run(SAVED)
    suite.write("test_bills.py", BILL + skip)

    outcome = suite.run(HELD, SAVED, *words)

    compared = outcome.facts["comparison"]
    again = report_of_journals([suite.folder / ".specbudget"]).comparison
    stored = json.loads((suite.folder / "base.json").read_text("utf-8"))["tests"]
    (finding,) = outcome.facts["findings"]
    assert (outcome.status, finding["rule"], finding["severity"]) == (0, "test-not-run", "warning")
    assert (compared["vanished"], compared["unrun"]) == ([], ["test_bills.py::test_bill"])
    assert again is not None
    assert (again.vanished, again.unrun) == ((), ("test_bills.py::test_bill",))
    assert [*stored] == ["test_bills.py::test_bill", "test_it.py::test_plan"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("def test_bill():\n    pass\n", id="it asks nothing any more"),
        pytest.param("", id="it is gone"),
        pytest.param(
            "@pytest.mark.xfail\ndef test_bill():\n    assert False\n", id="it ran, and failed"
        ),
    ],
)
def test_a_test_that_ran_and_asks_nothing_vanished(suite: Suite, body: str) -> None:
    suite.write("test_it.py", BILL + "def test_plan():\n    ask()\n")
    suite.write("test_bills.py", BILL + "def test_bill():\n    ask()\n")
    suite.run(SAVED)
    suite.write("test_bills.py", BILL + body)

    compared = suite.run(HELD).facts["comparison"]

    assert [one["test"] for one in compared["vanished"]] == ["test_bills.py::test_bill"]
    assert compared["unrun"] == []


def test_a_marker_allows_its_tests_more(suite: Suite) -> None:
    suite.write("test_it.py", LIMITED)
    suite.run(SAVED)

    outcome = suite.run(HELD, "--spec-max-regression=90", WORDS="150")

    changes = outcome.facts["comparison"]["changes"]
    held = {one["limit"] for one in changes if one["scope"] == "test" and "plan" in one["subject"]}
    assert held == {"100 %"}
    assert outcome.status == 0


def test_a_run_that_fails_stores_nothing(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)
    suite.run(SAVED)
    before = (suite.folder / "base.json").read_text("utf-8")

    outcome = suite.run(SAVED, "--spec-budget=0", WORDS="150")

    assert outcome.status == 1
    assert "the run did not pass, so base.json stays as it is" in outcome.text
    assert (suite.folder / "base.json").read_text("utf-8") == before


def test_a_partial_run_replaces_only_what_it_ran(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)
    suite.run(SAVED)

    suite.run(SAVED, "-k", "test_plan", WORDS="150")

    assert len(json.loads((suite.folder / "base.json").read_text("utf-8"))["tests"]) == 3


def test_a_run_of_one_folder_keeps_what_is_stored_of_the_others(suite: Suite) -> None:
    suite.write("pytest.ini", "[pytest]\naddopts = --import-mode=importlib\n")
    suite.write("plans/test_it.py", TESTS)
    suite.write("bills/test_it.py", TESTS)
    suite.run(SAVED)

    suite.run(SAVED, "plans")

    stored = json.loads((suite.folder / "base.json").read_text("utf-8"))["tests"]
    assert [name.partition("/")[0] for name in stored] == ["bills"] * 3 + ["plans"] * 3


@pytest.mark.parametrize(
    ("words", "status"),
    [
        pytest.param((), 0, id="is a note"),
        pytest.param(("--spec-strict-baseline",), 1, id="fails where a baseline is a must"),
    ],
)
def test_a_baseline_that_is_not_there_yet(
    suite: Suite, words: tuple[str, ...], status: int
) -> None:
    suite.write("test_it.py", TESTS)

    outcome = suite.run(HELD, *words)

    assert outcome.status == status
    assert "there is no baseline at base.json yet" in outcome.text


def test_a_revision_that_is_named_like_a_file_is_a_slip(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)
    make(suite.folder, {"README.md": "a repository"})

    outcome = suite.run("--spec-baseline=main")

    assert outcome.status == 4
    assert 'did you mean "git:main"?' in outcome.errors


def test_a_baseline_that_cannot_be_read_is_never_green(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)
    suite.write("base.json", '{"schema": "specbudget-baseline/1"')

    outcome = suite.run(HELD)

    assert outcome.status == 1
    assert outcome.rules("error") == ["gate-unavailable"]
    assert outcome.facts["verdict"] == "inconclusive"


def test_a_regression_that_was_accepted_passes_and_is_shown(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)
    suite.run(SAVED)
    accept = ("ack", "RESEARCH", "--until", "2999-12-31", "--limit", "60%", "--reason", "why not")
    assert suite.command(*accept).ret == 0

    outcome = suite.run(HELD, WORDS="150")

    said = {one["subject"]: one["said"] for one in outcome.facts["comparison"]["changes"]}
    assert outcome.status == 0
    assert said["RESEARCH"] == "acknowledged"
    assert "until 2999-12-31: why not" in outcome.text


def test_a_run_from_another_folder_says_where_a_rise_is_accepted(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.write("test_it.py", TESTS)
    suite.run(SAVED)
    above = suite.write("above/specbudget-ack.toml", "").parent
    monkeypatch.chdir(above)

    outcome = suite.run("--spec-baseline=../base.json", "--rootdir=..", "..", WORDS="150")

    assert outcome.status == 1
    assert "--reason ... --file ../specbudget-ack.toml" in " ".join(outcome.text.split())
    assert "specbudget-ack.toml here is not read" in outcome.text


def test_accepted_regressions_that_make_no_sense_end_the_run_before_it_begins(
    suite: Suite,
) -> None:
    suite.write("test_it.py", TESTS)
    suite.write("specbudget-ack.toml", "[[ack]]\nsubject = 1\n")

    outcome = suite.run(HELD)

    assert outcome.status == 4
    assert "specbudget-ack.toml" in outcome.errors


def test_a_revision_without_a_repository_says_what_to_do(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-baseline=git:main", GIT_CEILING_DIRECTORIES=str(suite.folder))

    assert outcome.status == 1
    (finding,) = outcome.facts["findings"]
    assert finding["rule"] == "gate-unavailable"
    assert "git repository" in finding["message"]


def test_repeated_live_runs_are_judged_by_what_they_show(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)
    suite.run(SAVED, "--spec-repeats=3")

    outcome = suite.run(HELD, "--spec-repeats=2", WORDS="150")

    assert outcome.status == 0
    (claim,) = outcome.facts["comparison"]["claims"]
    assert claim["said"] == "inconclusive"
    assert claim["needed"] == 6
    assert outcome.rules("warning") == ["gate-unavailable"]


def test_a_test_that_is_repeated_cannot_be_recorded(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-repeats=2", "--spec-record=once")

    assert outcome.status == 4
    assert "has one recording" in outcome.errors


@pytest.mark.parametrize(("words", "status"), [("100", 0), ("150", 1)], ids=["alike", "dearer"])
def test_shards_are_compared_together_where_they_are_combined(
    suite: Suite, words: str, status: int
) -> None:
    suite.write("test_it.py", TESTS)
    suite.run(SAVED)
    shards = ("-k", "test_plan and 1"), ("-k", "test_plan and 2"), ("-k", "test_bill")
    for number, shard in enumerate(shards, 1):
        suite.run(HELD, "--spec-mode=observe", *shard, WORDS=words, SPECBUDGET_SHARD=f"{number}/3")
    newest = sorted((suite.folder / ".specbudget/journal").glob("2*"))[-len(shards) :]

    combined = suite.command("combine", *map(str, newest), "-o", "all.jsonl")
    judged = suite.command("gate", "all.jsonl")
    allowed = suite.command("gate", "all.jsonl", "--max-regression", "60")

    assert (combined.ret, judged.ret, allowed.ret) == (0, status, 0)  # whatever mode shards had
    judged.stdout.fnmatch_lines(["*compared with base.json, limit strict*"])
    allowed.stdout.fnmatch_lines(["*compared with base.json, limit 60 %*"])


def test_a_journal_whose_baseline_is_elsewhere_is_in_doubt(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)
    suite.run(SAVED)
    suite.run(HELD)
    (suite.folder / "base.json").unlink()

    judged = suite.command("gate", ".specbudget/journal")

    assert judged.ret == 1
    judged.stdout.fnmatch_lines(["*gate-unavailable*"])
