"""`pytest --looponfail` comes to rest: nothing of ours that it watches is written."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.plugin.looping import LOOPED, is_looped, starts_next_run

if TYPE_CHECKING:
    from support.suites import Outcome, Suite

LOOPING = """
class Session:
    '''Stands for what pytest-xdist has in the process that it starts at each change.'''

Session.__module__ = "xdist.looponfail"

def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Session())
"""
ASKS = "from calls import ask\n\ndef test_a():\n    ask()\n"


def looped(pytester: pytest.Pytester, *words: str) -> pytest.Config:
    looponfail = pytest.importorskip("xdist.looponfail", reason="it runs them")
    config = pytester.parseconfig(*words)
    looponfail.WorkerFailSession(config, None)
    return config


def test_what_runs_again_at_each_change_is_told_from_other_runs(pytester: pytest.Pytester) -> None:
    assert not is_looped(pytester.parseconfig())
    assert is_looped(looped(pytester))


@pytest.mark.parametrize("told", [True, False])
def test_a_worker_is_told(told: bool) -> None:  # noqa: FBT001 - as pytest passes it
    plugins = SimpleNamespace(get_plugins=set)
    config: Any = SimpleNamespace(pluginmanager=plugins, workerinput={"specbudget": {LOOPED: told}})

    assert is_looped(config) is told


@pytest.mark.parametrize(
    ("path", "starts"),
    [
        pytest.param("report.json", True, id="below the current folder"),
        pytest.param("out/report.json", True, id="and below a folder in it"),
        pytest.param(".specbudget/report.json", False, id="a name that begins with a dot"),
        pytest.param("out/.report.json", False, id="likewise"),
        pytest.param("../report.json", False, id="beside the current folder"),
        pytest.param("report.pyc", False, id="compiled code"),
    ],
)
def test_what_is_watched_starts_the_next_run(
    pytester: pytest.Pytester, path: str, *, starts: bool
) -> None:
    config = looped(pytester)

    assert starts_next_run(config, Path(path)) is starts
    assert starts_next_run(config, pytester.path / path) is starts
    assert not starts_next_run(pytester.parseconfig(), Path(path))


def test_what_is_watched_is_what_the_settings_of_pytest_xdist_say(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeini("[pytest]\nlooponfailroots = src .tests\n")

    config = looped(pytester, "-Wignore::DeprecationWarning")

    watched = [
        starts_next_run(config, Path(name)) for name in ("report.json", "src/x", ".tests/x.json")
    ]
    assert watched == [False, True, True]


def run(suite: Suite, *words: str) -> Outcome:
    suite.write("conftest.py", LOOPING)
    suite.write("test_it.py", ASKS)
    return suite.run("--spec-budget=9", *words)


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_reports_and_baselines_are_held_back_and_it_is_said_where_they_could_go(
    suite: Suite, workers: str
) -> None:
    own = {"conftest.py", "test_it.py", "calls.py", "pyproject.toml", "__pycache__"}

    outcome = run(suite, workers, "--spec-save-baseline=base.json", "--spec-report=junit:out/j.xml")

    assert outcome.status == 0, outcome.text
    there = {one.name for one in suite.folder.iterdir() if not one.name.startswith(".")}
    assert there <= {*own, "stdout", "stderr"}  # the last two are kept by what runs the suite
    for held in ("--spec-save-baseline=base.json", "--spec-report=junit:out/j.xml"):
        assert f"{held} is not written, because --looponfail would see it" in outcome.text
    assert "such as .specbudget/j.xml" in outcome.text


def test_what_is_not_watched_is_written(suite: Suite) -> None:
    outcome = run(suite, "--spec-report=markdown:.specbudget/report.md")

    assert outcome.status == 0, outcome.text
    assert (suite.folder / ".specbudget/report.md").is_file()
