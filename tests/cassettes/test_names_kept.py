"""A suite that was recorded with pytest-recording keeps its files."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_recording._vcr import use_cassette
from pytest_recording.plugin import get_default_cassette_name

from pytest_specbudget.cassettes.names import cassette_path, cassette_paths, kept_path

NAMES = ["test_plan", "test_plan[gpt-4o]", "test_plan[a/b:c]", "TestPlan.test_plan", "test_Ünï[é]"]


def recorded_by_others(folder: Path, test: str) -> Path:
    owner, dot, name = test.rpartition(".")
    named = get_default_cassette_name(SimpleNamespace(__name__=owner) if dot else None, name)
    path = folder / "test_refunds" / f"{named}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.touch()
    return path


@pytest.mark.parametrize("test", NAMES)
def test_a_file_of_pytest_recording_is_used_where_there_is_none_of_ours(
    test: str, tmp_path: Path
) -> None:
    theirs = recorded_by_others(tmp_path, test)

    assert kept_path(tmp_path, "test_refunds", test) == theirs


@pytest.mark.parametrize("test", NAMES)
def test_a_file_of_ours_comes_first(test: str, tmp_path: Path) -> None:
    recorded_by_others(tmp_path, test)
    ours = cassette_path(tmp_path, "test_refunds", test)
    ours.touch()

    assert kept_path(tmp_path, "test_refunds", test) == ours


@pytest.mark.parametrize("test", [*NAMES, "test_" + "é" * 400, "test_" + "x" * 400])
def test_a_new_recording_has_a_portable_name(test: str, tmp_path: Path) -> None:
    path = kept_path(tmp_path, "test_refunds", test)

    assert path == cassette_path(tmp_path, "test_refunds", test)


def test_a_name_that_pytest_recording_shortened_is_found(tmp_path: Path) -> None:
    hooks = SimpleNamespace(hook=SimpleNamespace(pytest_recording_configure=lambda **_: None))
    opened: Any = use_cassette("x" * 251, str(tmp_path), "none", [], {}, cast("Any", hooks))
    with opened as cassette:
        theirs = Path(cassette._path).name

    assert cassette_paths(tmp_path, "test_refunds", "x" * 251)[1].name == theirs


@given(st.text(min_size=1, max_size=60).filter(str.isprintable))
def test_the_name_is_the_one_that_pytest_recording_gives(test: str) -> None:
    named = get_default_cassette_name(None, test)

    _, theirs = cassette_paths(Path("cassettes"), "test_refunds", test)

    assert theirs.name == (named if named.endswith(".yaml") else f"{named}.yaml")


def test_a_file_whose_name_differs_by_case_is_another(tmp_path: Path) -> None:
    theirs = recorded_by_others(tmp_path, "test_plan")
    theirs.with_name("test_A.yaml").touch()
    theirs.with_name("test_a.yaml").touch()

    assert kept_path(tmp_path, "test_refunds", "test_A").name == "test_A.yaml"
