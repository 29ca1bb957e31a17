"""What is said of a marker that makes no sense: where it stands, and what to do."""

from __future__ import annotations

import pytest

from pytest_specbudget.plugin.markers import MarkerReader
from pytest_specbudget.settings.settings import Settings

PLAIN = """
import pytest

@pytest.mark.skipif(False, reason="a line above")
{marker}
def test_it():
    pass
"""
ELSEWHERE = """
import pytest
from steps import scenario

@scenario
def test_it():
    pass
"""
STEPS = """
import pytest

def scenario(function):
    @{marker}
    def run():
        function()

    return run
"""
ONE_ID = 'the marker takes one SPEC id, as in ("SPEC-KIT-070")'
NAME = 'another name with the setting marker = "..."'


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load no other plugin while the tests are collected."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def problems(pytester: pytest.Pytester, source: str) -> list[str]:
    """Return what is said of the markers of the tests in *source*, which is `test_it.py`."""
    path = pytester.makepyfile(test_it=source)
    items, _ = pytester.inline_genitems(path)
    reader = MarkerReader(Settings(), pytester.path, strict=True)
    reader.read(items)
    return reader.problems


def test_a_marker_is_told_by_the_line_of_its_test(pytester: pytest.Pytester) -> None:
    (told,) = problems(pytester, PLAIN.format(marker="@pytest.mark.spec()"))

    assert told.startswith("test_it.py:3 @pytest.mark.spec(): ")


def test_a_test_that_is_written_elsewhere_is_told_by_its_name(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(steps=STEPS.format(marker="pytest.mark.spec()"))
    pytester.syspathinsert()

    (told,) = problems(pytester, ELSEWHERE)

    assert told.startswith("test_it.py::test_it @pytest.mark.spec(): ")


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        pytest.param("@pytest.mark.spec()", True, id="no SPEC"),
        pytest.param("@pytest.mark.spec(7)", True, id="no text"),
        pytest.param('@pytest.mark.spec("A", owner="me")', True, id="a word that is not ours"),
        pytest.param('@pytest.mark.spec("A", bugdet="1")', False, id="a slip in one of ours"),
        pytest.param('@pytest.mark.spec("A", budget="x")', False, id="one of ours, and no amount"),
    ],
)
def test_a_marker_that_may_be_somebody_else_s_names_the_setting_for_ours(
    pytester: pytest.Pytester, marker: str, *, told: bool
) -> None:
    (problem,) = problems(pytester, PLAIN.format(marker=marker))

    assert (NAME in problem) is told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(
            "x=1",
            [f"{ONE_ID}; unknown argument 'x'; known are command,"],
            id="nothing that is ours",
        ),
        pytest.param('"A", x=1, y=2', ["unknown argument 'x', 'y'; known are"], id="two words"),
        pytest.param(
            '"A", bugdet="1", max_cals=2',
            [
                "unknown argument 'bugdet'; did you mean 'budget'?",
                "unknown argument 'max_cals'; did you mean 'max_calls'?",
            ],
            id="two slips",
        ),
        pytest.param(
            'bugdet="1", x=2',
            [
                "unknown argument 'bugdet'; did you mean 'budget'?",
                f"{ONE_ID}; unknown argument 'x'; known are",
            ],
            id="a slip, so that it is ours",
        ),
    ],
)
def test_what_is_wrong_with_a_marker_is_told_with_one_hint_for_each_thing(
    pytester: pytest.Pytester, words: str, told: list[str]
) -> None:
    found = problems(pytester, PLAIN.format(marker=f"@pytest.mark.spec({words})"))

    beginnings = [one.partition("): ")[2] for one in found]
    assert [one[: len(start)] for one, start in zip(beginnings, told, strict=True)] == told
    assert sum("known are" in one for one in found) <= 1
    assert sum(NAME in one for one in found) == (0 if "bugdet" in words else 1)
