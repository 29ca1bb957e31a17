from __future__ import annotations

from dataclasses import replace

import pytest
from support.comparisons import regressed, risen
from support.reports import exceeded, passing, row, unpriced

from pytest_specbudget.core.finding import Finding
from pytest_specbudget.reports.places import Place, Places

DIVE = Place("tests/research/test_dive.py", 22)
CHAT = "tests/support/test_chat.py::test_chat"
CHAT_PLACE = Place("tests/support/test_chat.py", 32)


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
            finding("RESEARCH", "../other/pyproject.toml"), None, id="not in another project"
        ),
        pytest.param(exceeded(), DIVE, id="a SPEC stands at the first test that its details name"),
        pytest.param(finding("claude-opus-4-5"), None, id="a model at none where no test is named"),
        pytest.param(
            finding("RESEARCH"), None, id="nor does a SPEC stand at just any of its tests"
        ),
        pytest.param(
            finding("claude-opus-4-5", "", "a flag", CHAT),
            CHAT_PLACE,
            id="a model stands at the test that is named, not at another one of the model",
        ),
        pytest.param(unpriced(), CHAT_PLACE, id="what has no price stands at a test that it names"),
        pytest.param(
            finding("host", "", f"{CHAT}   $1   2 calls"), CHAT_PLACE, id="with what it cost"
        ),
        pytest.param(
            finding("whole run", "", f"case 3   0.5   {CHAT}"), None, id="the run stands nowhere"
        ),
        pytest.param(
            finding("plan", "", f"case 3   0.5   {CHAT}"), CHAT_PLACE, id="wherever it is named"
        ),
        pytest.param(
            finding("gateway", "", "tests/test_calm.py::test_refused   the call was refused"),
            Place("tests/test_calm.py"),
            id="a test that spent nothing stands in its file",
        ),
        pytest.param(
            finding("tests/test_plan.py", 'tests/test_plan.py:12 @pytest.mark.spec("A")', CHAT),
            Place("tests/test_plan.py", 12),
            id="what a module is held to stands at its marker",
        ),
        pytest.param(
            finding("tests/test_plan.py", 'tests/test_plan.py @pytest.mark.spec("A")'),
            Place("tests/test_plan.py"),
            id="or in its file",
        ),
        pytest.param(
            finding("tests/research/test_dive.py::TestDive"),
            Place("tests/research/test_dive.py"),
            id="a class whose tests are not known stands in its file",
        ),
        pytest.param(
            finding("whole run", "specbudget-ack.toml:14"),
            Place("specbudget-ack.toml", 14),
            id="the run stands at a line that is named",
        ),
        pytest.param(finding("host"), None, id="else nowhere"),
    ],
)
def test_a_finding_stands_where_one_can_mend_it(found: Finding, place: Place | None) -> None:
    assert Places(regressed()).of(found) == place


def test_no_finding_stands_at_a_dearer_test_that_it_does_not_name() -> None:
    dearer = row("tests/test_big.py::test_big", "9", spec="RESEARCH", file="tests/test_big.py")
    report = regressed()

    places = Places(replace(report, tests=(dearer, *report.tests)))

    assert places.of(exceeded()) == DIVE
    assert places.of(risen()) == DIVE


@pytest.mark.parametrize(
    ("subject", "line"),
    [
        pytest.param("tests/test_a.py::TestA", 5, id="a class stands at its first test"),
        pytest.param("tests/test_a.py::TestA::TestInner", 9, id="and one inside of it at its own"),
        pytest.param("tests/test_a.py", 0, id="a module in its file"),
    ],
)
def test_a_class_stands_at_its_own_tests(subject: str, line: int) -> None:
    tests = (
        row("tests/test_a.py::TestA::TestInner::test_y", "1", file="tests/test_a.py", line=9),
        row("tests/test_a.py::TestA::test_x[a::b]", "1", file="tests/test_a.py", line=5),
        row("tests/test_a.py::TestA::test_base", "1", file="tests/base.py", line=1),
        row("tests/test_a.py::test_z", "1", file="tests/test_a.py", line=2),
    )

    assert Places(replace(passing(), tests=tests)).of(finding(subject)) == Place(
        "tests/test_a.py", line
    )


@pytest.mark.parametrize(
    ("found", "place"),
    [
        pytest.param(
            finding("x", "tests/test_a.py:12 @pytest.mark.spec()"),
            Place("shop/tests/test_a.py", 12),
            id="a marker",
        ),
        pytest.param(finding("x"), Place("shop/pyproject.toml"), id="the settings"),
        pytest.param(finding("tests/test_b.py"), Place("shop/tests/test_b.py"), id="a module"),
    ],
)
def test_paths_of_a_package_begin_at_the_root_of_its_repository(
    found: Finding, place: Place
) -> None:
    tests = (row("tests/test_a.py::test_a", "1", file="shop/tests/test_a.py", line=3),)

    assert Places(replace(passing(), tests=tests)).at_least(found) == place


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
    assert Places(regressed()).at_least(finding("host")) == Place("pyproject.toml")
    assert Places(regressed()).at_least(
        finding("whole run", "budgets in specbudget.toml")
    ) == Place("specbudget.toml")
    assert Places(replace(passing(), tests=())).at_least(finding("x")) == Place("pyproject.toml")
