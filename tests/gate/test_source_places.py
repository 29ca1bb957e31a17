"""Where the tests of a change are shown: at their lines in its own sources."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.recorded import chat
from support.repositories import make

from pytest_specbudget.baselines.git import Repository
from pytest_specbudget.baselines.sources import Revision
from pytest_specbudget.cli import main
from pytest_specbudget.proposals.source_places import lines_of, places_of

if TYPE_CHECKING:
    from pathlib import Path

    from support.repositories import Checkout

SOURCE = b"""\
import pytest


@pytest.mark.spec("RESEARCH")
@pytest.mark.parametrize("n", [1, 2])
def test_plan(n):
    def test_inner():
        pass


class TestSums:
    class TestDeep:
        async def test_add(self): ...

try:
    import fast
except ImportError:
    def test_slow(): ...
else:
    if fast:
        def test_fast(): ...
"""


def test_functions_and_classes_are_found_where_their_decorators_begin() -> None:
    assert lines_of(SOURCE) == {
        "test_plan": 4,
        "TestSums": 11,
        "TestSums::TestDeep": 12,
        "TestSums::TestDeep::test_add": 13,
        "test_slow": 18,
        "test_fast": 21,
    }


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(b"def test_a(:", id="no Python"),
        pytest.param(b"\0def test_a(): ...", id="null bytes"),
        pytest.param(b"# coding: none-such\ndef test_a(): ...", id="of no known encoding"),
        pytest.param(b"(" * 10_000, id="nested too deep"),
        pytest.param(b"a" + b".b" * 200_000, id="an expression too deep"),
    ],
)
def test_what_cannot_be_read_tells_nothing(source: bytes) -> None:
    assert lines_of(source) == {}


def test_an_odd_escape_in_the_sources_of_others_warns_nobody_here() -> None:
    assert lines_of(rb'def test_a(): return "\d"') == {"test_a": 1}


def project(root: Path) -> Checkout:
    """Make a repository whose tests are run in a folder of it, and a change that is dearer."""
    recorded = {
        name: json.dumps({"version": 1, "interactions": [chat("plan", given=given)]})
        for name, given in (("dear", 900_000), ("more_of_it", 1))
    }
    files = {
        "shop/pyproject.toml": '[tool.specbudget]\ntest_budget = 0.05\nspec_by_path."**" = "S"\n',
        "shop/tests/test_plan.py": "\n\ndef test_more_of_it(): ...\n",
        "shop/tests/cassettes/test_plan/test_more_of_it.yaml": recorded["more_of_it"],
    }
    repository = make(root, files)
    repository.branch("feature")
    repository.write("shop/tests/test_plan.py", "import ask\n\n\n\ndef test_dear(): ...\n")
    repository.write("shop/tests/cassettes/test_plan/test_dear.yaml", recorded["dear"])
    repository.commit()
    repository.switch("main")
    return repository


def test_tests_stand_at_their_lines_in_the_change_from_the_top_of_the_repository(
    tmp_path: Path,
) -> None:
    repository = Repository.at(project(tmp_path / "repo").root / "shop")
    change = Revision(repository, repository.commit("feature"), "feature")
    tests = ("test_dear", "test_dear[a::b]", "test_gone")
    others = ("tests/none.py::test_dear", "../shop/tests/test_plan.py::test_dear", "<collection>")

    found = places_of(change, [*(f"tests/test_plan.py::{test}" for test in tests), *others])

    assert found == {
        "tests/test_plan.py::test_dear": ("shop/tests/test_plan.py", 5),
        "tests/test_plan.py::test_dear[a::b]": ("shop/tests/test_plan.py", 5),
    }


def test_the_reports_of_a_comment_point_at_the_lines_of_the_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project(tmp_path / "repo").root
    monkeypatch.chdir(root / "shop")
    names = ("github", "gitlab", "sarif", "json")
    wanted = [word for name in names for word in ("--report", f"{name}:{tmp_path / name}")]

    status = main(["comment", "--base", "main", "--head", "feature", *wanted])

    assert status == 1
    commands = (tmp_path / "github").read_text("utf-8")
    assert "::error file=shop/tests/test_plan.py,line=5,title=budget-exceeded" in commands
    entries = json.loads((tmp_path / "gitlab").read_text("utf-8"))
    assert {"path": "shop/tests/test_plan.py", "lines": {"begin": 5}} in [
        entry["location"] for entry in entries
    ]
    assert '"startLine": 5' in (tmp_path / "sarif").read_text("utf-8")
    (row,) = (
        row
        for row in json.loads((tmp_path / "json").read_text("utf-8"))["tests"]
        if row["name"].endswith("::test_dear")
    )
    assert (row["file"], row["line"]) == ("shop/tests/test_plan.py", 5)
