"""Settings that the rootdir leaves out are found, and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.settings.elsewhere import overlooked

if TYPE_CHECKING:
    from pathlib import Path

OURS = '[tool.specbudget]\nbudget = "2"\n'
EMPTY = "[tool.specbudget]\n"
OTHER = "[tool.other]\nspecbudget = 1\n"
ALONE = 'budget = "2"\n'


def found(top: Path, root: str, start: str, files: dict[str, str]) -> str | None:
    for name, text in {f"{root}/here": "", f"{start}/there": "", **files}.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    file = overlooked(top / root, [top / start])
    return None if file is None else file.relative_to(top).as_posix()


@pytest.mark.parametrize(
    ("root", "start", "files", "told"),
    [
        pytest.param("a/b", "a/b", {"pyproject.toml": OURS}, "pyproject.toml", id="far above"),
        pytest.param("a", ".", {"specbudget.toml": ALONE}, "specbudget.toml", id="a file of ours"),
        pytest.param(
            "a/b",
            "a/b",
            {"a/specbudget.toml": ALONE, "pyproject.toml": OURS},
            "a/specbudget.toml",
            id="the nearest",
        ),
        pytest.param(
            ".",
            "a/b",
            {"a/pyproject.toml": OURS, "pyproject.toml": OURS},
            "a/pyproject.toml",
            id="a package's, below",
        ),
        pytest.param(".", ".", {"pyproject.toml": OURS}, None, id="those that hold"),
        pytest.param(".", ".", {"a/pyproject.toml": OURS}, None, id="a package that nobody named"),
        pytest.param("a", "a", {"b/pyproject.toml": OURS}, None, id="those of a neighbour"),
        pytest.param("a", "a", {"pyproject.toml": OTHER}, None, id="our name elsewhere"),
        pytest.param("a", "a", {"pyproject.toml": EMPTY}, None, id="an empty table"),
        pytest.param("a", "a", {"specbudget.toml": " \n"}, None, id="an empty file"),
        pytest.param(
            "a", "a", {"pyproject.toml": f"{OURS}["}, "pyproject.toml", id="in a damaged file"
        ),
        pytest.param(
            "a",
            "a",
            {"a/specbudget.toml": "", "pyproject.toml": OURS},
            None,
            id="an empty file says that nothing holds",
        ),
        pytest.param(
            "a",
            "a",
            {"a/pyproject.toml": EMPTY, "pyproject.toml": OURS},
            None,
            id="an empty table says so, too",
        ),
        pytest.param(
            "a/b", "a/b", {"a/.git": "", "pyproject.toml": OURS}, None, id="of another repository"
        ),
        pytest.param(
            "a/b", "a/b", {".git": "", "pyproject.toml": OURS}, "pyproject.toml", id="of this one"
        ),
        pytest.param(
            "a", "a", {"a/.git": "", "pyproject.toml": OURS}, None, id="a repository of its own"
        ),
    ],
)
def test_settings_that_do_not_hold_are_found(
    tmp_path: Path, root: str, start: str, files: dict[str, str], told: str | None
) -> None:
    (tmp_path / ".hg").mkdir()

    assert found(tmp_path, root, start, files) == told
