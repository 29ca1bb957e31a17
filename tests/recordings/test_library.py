"""Which files may be recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.closed_folders import close

from pytest_specbudget.recordings.library import files_below

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_nobody_may_look_at_may_be_a_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("open/a.yaml", "closed/b.yaml", "closed/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    close(tmp_path / "closed", monkeypatch, listed=True)

    found = [path.relative_to(tmp_path).as_posix() for path in files_below(tmp_path)]

    assert found == ["closed/b.yaml", "open/a.yaml"]
