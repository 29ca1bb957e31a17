"""Which files and folders a run was of."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.plugin.partial import chosen_paths

if TYPE_CHECKING:
    from pathlib import Path


def config(root: Path, here: str, args: list[str], testpaths: list[str], **options: bool) -> Any:
    return SimpleNamespace(
        rootpath=root,
        invocation_params=SimpleNamespace(dir=root / here),
        args=args or [str(root / here)],
        getini={"testpaths": testpaths}.get,
        getoption={"pyargs": False, **options}.get,
    )


@pytest.mark.parametrize(
    ("here", "args", "testpaths", "chosen"),
    [
        pytest.param("", [], [], None, id="all of it"),
        pytest.param(
            "", ["tests/a", "tests/b/t.py::test_x"], [], ("tests/a", "tests/b/t.py"), id="some"
        ),
        pytest.param("tests", [], [], ("tests",), id="the folder where it was started"),
        pytest.param("tests", ["a"], [], ("tests/a",), id="seen from there"),
        pytest.param("", ["tests"], ["tests"], None, id="all that the settings name"),
        pytest.param("", ["tests"], ["tests", "more"], ("tests",), id="a part of that"),
        pytest.param("tests", [".."], [], None, id="all, from below"),
    ],
)
def test_what_a_run_was_of_is_told_where_it_is_not_all(
    tmp_path: Path,
    here: str,
    args: list[str],
    testpaths: list[str],
    chosen: tuple[str, ...] | None,
) -> None:
    assert chosen_paths(config(tmp_path, here, args, testpaths)) == chosen


def test_names_of_packages_are_no_paths(tmp_path: Path) -> None:
    assert chosen_paths(config(tmp_path, "", ["some.package"], [], pyargs=True)) is None
