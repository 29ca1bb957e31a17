"""What the process exits with, by what was asked and what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.booked import charges

from pytest_specbudget.reports import FORMATS

if TYPE_CHECKING:
    from support.suites import Suite

THREE = """
import pytest
from calls import ask

@pytest.mark.spec("SPEC-1")
@pytest.mark.parametrize("number", range(3))
def test_asks(number):
    assert ask(text=f"{number} " * 400).status_code == 200
"""
ONE_FAILS = THREE + "\ndef test_fails():\n    assert False\n"
INTERRUPTED = THREE + "\ndef test_stops():\n    raise KeyboardInterrupt\n"
BROKEN = THREE + "\nimport nothing_of_that_name\n"


@pytest.mark.parametrize(
    ("tests", "words", "status"),
    [
        pytest.param(THREE, ["--spec-budget=2.00"], 0, id="within the ceiling"),
        pytest.param(THREE, ["--spec-budget=0.0001"], 1, id="over the ceiling"),
        pytest.param(THREE, ["--spec-budget=0.0001", "-n2"], 1, id="over, two workers"),
        pytest.param(THREE, ["--spec-budget=0.0001", "-n0"], 1, id="over, -n0"),
        pytest.param(THREE, ["--spec-budget=0.0001", "-q", "--no-summary"], 1, id="over, quiet"),
        pytest.param(ONE_FAILS, ["--spec-budget=2.00"], 1, id="a test fails, within"),
        pytest.param(ONE_FAILS, ["--spec-budget=0.0001", "-x"], 1, id="-x, over"),
        pytest.param(INTERRUPTED, ["--spec-budget=0.0001"], 2, id="interrupted stays interrupted"),
        pytest.param(BROKEN, ["--spec-budget=0.0001"], 2, id="a collection error stays one"),
        pytest.param(THREE, ["--spec-budget=2.00", "-k", "nothing"], 5, id="nothing selected"),
        pytest.param(THREE, ["--spec-budget=0.0001", "--collect-only"], 0, id="only collected"),
        pytest.param(
            THREE, ["--spec-budget=0.0001", "--spec-mode=warn"], 0, id="over, in warn mode"
        ),
        pytest.param(
            THREE, ["--spec-budget=0.0001", "--spec-mode=observe"], 0, id="over, in observe mode"
        ),
        pytest.param(THREE, ["--spec-budget=0.0001", "-p", "no:terminal"], 1, id="no terminal"),
        pytest.param(THREE, ["--spec-session-budget=0.0001"], 1, id="over the ceiling of the run"),
        pytest.param(THREE, ["--spec-test-budget=0.00001"], 1, id="over the ceiling of a test"),
        pytest.param(THREE, ["--spec-budget=SPEC-2=0.0001"], 0, id="a ceiling of another SPEC"),
        pytest.param(
            THREE, ["--spec-budget=2", "--spec-budget=SPEC-1=0"], 1, id="its own ceiling counts"
        ),
        pytest.param(
            THREE, ["--spec-budget=0.0001", "--spec-judge=billed"], 1, id="live calls are billed"
        ),
    ],
)
def test_the_exit_status_follows_tests_and_verdict(
    suite: Suite, tests: str, words: list[str], status: int
) -> None:
    suite.write("test_it.py", tests)

    outcome = suite.run(*words)

    assert outcome.status == status, outcome.text + outcome.errors


@pytest.mark.parametrize("amount", ["abc", "-1", "nan", "inf", "", "SPEC-1="])
@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_ceiling_that_is_no_amount_stops_the_run_before_the_first_test(
    suite: Suite, amount: str, workers: str
) -> None:
    suite.write("test_it.py", THREE)

    outcome = suite.run(f"--spec-budget={amount}", workers)

    assert outcome.status == 4
    assert suite.emulator.served == []
    assert f"--spec-budget={amount}" in outcome.errors


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_every_setting_that_makes_no_sense_is_told_at_once(suite: Suite, workers: str) -> None:
    suite.write("test_it.py", THREE)

    outcome = suite.run("--spec-budget=abc", "--spec-mode=loud", workers, SPECBUDGET_JUDGE="both")

    assert outcome.status == 4
    assert [word in outcome.errors for word in ("abc", "loud", "both")] == [True] * 3


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
@pytest.mark.parametrize("more", [(), ("--collect-only",), ("-q", "-x")], ids=" ".join)
def test_markers_that_make_no_sense_stop_the_run_before_the_first_test(
    suite: Suite, workers: str, more: tuple[str, ...]
) -> None:
    marks = [
        '"SPEC-1", bugdet="1", stage=3',
        '"SPEC-1", budget=0.1',
        '"SPEC-1", max_calls="2"',
        "7",
        "",
    ]
    tests = [
        f"@pytest.mark.spec({words})\ndef test_{number}(): ask()\n"
        for number, words in enumerate(marks)
    ]
    suite.write("test_it.py", "import pytest\nfrom calls import ask\n" + "".join(tests))

    outcome = suite.run("--spec-budget=2.00", workers, *more)

    assert outcome.status == 4, outcome.text + outcome.errors
    assert suite.emulator.served == []
    told = outcome.text + outcome.errors
    assert told.count("did you mean 'budget'?") == 1
    assert told.count("stage=3 is not text") == 1
    assert "is a float, which is not exact" in told
    assert "a whole number" in told
    assert told.count("takes one SPEC id") == 2
    assert "INTERNALERROR" not in told


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_marker_that_asks_for_the_gate_makes_a_misspelt_one_a_usage_error(
    suite: Suite, workers: str
) -> None:
    suite.write(
        "test_it.py",
        "import pytest\nfrom calls import ask\n"
        '@pytest.mark.spec("A", budget="1")\ndef test_a(): ask()\n'
        '@pytest.mark.spec("B", bugdet="1")\ndef test_b(): ask()\n',
    )

    outcome = suite.run(workers)

    assert outcome.status == 4, outcome.text + outcome.errors
    assert (outcome.text + outcome.errors).count("did you mean 'budget'?") == 1
    assert suite.emulator.served == []


def test_the_breach_names_who_spent_what_where_it_was_set_and_what_to_do(suite: Suite) -> None:
    suite.write("test_it.py", THREE)

    outcome = suite.run("--spec-budget=0.0001")

    (finding,) = (one for one in outcome.facts["findings"] if one["rule"] == "budget-exceeded")
    assert finding["subject"] == "SPEC-1"
    assert finding["origin"] == "--spec-budget=0.0001"
    assert "of $0.00010" in finding["message"]
    assert finding["remedy"]
    assert "test_it.py::test_asks[" in outcome.text
    assert "specbudget explain budget-exceeded" in outcome.text
    assert "FAILED spec budget" in outcome.text


def test_a_disabled_gate_says_so_loudly_and_leaves_the_status_alone(suite: Suite) -> None:
    suite.write("test_it.py", THREE)

    outcome = suite.run("--spec-budget=0.0001", SPECBUDGET_DISABLE="1")

    assert outcome.status == 0
    assert "THE BUDGET GATE IS SWITCHED OFF" in outcome.text
    assert outcome.report is None


def test_a_ceiling_without_any_call_says_that_no_call_was_seen(suite: Suite) -> None:
    suite.write("test_it.py", "def test_quiet(): pass\n")

    outcome = suite.run("--spec-budget=2.00")

    assert outcome.status == 0
    assert outcome.rules() == ["no-calls-seen"]
    assert "no model call was seen" in outcome.text


def test_a_report_that_cannot_be_written_fails_the_run(suite: Suite) -> None:
    suite.write("test_it.py", THREE)
    suite.write("taken", "a file where a folder is needed")

    outcome = suite.run("--spec-budget=2.00", "--spec-report=markdown:taken/report.md")

    assert outcome.status == 1
    assert "taken/report.md could not be written: a file is in the way" in outcome.text


FULL = """
import errno, pathlib
whole = pathlib.Path.write_bytes
def torn(path, data):
    whole(path, data[: len(data) // 2])
    raise OSError(errno.ENOSPC, "No space left on device")
pathlib.Path.write_bytes = torn
"""


@pytest.mark.parametrize("format_", sorted(FORMATS))
def test_on_a_full_disk_no_report_is_left_that_is_none(suite: Suite, format_: str) -> None:
    workers = "-n2" if format_ == "json" else "-n0"
    suite.write("test_it.py", THREE)
    suite.write("conftest.py", FULL)
    suite.write("out/old", "what an earlier run wrote")
    reports = [f"--spec-report={format_}:out/{name}" for name in ("new", "old")]

    outcome = suite.run("--spec-budget=2.00", workers, *reports)

    assert outcome.status == 1
    assert f"{format_}:out/new: out/new could not be written: no space left on device" in (
        outcome.text.replace(f"{suite.folder}/", "")
    )
    assert "the one of an earlier run was removed" in outcome.text
    assert [*(suite.folder / "out").iterdir()] == []


def test_a_report_for_the_output_of_the_run_is_part_of_it(suite: Suite) -> None:
    suite.write("test_it.py", THREE)

    outcome = suite.run("--spec-budget=2.00", "--spec-report=markdown:/dev/stdout")

    assert outcome.status == 0
    assert "| spec |" in outcome.text
    assert "3 passed" in outcome.text


@pytest.mark.parametrize("mode", ["observe", "enforce"])
def test_evidence_that_nobody_asked_for_and_cannot_be_written_is_told(
    suite: Suite, mode: str
) -> None:
    suite.write("test_it.py", THREE)
    suite.write("evidence", "a file where a folder is needed")

    outcome = suite.run("--spec-budget=2.00", f"--spec-mode={mode}")

    assert outcome.status == 0
    assert "the cost summaries could not be written: " in outcome.text
    assert "evidence/costs: it is no folder" in outcome.text
    assert "Errno" not in outcome.text


def test_the_report_says_the_status_that_the_process_exits_with(suite: Suite) -> None:
    suite.write("test_it.py", ONE_FAILS)

    outcome = suite.run("--spec-budget=2.00")

    assert (outcome.status, outcome.facts["exitstatus"]) == (1, 1)
    assert outcome.facts["verdict"] == "pass"


CALLS_AT_IMPORT = """
import pytest
from calls import ask

ask()

@pytest.mark.spec("SPEC-1", budget="1", min_quality="0.9")
def test_asks():
    ask()
"""


@pytest.mark.parametrize(
    ("words", "status", "last"),
    [
        pytest.param(["--spec-budget=2.00"], 0, "PASS", id="within the ceiling"),
        pytest.param(["--spec-budget=0.00001"], 1, "FAILED", id="over it"),
        pytest.param(["--spec-budget=0.00001", "-n2"], 1, "FAILED", id="over it, asked for -n2"),
        pytest.param(
            ["--spec-min-pass-rate=1", "--spec-baseline=b.json", "--spec-save-baseline=b.json"],
            0,
            "PASS",
            id="what only tests can break",
        ),
    ],
)
def test_what_is_called_while_tests_are_only_collected_is_booked_and_judged(
    suite: Suite, words: list[str], status: int, last: str
) -> None:
    suite.write("test_it.py", CALLS_AT_IMPORT)

    outcome = suite.run(*words, "--collect-only")

    assert outcome.status == status, outcome.text + outcome.errors
    assert f"{last} spec budget (partial run: only collected): " in outcome.text
    assert [row["name"] for row in outcome.facts["tests"]] == ["<collection>"]
    assert outcome.facts["totals"]["calls"] == len(charges(suite)) == 1
    assert ("list USD" in outcome.text) is (last != "PASS")
    assert not (suite.folder / "evidence").exists()
    assert not (suite.folder / "b.json").exists()
    assert suite.command("gate", ".specbudget").ret == status


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--collect-only"], id="the tests"),
        pytest.param(["--fixtures-per-test"], id="their fixtures"),
        pytest.param(["--cache-show"], id="the cache"),
        pytest.param(["--setup-plan", "-n2"], id="what would be set up in workers"),
    ],
)
def test_to_show_something_says_and_writes_nothing_where_nothing_is_called(
    suite: Suite, words: list[str]
) -> None:
    suite.write("test_it.py", THREE)

    outcome = suite.run("--spec-budget=2.00", *words)

    assert outcome.status == 0
    assert "PASS spec budget" not in outcome.text
    assert outcome.report is None
    assert not (suite.folder / ".specbudget").exists()


def test_a_call_that_may_not_leave_is_refused_while_tests_are_only_collected(suite: Suite) -> None:
    suite.write("test_it.py", CALLS_AT_IMPORT)

    outcome = suite.run("--spec-forbid-live", "--collect-only")

    assert outcome.status == 2  # the module could not be imported
    assert suite.emulator.served == []
    assert "--spec-forbid-live forbids" in outcome.text


def test_a_run_of_what_failed_last_time_says_that_it_is_partial(suite: Suite) -> None:
    suite.write("test_it.py", THREE + "\ndef test_fails():\n    assert False\n")
    suite.write("test_other.py", "def test_fine(): pass\n")
    whole = suite.run("--spec-budget=2.00", "--ff")

    outcome = suite.run("--spec-budget=2.00", "--lf")

    assert (whole.facts["partial"], outcome.facts["partial"]) == (False, True)
    assert outcome.facts["partial_reasons"] == ["only what failed last time"]


def test_a_run_that_a_test_ended_with_a_status_of_its_own_was_interrupted(suite: Suite) -> None:
    ends = "\ndef test_ends():\n    pytest.exit('enough', returncode=7)\n"
    suite.write("test_it.py", THREE + ends)

    outcome = suite.run("--spec-budget=0.0001")

    assert outcome.status == outcome.facts["exitstatus"] == 7
    assert outcome.facts["partial_reasons"] == ["interrupted"]
    assert "FAILED spec budget (partial run: interrupted)" in outcome.errors


@pytest.mark.parametrize(
    ("hook", "status"),
    [
        pytest.param("pytest_runtest_logfinish(nodeid)", 3, id="in the middle of the run"),
        pytest.param("pytest_terminal_summary()", 1, id="in its summary"),
        pytest.param("pytest_sessionfinish()", 1, id="at the end of the session"),
    ],
)
def test_what_was_booked_is_reported_although_another_plugin_breaks(
    suite: Suite, hook: str, status: int
) -> None:
    suite.write("test_it.py", THREE)
    suite.write("conftest.py", f"def {hook}:\n    raise RuntimeError('broken')\n")

    outcome = suite.run("--spec-budget=0.00001")

    assert outcome.status == status, outcome.text + outcome.errors
    assert outcome.facts["verdict"] == "fail"
    assert outcome.facts["totals"]["calls"] == len(suite.emulator.served) > 0
    assert "FAILED spec budget" in outcome.text + outcome.errors


@pytest.mark.parametrize("hook", ["pytest_terminal_summary()", "pytest_sessionfinish()"])
@pytest.mark.parametrize(
    ("words", "own", "status"),
    [
        pytest.param(("--spec-budget=0.00001",), 0, 1, id="a breach"),
        pytest.param(("--spec-budget=0.00001",), 7, 7, id="a breach, and a status that is worse"),
        pytest.param(("--spec-budget=2.00",), 0, 0, id="no breach"),
        pytest.param(("--spec-budget=abc",), 0, 4, id="a setting that makes no sense"),
    ],
)
def test_a_hook_that_ends_the_run_well_does_not_hide_that_it_did_not(
    suite: Suite, hook: str, words: tuple[str, ...], own: int, status: int
) -> None:
    suite.write("test_it.py", THREE)
    ends = f"def {hook}:\n    pytest.exit('enough', returncode={own})\n"
    suite.write("conftest.py", f"import pytest\n{ends}")

    outcome = suite.run(*words)

    assert outcome.status == status, outcome.text + outcome.errors
