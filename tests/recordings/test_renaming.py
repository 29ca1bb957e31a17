"""The commands that give recordings the names of their tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_specbudget.recordings.renaming import Renamed, commands

A, B, NEW = Path("cassettes/test_a"), Path("cassettes/test_b"), Path("unit/cassettes/test_a")


@pytest.mark.parametrize(
    ("found", "lines"),
    [
        pytest.param(
            [Renamed(A / "old.yaml", A / "new.yaml")],
            ["mv cassettes/test_a/old.yaml cassettes/test_a/new.yaml"],
            id="a test",
        ),
        pytest.param(
            [Renamed(A / "test_x[a b].yaml", A / "test_y[a b].yaml")],
            ["mv 'cassettes/test_a/test_x[a b].yaml' 'cassettes/test_a/test_y[a b].yaml'"],
            id="a name that a shell would take apart",
        ),
        pytest.param(
            [Renamed(A / f"{name}.yaml", B / f"{name}.yaml", homeless=True) for name in "xy"],
            ["mv cassettes/test_a cassettes/test_b"],
            id="a module",
        ),
        pytest.param(
            [Renamed(A / "x.yaml", NEW / "x.yaml", homeless=True)],
            ["mkdir -p unit/cassettes", "mv cassettes/test_a unit/cassettes/test_a"],
            id="a module that went elsewhere",
        ),
        pytest.param(
            [Renamed(A / "x.yaml", B / "x.yaml")],
            ["mkdir -p cassettes/test_b", "mv cassettes/test_a/x.yaml cassettes/test_b/x.yaml"],
            id="a test that went to a new module, while others stayed",
        ),
        pytest.param(
            [Renamed(A / "both.yaml", A / f"{name}.yaml") for name in ("one", "two", "three")],
            [
                "cp cassettes/test_a/both.yaml cassettes/test_a/one.yaml",
                "cp cassettes/test_a/both.yaml cassettes/test_a/two.yaml",
                "mv cassettes/test_a/both.yaml cassettes/test_a/three.yaml",
            ],
            id="a test that became three",
        ),
    ],
)
def test_a_shell_renames_what_was_renamed(
    tmp_path: Path, found: list[Renamed], lines: list[str]
) -> None:
    (tmp_path / A).mkdir(parents=True)

    assert [*commands(found, tmp_path)] == lines


def test_many_are_told_in_parts(tmp_path: Path) -> None:
    (tmp_path / A).mkdir(parents=True)
    found = [Renamed(A / f"{number}.yaml", A / f"new_{number}.yaml") for number in range(23)]

    *lines, rest = commands(found, tmp_path)

    assert len(lines) == 20
    assert rest == "# run again to be told the other 3"
