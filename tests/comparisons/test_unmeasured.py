"""What is said of tests that were not run and whose cost nobody knows."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from support.charges import charge

from pytest_specbudget.audit.acks import Acknowledgement
from pytest_specbudget.audit.comparison import Comparison, Side
from pytest_specbudget.comparisons.base import Base, Opened
from pytest_specbudget.comparisons.unmeasured import NotRun
from pytest_specbudget.core.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.audit.comparison import Scope

TODAY = date(2026, 11, 23)
X, Y, Z = "tests/a/test_x.py::test_x", "tests/a/test_x.py::TestY::test_y[1]", "tests/b.py::test_z"
EDITS = "edits its code"


def ack(subject: str, scope: Scope | None = None, until: date = TODAY) -> Acknowledgement:
    return Acknowledgement(
        subject=subject,
        scope=scope,
        limit=Fraction(0),
        until=until,
        reason="it is slow",
        origin=f"acks.toml, {subject}",
    )


def not_run(
    unmeasured: Mapping[str, str],
    *acks: Acknowledgement,
    untold: frozenset[str] = frozenset(),
    unrun: tuple[str, ...] = (),
    ack_file: str = "",
) -> NotRun:
    side = Side(name="base", charges=tuple(charge("0.02", test=test) for test in (X, Y, Z)))
    comparison = Comparison(base="base", head="head", limit="strict", unrun=unrun)
    base = Base(acks=acks, today=TODAY, ack_file=ack_file)
    return NotRun(Opened(side=side, unmeasured=unmeasured, untold=untold), comparison, base)


@pytest.mark.parametrize(
    ("unmeasured", "subject", "message"),
    [
        pytest.param(
            {X: EDITS},
            X,
            f"{X} was not run, and this change edits its code; at the base it cost $0.02",
            id="one test is named",
        ),
        pytest.param(
            {X: EDITS, Y: EDITS},
            "tests/a/test_x.py",
            "2 tests in tests/a/test_x.py were not run, and this change edits their code; at the "
            "base they cost $0.04",
            id="several of a file",
        ),
        pytest.param(
            {X: EDITS, Z: EDITS},
            "tests",
            "2 tests in tests were not run, and this change edits their code; at the base they "
            "cost $0.04",
            id="several of a folder",
        ),
        pytest.param(
            {X: ""},
            X,
            f"{X} was not run, and nothing tells what it costs now; at the base it cost $0.02",
            id="where nothing was edited",
        ),
        pytest.param(
            {"tests/new.py::test_n": "adds its recording"},
            "tests/new.py::test_n",
            "tests/new.py::test_n was not run, and this change adds its recording",
            id="what the base does not have",
        ),
    ],
)
def test_a_finding_says_what_was_done_and_what_it_cost(
    unmeasured: dict[str, str], subject: str, message: str
) -> None:
    (found,) = not_run(unmeasured).findings()

    assert (found.rule, found.subject, found.inconclusive) == ("test-not-run", subject, True)
    assert found.message.replace("0.0200", "0.02").replace("0.0400", "0.04") == message
    assert f"specbudget ack {subject} --limit 0% --until DATE" in found.remedy


def test_each_thing_that_a_change_does_is_a_finding_of_its_own() -> None:
    found = [*not_run({X: EDITS, Y: "edits its recording", Z: EDITS}).findings()]

    assert [one.subject for one in found] == ["tests", Y]


def test_a_name_is_quoted_such_that_a_shell_runs_nothing() -> None:
    name = "tests/a.py::test_x[$(rm -rf)]"

    (found,) = not_run({name: EDITS}, ack_file="ci/my acks.toml").findings()

    assert f"specbudget ack '{name}' --limit 0%" in found.remedy
    assert "--file 'ci/my acks.toml'" in found.remedy


@pytest.mark.parametrize(
    ("entry", "left"),
    [
        pytest.param(ack(Y), [X], id="a test"),
        pytest.param(ack(Y, "test"), [X], id="a test by its scope"),
        pytest.param(ack("tests/a/test_x.py::TestY::test_y"), [X], id="a test with parameters"),
        pytest.param(ack("tests/a/test_x.py::TestY"), [X], id="a class"),
        pytest.param(ack("tests/a/test_x.py"), [], id="a file"),
        pytest.param(ack("tests/a"), [], id="a folder"),
        pytest.param(ack(Y, "spec"), ["tests/a/test_x.py"], id="a SPEC of that name"),
        pytest.param(ack("tests/a/test"), ["tests/a/test_x.py"], id="what begins alike"),
        pytest.param(ack("whole run"), ["tests/a/test_x.py"], id="the rise of the whole run"),
        pytest.param(ack(Y, until=date(2026, 11, 22)), ["tests/a/test_x.py"], id="until yesterday"),
    ],
)
def test_what_was_accepted_of_a_test_or_around_it_is_no_finding(
    entry: Acknowledgement, left: list[str]
) -> None:
    told = not_run({X: EDITS, Y: EDITS}, entry)

    assert [one.subject for one in told.findings()] == left
    assert bool(told.notes) is (left != ["tests/a/test_x.py"])
    assert all("as was accepted (acks.toml" in note for note in told.notes)


def test_an_entry_for_tests_that_were_not_run_is_not_called_needless() -> None:
    def unused(subject: str) -> Finding:
        return Finding(
            rule="ack-unused", subject=subject, message="-", origin=f"acks.toml, {subject}"
        )

    told = not_run({X: EDITS}, ack("tests/a"), ack(Z), ack("RESEARCH"), unrun=(X, Z))

    found = [unused("tests/a"), unused(Z), unused("RESEARCH")]
    assert [one.subject for one in told.needless(found)] == ["RESEARCH"]


def test_where_nobody_knows_what_a_change_touches_a_skipped_test_is_a_warning() -> None:
    (found,) = not_run({}, untold=frozenset({X})).findings()

    assert (found.rule, found.severity, found.inconclusive) == ("test-not-run", "warning", False)
    assert "nothing tells what it costs now" in found.message
