"""Recordings of a revision whose tests are gone, told from its sources alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.charges import charge
from support.repositories import make

from pytest_specbudget.baselines.recorded import merge_base_of, revision_of, working_tree
from pytest_specbudget.baselines.testless import lost_tests_notes
from pytest_specbudget.settings.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge

SETTINGS = Settings()


def recorded(name: str, module: str = "tests/test_a.py") -> Charge:
    folder, _, file = module.rpartition("/")
    place = f"{folder}/cassettes/{file.removesuffix('.py')}/{name}.yaml"
    return replace(charge("1", test=f"{module}::{name}"), cassette=place.lstrip("/"))


@pytest.mark.parametrize(
    ("source", "test", "is_gone"),
    [
        pytest.param("def test_one(): ...", "test_one", False, id="a test"),
        pytest.param("def test_one(): ...", "test_two", True, id="a test that was deleted"),
        pytest.param("async def test_one(): ...", "test_one", False, id="an async one"),
        pytest.param("def test_one(a): ...", "test_one-eu-96831bc56f", False, id="a parameter"),
        pytest.param("class TestA:\n  def test_b(self): ...", "TestA.test_b", False, id="a method"),
        pytest.param(
            "class TestA(Base): ...", "TestA.test_b", False, id="perhaps an inherited one"
        ),
        pytest.param("from other import *", "test_one", False, id="perhaps an imported one"),
        pytest.param("def test_one(:", "test_two", False, id="a source that is no Python"),
    ],
)
def test_a_recording_without_a_test_is_told_and_no_other(
    source: str, test: str, tmp_path: Path, *, is_gone: bool
) -> None:
    project = make(tmp_path / "project", {"tests/test_a.py": f"{source}\n"})
    head = revision_of(project.root, "HEAD", SETTINGS)

    notes = lost_tests_notes(head, [recorded(test)])

    assert bool(notes) is is_gone
    assert lost_tests_notes(working_tree(project.root, SETTINGS), [recorded(test)]) == notes
    assert not lost_tests_notes(merge_base_of(project.root, "HEAD", SETTINGS), [recorded(test)])


def test_the_note_counts_them_and_has_the_command_that_removes_them(tmp_path: Path) -> None:
    project = make(tmp_path / "project", {"tests/test_a.py": "def test_one(): ...\n"})
    head = revision_of(project.root, "HEAD", SETTINGS)

    (note,) = lost_tests_notes(
        head, [recorded("test_two"), recorded("test_one"), recorded("test_3")]
    )

    assert note.startswith("2 recordings have no test any more and count all the same: ")
    assert "tests/test_a.py::test_3, tests/test_a.py::test_two" in note
    assert note.endswith(
        "git rm tests/cassettes/test_a/test_3.yaml tests/cassettes/test_a/test_two.yaml"
    )
