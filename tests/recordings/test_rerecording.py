"""Whose recording a file is, by its place and by what its module says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.cassettes.names import cassette_path
from pytest_specbudget.recordings.rerecording import covers, node_of

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """
import no_such_module_is_imported

def test_plain(): ...
def test_plan(): ...
def test_plan_more(): ...
async def test_waits(): ...

class TestPlan:
    def test_inside(self): ...
    class TestDeeper:
        def test_deep(self): ...
"""
HERE = "tests/test_mod.py"


@pytest.fixture
def rootdir(tmp_path: Path) -> Path:
    (tmp_path / "tests").mkdir()
    (tmp_path / HERE).write_text(MODULE, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "node"),
    [
        pytest.param("test_plain", f"{HERE}::test_plain", id="a function"),
        pytest.param("test_waits", f"{HERE}::test_waits", id="a coroutine"),
        pytest.param("TestPlan.test_inside", f"{HERE}::TestPlan::test_inside", id="a method"),
        pytest.param(
            "TestDeeper.test_deep", f"{HERE}::TestPlan::TestDeeper::test_deep", id="nested"
        ),
        pytest.param("test_plan[gpt-4o]", f"{HERE}::test_plan", id="with parameters, all of them"),
        pytest.param("test_plan_more[a/b]", f"{HERE}::test_plan_more", id="the longest name wins"),
        pytest.param("fixture-session-agent", HERE, id="a shared fixture is its module's"),
    ],
)
def test_our_own_names_are_understood(rootdir: Path, name: str, node: str) -> None:
    cassette = cassette_path(rootdir / "tests/cassettes", "test_mod", name)

    assert node_of(cassette, rootdir) == node


def test_names_of_pytest_recording_tell_their_parameters(rootdir: Path) -> None:
    cassette = rootdir / "tests/cassettes/test_mod/TestPlan.test_inside[gpt-4o].yaml"

    assert node_of(cassette, rootdir) == f"{HERE}::TestPlan::test_inside[gpt-4o]"


def test_cassettes_on_a_shelf_of_their_own_are_understood(rootdir: Path) -> None:
    cassette = cassette_path(rootdir / "shelf/tests", "test_mod", "test_plain")

    assert node_of(cassette, rootdir, rootdir / "shelf") == f"{HERE}::test_plain"


def test_fixtures_of_a_folder_are_the_folder(rootdir: Path) -> None:
    cassette = rootdir / "tests/cassettes/conftest/fixture-session-agent.yaml"

    assert node_of(cassette, rootdir) == "tests"


def test_fixtures_of_the_rootdir_are_all_of_it(rootdir: Path) -> None:
    cassette = rootdir / "cassettes/conftest/fixture-session-agent.yaml"

    assert node_of(cassette, rootdir) == "."


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("tests/cassettes/test_gone/test_plain.yaml", id="no such module"),
        pytest.param("tests/cassettes/test_mod/test_gone.yaml", id="no such test"),
        pytest.param("tests/tapes/test_mod/test_plain.yaml", id="no folder of cassettes"),
        pytest.param("elsewhere.yaml", id="anywhere"),
    ],
)
def test_what_nobody_knows_is_none(rootdir: Path, place: str) -> None:
    assert node_of(rootdir / place, rootdir) is None


def test_a_module_that_makes_no_sense_has_no_tests(rootdir: Path) -> None:
    (rootdir / HERE).write_text("def (", "utf-8")

    assert node_of(rootdir / "tests/cassettes/test_mod/test_plain.yaml", rootdir) is None


@pytest.mark.parametrize(
    ("node", "other", "runs"),
    [
        pytest.param("t.py::a", "t.py::a", True, id="itself"),
        pytest.param("t.py::a", "t.py::a[x]", True, id="its parameters"),
        pytest.param("t.py", "t.py::A::b", True, id="a module its tests"),
        pytest.param("tests", "tests/t.py::a", True, id="a folder its modules"),
        pytest.param(".", "tests/t.py::a", True, id="the rootdir everything"),
        pytest.param("t.py::a", "t.py::ab", False, id="not what only begins alike"),
        pytest.param("t.py::a[x]", "t.py::a", False, id="not the whole of which it is a part"),
    ],
)
def test_a_command_runs_what_lies_within(node: str, other: str, *, runs: bool) -> None:
    assert covers(node, other) is runs
