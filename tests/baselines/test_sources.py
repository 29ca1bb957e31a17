"""Files of a working tree, as a base and a change are compared by them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from support.closed_folders import close

from pytest_specbudget.baselines.sources import WorkingTree
from pytest_specbudget.errors import BaselineError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_named_pipe_among_recordings_is_an_error_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")

    with pytest.raises(BaselineError, match=r"a\.yaml cannot be read: it is no file"):
        list(WorkingTree(tmp_path).files(["a.yaml"]))


def test_a_file_that_is_not_there_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("b", "utf-8")

    found = list(WorkingTree(tmp_path).files(["a.yaml", "b.yaml"]))

    assert [(file.name, file.data) for file in found] == [("b.yaml", b"b")]


def test_a_folder_that_may_not_be_entered_keeps_no_other_file_from_being_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("data", "cassettes"):
        (tmp_path / name).mkdir()
    (tmp_path / "cassettes/b.yaml").write_text("b", "utf-8")
    close(tmp_path / "data", monkeypatch)

    assert [*WorkingTree(tmp_path).names()] == ["cassettes/b.yaml"]
