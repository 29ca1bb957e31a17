"""What selects tests, found in scripts and settings that are not run."""

from __future__ import annotations

import pytest

from pytest_specbudget.comparisons.selecting import selection_in, tells


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        pytest.param("ci.yml", "- run: pytest -q -k 'not dear'\n", ["-k not dear"], id="a keyword"),
        pytest.param(
            "ci.yml", "- run: python -m pytest -m fast\n", ["-m fast"], id="a marker, not a module"
        ),
        pytest.param("run.sh", "pytest tests/a -n auto\n", ["tests/a"], id="a folder"),
        pytest.param("run.sh", 'PYTEST_ADDOPTS="-x" make\n', ["-x"], id="a variable"),
        pytest.param(
            "run.sh", "pytest --runslow | tee log\n", ["--runslow"], id="their own option"
        ),
        pytest.param("run.sh", "pytest -q --cov=a --spec-budget=2\n", [], id="nothing"),
        pytest.param("run.sh", "tool --ignore=tests/plan\n", ["tests/plan"], id="another command"),
        pytest.param("pytest.toml", "[pytest]\naddopts = ['-k', 'a']\n", ["-k a"], id="pytest 9"),
        pytest.param(
            "pytest.ini",
            "[pytest]\naddopts = -o testpaths=a\n",
            ["-o testpaths=a"],
            id="a setting as an option",
        ),
        pytest.param("pyproject.toml", "[tool]\npytest = 3\n", [], id="settings of another shape"),
    ],
)
def test_what_selects_tests_is_found(name: str, text: str, told: list[str]) -> None:
    assert [value for _, _, value in selection_in(name, text)] == told


@pytest.mark.parametrize(
    ("name", "may"),
    [("Makefile", True), ("a/b.yml", True), ("cassettes/a.yaml", False), ("a.png", False)],
)
def test_recordings_and_pictures_say_nothing_of_how_tests_are_run(name: str, may: bool) -> None:  # noqa: FBT001 - a table
    assert tells(name) is may
