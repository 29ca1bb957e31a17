"""Calls that escape a test's attention: of forked children, and of pytest itself after the run."""

from __future__ import annotations

import os
import sys
from threading import Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from pytest_specbudget.meters.watching import current_watch
from pytest_specbudget.plugin.guests import is_a_guest

if TYPE_CHECKING:
    from support.suites import Suite

AT_EXIT = """
import atexit
from calls import ask

def test_leaves_work():
    atexit.register(ask)
"""
FORKED = """
import multiprocessing
from calls import ask

def swallow():
    try:
        ask()
    except BaseException:
        pass

def start(work):
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join()

def test_fine():
    pass

def test_child_is_refused():
    start(ask)

def test_child_swallows_it():
    start(swallow)

def test_fine_again():
    pass
"""


@pytest.mark.parametrize(
    ("asked", "sent", "told"),
    [
        pytest.param(
            ["--spec-forbid-live"], 0, "the run, which --spec-forbid-live forbids", id="forbidden"
        ),
        pytest.param(
            ["--spec-budget=1", "--spec-stop-loss"],
            *(0, "the run, which --spec-stop-loss forbids"),
            id="under a hard ceiling",
        ),
        pytest.param(
            ["--spec-budget=1"], 1, "was sent after the run, and is not in its books", id="let out"
        ),
    ],
)
def test_a_call_at_exit_is_refused_or_told(
    suite: Suite, asked: list[str], sent: int, told: str
) -> None:
    suite.write("test_it.py", AT_EXIT)

    outcome = suite.run(*asked)

    assert told in outcome.errors
    assert len(suite.emulator.served) == sent


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes do not fork here")
@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_test_fails_whose_forked_child_is_refused_a_call(suite: Suite, workers: str) -> None:
    suite.write("test_it.py", FORKED)

    outcome = suite.run("--spec-forbid-live", "-rA", workers)

    assert outcome.status == 1
    for name in ("child_is_refused", "child_swallows_it"):
        assert f"FAILED test_it.py::test_{name}" in outcome.text
    assert "2 failed, 2 passed" in outcome.text
    assert "(in a process that the test started)" in outcome.text
    assert not suite.emulator.served
    assert not list(suite.folder.rglob("refused-*"))


def test_a_run_within_a_test_leaves_nothing_behind(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile("def test_nothing(): pass")
    before = current_watch()

    done = pytester.runpytest_inprocess("-p", "pytest_specbudget.plugin", "--spec-forbid-live")

    assert done.ret == 0
    assert current_watch() is before


@pytest.mark.parametrize(
    ("program", "guest"),
    [
        pytest.param("/venv/bin/pytest", False, id="the command"),
        pytest.param("C:/venv/Scripts/pytest.exe", False, id="the command on Windows"),
        pytest.param("/venv/lib/pytest/__main__.py", False, id="the module"),
        pytest.param("/home/me/release.py", True, id="a script of somebody's"),
        pytest.param("/venv/lib/ipykernel_launcher.py", True, id="a notebook"),
        pytest.param("/home/me/release/__main__.py", True, id="another module"),
    ],
)
def test_pytest_is_a_guest_in_programs_of_others(
    monkeypatch: pytest.MonkeyPatch, program: str, *, guest: bool
) -> None:
    monkeypatch.setattr(sys, "argv", [program])
    controller = cast("pytest.Config", SimpleNamespace())
    told: list[bool] = []

    outside = Thread(target=lambda: told.append(is_a_guest(controller)))
    outside.start()
    outside.join()

    assert told == [guest]
    assert is_a_guest(controller), "a test runs here"
