"""Which recordings have lost their test; never one that may still have it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.cassettes.names import cassette_path
from pytest_specbudget.recordings.lint_tests import orphaned

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """
    import pytest
    from elsewhere import TestShared, test_brought

    def test_here(): ...
    async def test_later(): ...
    test_made = make()

    class TestPlan:
        def test_cheap(self): ...
        class TestInner: ...

    class TestMore(TestShared):
        def test_own(self): ...

    if True:
        def test_perhaps(): ...

    @pytest.mark.vcr("test_by_name.yaml")
    def test_named(): ...

    @pytest.fixture(scope="module", name="client")
    def _client(): ...

    @pytest.fixture(scope="session")
    def server(): ...
"""


@pytest.fixture
def tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_plan.py").write_text(textwrap.dedent(MODULE), "utf-8")
    (folder / "conftest.py").write_text("def agent(): ...\n", "utf-8")
    return folder


def kept(tests: Path, module: str, name: str) -> Path:
    return tests / "cassettes" / module / name


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("test_here.yaml", id="a function"),
        pytest.param("test_later.yaml", id="an async function"),
        pytest.param("test_here[gpt-4o].yaml", id="pytest-recording's name with parameters"),
        pytest.param("TestPlan.test_cheap.yaml", id="a method"),
        pytest.param("TestPlan.test_cheap[a-b].yaml", id="a method with parameters"),
        pytest.param("TestMore.test_inherited.yaml", id="a method that a base may bring"),
        pytest.param("TestShared.test_any.yaml", id="a method of a class from elsewhere"),
        pytest.param("test_brought.yaml", id="a function from elsewhere"),
        pytest.param("test_made.yaml", id="a name that is assigned"),
        pytest.param("test_perhaps.yaml", id="one in a branch"),
        pytest.param("test_by_name.yaml", id="a name that a marker gives"),
        pytest.param("my own name.yaml", id="a name that is no test's"),
        pytest.param("fixture-module-client.yaml", id="a fixture by the name it is given"),
        pytest.param("fixture-session-server.yaml", id="a fixture"),
        pytest.param("fixture-class-_xunit_setup_class_fixture_A.A.yaml", id="a setup_class"),
    ],
)
def test_a_recording_that_may_have_a_test_is_none(name: str, tests: Path) -> None:
    assert orphaned(kept(tests, "test_plan", name)) is None


@pytest.mark.parametrize(
    "test",
    [
        "test_here[gpt-4o]",
        "TestPlan.test_cheap",
        "TestPlan.test_cheap[a/b]",
        f"test_here[{'x' * 99}]",
    ],
)
def test_our_own_names_are_found_again(test: str, tests: Path) -> None:
    assert orphaned(cassette_path(tests / "cassettes", "test_plan", test)) is None


@pytest.mark.parametrize(
    ("module", "name", "reason"),
    [
        ("test_plan", "test_gone.yaml", "test_plan.py has no test test_gone"),
        ("test_plan", "test_gone[a].yaml", "test_plan.py has no test test_gone[a]"),
        ("test_plan", "TestPlan.test_gone.yaml", "test_plan.py has no test TestPlan.test_gone"),
        ("test_plan", "TestGone.test_cheap.yaml", "test_plan.py has no test TestGone.test_cheap"),
        ("test_plan", "test_her.yaml", "test_plan.py has no test test_her"),
        ("test_gone", "test_here.yaml", "test_gone.py is gone"),
        ("test_plan", "fixture-module-gone.yaml", "test_plan.py has no fixture gone"),
        (
            "test_plan",
            "fixture-class-gone.TestPlan-0123456789.yaml",
            "test_plan.py has no fixture gone",
        ),
        ("conftest", "fixture-session-gone.yaml", "conftest.py has no fixture gone"),
        ("conftest", "fixture-session-gone-a.b-0123456789.yaml", "conftest.py has no fixture gone"),
    ],
)
def test_one_whose_test_is_gone_is_told(module: str, name: str, reason: str, tests: Path) -> None:
    assert orphaned(kept(tests, module, name)) == reason


def test_a_hashed_name_of_a_test_that_is_gone_is_told(tests: Path) -> None:
    path = cassette_path(tests / "cassettes", "test_plan", "TestPlan.test_gone[a/b]")

    assert "has no test TestPlan.test_gone" in (orphaned(path) or "")


@pytest.mark.parametrize(
    ("module", "name"),
    [
        pytest.param("conftest", "fixture-session-agent", id="of the session"),
        pytest.param("conftest", "fixture-session-agent[a/b.c]", id="with a parameter"),
        pytest.param("test_plan", "fixture-module-agent", id="of a module"),
        pytest.param("test_plan", "fixture-class-agent.TestPlan[a-b]", id="of a class"),
        pytest.param("test_plan", "fixture-session-server.2", id="the second of its name"),
    ],
)
def test_a_fixture_of_conftest_is_found(module: str, name: str, tests: Path) -> None:
    assert orphaned(cassette_path(tests / "cassettes", module, name)) is None


def test_a_fixture_that_a_plugin_brings_is_found_where_it_is_used(tests: Path) -> None:
    (tests / "test_used.py").write_text("def test_it(brought): ...\n", "utf-8")

    assert orphaned(kept(tests, "test_used", "fixture-module-brought.yaml")) is None


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("tests/cassettes/test_gone.yaml", id="a file that is in no module's folder"),
        pytest.param("tests/fixtures/test_gone/test_a.yaml", id="a folder with another name"),
        pytest.param("tests/cassettes/providers/test_a.yaml", id="a module that is no test's"),
        pytest.param("other/cassettes/test_gone/test_a.yaml", id="a folder without sources"),
    ],
)
def test_what_lies_elsewhere_is_not_judged(path: str, tests: Path) -> None:
    assert orphaned(tests.parent / path) is None


def test_a_module_that_moved_is_not_gone(tests: Path) -> None:
    (tests / "unit").mkdir()
    (tests / "unit" / "test_moved.py").touch()

    assert orphaned(kept(tests, "test_moved", "test_a.yaml")) is None


@pytest.mark.parametrize("source", ["from base import *\n", "def test_(:\n", "\0"])
def test_a_module_that_cannot_be_read_whole_is_not_judged(source: str, tests: Path) -> None:
    (tests / "test_odd.py").write_text(source, "utf-8")

    assert orphaned(kept(tests, "test_odd", "test_gone.yaml")) is None


def test_recordings_in_a_folder_of_their_own_repeat_the_folders_of_tests(tests: Path) -> None:
    shelf = tests.parent / "recorded"

    def judge(name: str) -> str | None:
        return orphaned(shelf / "tests" / "test_plan" / name, shelf, tests.parent)

    assert judge("test_here.yaml") is None
    assert judge("test_gone.yaml") == "test_plan.py has no test test_gone"
