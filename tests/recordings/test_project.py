"""Where a project may hold something of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.closed_folders import close

from pytest_specbudget.recordings.project import own_folders

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        pytest.param("tests/cassettes", True, id="of its tests"),
        pytest.param(".hidden/cassettes", False, id="hidden"),
        pytest.param("node_modules/x/cassettes", False, id="a package of JavaScript"),
        pytest.param("lib/site-packages/cassettes", False, id="a package of Python"),
        pytest.param("world/lib/cassettes", False, id="an environment of any name"),
    ],
)
def test_folders_of_others_are_not_seen(tmp_path: Path, name: str, *, seen: bool) -> None:
    (tmp_path / name).mkdir(parents=True)
    (tmp_path / "world").mkdir(exist_ok=True)
    (tmp_path / "world/pyvenv.cfg").touch()

    assert (tmp_path / name in {folder for folder, _, _ in own_folders(tmp_path)}) is seen


def test_a_folder_that_may_not_be_entered_is_no_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("data", "tests"):
        (tmp_path / name).mkdir()
    close(tmp_path / "data", monkeypatch)

    assert [folder.name for folder, _, _ in own_folders(tmp_path)][1:] == ["tests"]
