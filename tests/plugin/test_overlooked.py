"""Settings that do not hold because of pytest's rootdir are missed aloud."""

from __future__ import annotations

import io
import json
import sys

import pytest

US = ("-p", "pytest_specbudget.plugin", "-p", "no:cacheprovider")


@pytest.fixture(autouse=True)
def repository(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.mkdir(".git")
    for name in ("one", "two"):
        package = pytester.mkdir(name)
        (package / "test_it.py").write_text("def test_it(): pass\n", "utf-8")
    pytester.path.joinpath("two", "pytest.ini").write_text("[pytest]\n", "utf-8")


def line(result: pytest.RunResult) -> str:
    (told,) = {one for one in result.outlines if "DO NOT HOLD" in one}
    return told


def test_a_rootdir_below_the_settings_is_told_with_both_files_though_nothing_is_asked(
    pytester: pytest.Pytester,
) -> None:
    settings = pytester.makepyprojecttoml('[tool.specbudget]\nsession_budget = "0"')

    result = pytester.runpytest_inprocess(*US, "two")

    assert result.ret == 0
    assert line(result) == (
        f"specbudget: the settings in {settings} DO NOT HOLD in this run: "
        f"{pytester.path / 'two' / 'pytest.ini'} makes that folder the rootdir. Run pytest with "
        f"--rootdir={pytester.path}, or say what holds here in "
        f"{pytester.path / 'two' / 'specbudget.toml'} (empty, if nothing does)."
    )


def test_what_it_says_to_do_lets_them_hold(pytester: pytest.Pytester) -> None:
    pytester.makepyprojecttoml('[tool.specbudget]\nsession_budget = "0"')

    result = pytester.runpytest_inprocess(*US, "two", f"--rootdir={pytester.path}")

    result.stdout.fnmatch_lines(['specbudget: session_budget = "0" in pyproject.toml*'])
    result.stdout.no_fnmatch_line("*DO NOT HOLD*")


def test_without_any_file_of_pytest_s_it_names_the_one_that_helps(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makefile(".toml", specbudget='session_budget = "0"')
    monkeypatch.chdir("one")

    result = pytester.runpytest_inprocess(*US, "-q")

    assert line(result).endswith(f"or put an empty pytest.ini into {pytester.path}.")


def test_a_package_s_settings_below_the_rootdir_are_told(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]")
    pytester.path.joinpath("one", "specbudget.toml").write_text('budget = "2"', "utf-8")

    result = pytester.runpytest_inprocess(*US, "one")

    assert line(result).endswith(
        f"--rootdir={pytester.path / 'one'}, or move them to {pytester.path}."
    )


def test_where_something_is_asked_it_is_in_the_report_and_once_on_the_screen(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyprojecttoml('[tool.specbudget]\nsession_budget = "0"')

    result = pytester.runpytest_inprocess(
        *US, "-q", "two", "--spec-budget=1", "--spec-report=json:report.json"
    )

    assert sum("DO NOT HOLD" in one for one in result.outlines) == 1
    notes = json.loads(pytester.path.joinpath("report.json").read_text("utf-8"))["notes"]
    assert line(result) == f"specbudget: {notes[0]}"


def test_without_a_summary_it_is_on_standard_error(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyprojecttoml('[tool.specbudget]\nsession_budget = "0"')
    monkeypatch.setattr(sys, "__stderr__", errors := io.StringIO())

    pytester.runpytest_inprocess(*US, "-p", "no:faulthandler", "-p", "no:terminal", "two")

    assert "DO NOT HOLD" in errors.getvalue()
