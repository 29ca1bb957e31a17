from __future__ import annotations

from dataclasses import replace

import pytest
from support.comparisons import regressed, risen
from support.reports import exceeded, passing, row, unpriced

from pytest_specbudget.core.finding import Finding
from pytest_specbudget.reports.places import Place, Places

DIVE = Place("tests/research/test_dive.py", 22)


def finding(subject: str, origin: str = "", *details: str) -> Finding:
    return Finding(
        rule="budget-exceeded", subject=subject, message="m", origin=origin, details=details
    )


@pytest.mark.parametrize(
    ("found", "place"),
    [
        pytest.param(
            finding("tests/research/test_dive.py::test_deep_dive[eu]"),
            DIVE,
            id="a test stands at its line",
        ),
        pytest.param(
            finding("tests/research/test_dive.py::test_deep_dive[eu]", "budget in pyproject.toml"),
            DIVE,
            id="a test stands at its line whoever set the limit",
        ),
        pytest.param(
            finding("tests/test_gone.py::TestIt::test_old"),
            Place("tests/test_gone.py"),
            id="a test that is not here any more stands in its file",
        ),
        pytest.param(
            finding("RESEARCH", "budgets.RESEARCH in pyproject.toml"),
            Place("pyproject.toml"),
            id="a limit stands where it was set",
        ),
        pytest.param(
            finding("RESEARCH", "specbudget-ack.toml:14"),
            Place("specbudget-ack.toml", 14),
            id="at its line, where that is told",
        ),
        pytest.param(
            finding("RESEARCH", "../other/pyproject.toml"), DIVE, id="not in another project"
        ),
        pytest.param(exceeded(), DIVE, id="a SPEC stands at its dearest test"),
        pytest.param(finding("claude-opus-4-5"), DIVE, id="a model stands at its dearest test"),
        pytest.param(finding("whole run"), DIVE, id="the run stands at the dearest test of all"),
        pytest.param(
            unpriced(), Place("tests/support/test_chat.py", 32), id="or at a test that it names"
        ),
        pytest.param(
            finding("host", "", "tests/support/test_chat.py::test_chat   $1   2 calls"),
            Place("tests/support/test_chat.py", 32),
            id="with what it cost",
        ),
        pytest.param(finding("host"), None, id="else nowhere"),
    ],
)
def test_a_finding_stands_where_one_can_mend_it(found: Finding, place: Place | None) -> None:
    assert Places(regressed()).of(found) == place


def test_a_regression_stands_at_the_test_that_rose_most() -> None:
    dearer = row("tests/test_big.py::test_big", "9", spec="RESEARCH", file="tests/test_big.py")
    report = regressed()

    places = Places(replace(report, tests=(dearer, *report.tests)))

    assert places.of(exceeded()) == Place("tests/test_big.py")
    assert places.of(risen()) == DIVE


def test_a_test_without_a_known_line_stands_in_its_file() -> None:
    assert Places(passing()).of(exceeded()) == Place("tests/research/test_dive.py")


@pytest.mark.parametrize(
    "file",
    ["/etc/passwd", "../a.py", "a/../../b.py", "C:\\a.py", "a\nb.py", "\\\\host\\a.py", "a//b.py"],
)
def test_no_place_is_outside_of_the_project(file: str) -> None:
    odd = row("odd", "9", spec="RESEARCH", file=file)
    report = regressed()

    assert Places(replace(report, tests=(odd, *report.tests))).of(finding("odd")) is None


def test_a_path_of_windows_is_written_as_the_others_are() -> None:
    report = replace(passing(), tests=(row("a", "1", file="tests\\test_a.py", line=3),))

    assert Places(report).of(finding("a")) == Place("tests/test_a.py", 3)


def test_a_format_that_needs_a_place_gets_one() -> None:
    assert Places(regressed()).at_least(finding("host")) == DIVE
    assert Places(replace(passing(), tests=())).at_least(finding("x")) == Place("pyproject.toml")
